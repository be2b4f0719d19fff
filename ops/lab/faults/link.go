package faults

import (
	"context"
	"net"
	"sync"
	"time"
)

// Direction is a way along a link.
type Direction int

// The two ways.
const (
	ToServer Direction = iota
	ToClient
)

// Link is a listener whose connections behave as badly as told. A server
// serves on it as on any other listener; while the link is down, Accept just
// waits. All methods may be called at any time, from any goroutine.
type Link struct {
	address  string // stays the same through Down and Up
	addr     net.Addr
	accepted chan net.Conn
	closed   chan struct{}
	shut     func()
	running  sync.WaitGroup

	mu       sync.Mutex
	listener net.Listener // nil while down
	wires    map[*wire]struct{}
	delay    time.Duration
	hung     chan struct{} // nil, or closed when the link answers again
	limited  [2]bool
	limit    [2]int64 // bytes that still pass before the cut, where limited
	when     func(Direction, []byte) bool
}

// Listen opens a link. Close it to end what runs for it.
func Listen(address string) (*Link, error) {
	ln, err := listen(address)
	if err != nil {
		return nil, err
	}
	l := &Link{
		address: ln.Addr().String(), addr: ln.Addr(), accepted: make(chan net.Conn), closed: make(chan struct{}),
		listener: ln, wires: map[*wire]struct{}{},
	}
	l.shut = sync.OnceFunc(func() { close(l.closed) })
	l.running.Go(func() { l.take(ln) })
	return l, nil
}

// listen opens a listener; on loopback that takes no time that a context could end.
func listen(address string) (net.Listener, error) {
	return new(net.ListenConfig).Listen(context.Background(), "tcp", address)
}

// take receives connections until the listener closes.
func (l *Link) take(ln net.Listener) {
	for {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		w, server := newWire(c.(*net.TCPConn))
		if !l.add(ln, w) {
			w.cut()
			continue
		}
		select {
		case l.accepted <- server:
		case <-w.done:
		}
	}
}

// add puts a wire into service, unless the link went down meanwhile.
func (l *Link) add(ln net.Listener, w *wire) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.listener != ln {
		return false
	}
	l.wires[w] = struct{}{}
	l.running.Go(func() {
		w.run(l)
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.wires, w)
	})
	return true
}

// Accept gives the server its next connection.
func (l *Link) Accept() (net.Conn, error) {
	select {
	case c := <-l.accepted:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Addr is where clients connect.
func (l *Link) Addr() net.Addr { return l.addr }

// Close ends the link, its connections and all that runs for it.
func (l *Link) Close() error {
	l.shut()
	l.Down()
	l.running.Wait()
	return nil
}

// Down is a machine that is off: connections end, new ones are refused.
func (l *Link) Down() {
	l.mu.Lock()
	ln := l.listener
	l.listener = nil
	l.mu.Unlock()
	if ln != nil {
		_ = ln.Close() // it was open; nothing can fail that matters
	}
	l.Cut()
}

// Up makes the link accept again, at the same address.
func (l *Link) Up() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.closed:
		return net.ErrClosed
	default:
	}
	if l.listener != nil {
		return nil
	}
	ln, err := listen(l.address)
	if err != nil {
		return err
	}
	l.listener = ln
	l.running.Go(func() { l.take(ln) })
	return nil
}
