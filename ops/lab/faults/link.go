package faults

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
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
	open     Listener
	shut     func()
	running  sync.WaitGroup

	mu       sync.Mutex
	listener net.Listener // nil while down
	// kept holds the port while the link is down; nil: the port is free, or in use.
	kept io.Closer
	// swallowing ends Swallow; nil: attempts to connect are answered.
	swallowing io.Closer
	wires      map[*wire]struct{}
	delay      time.Duration
	hung       chan struct{} // nil, or closed when the link answers again
	limited    [2]bool
	limit      [2]int64 // bytes that still pass before the cut, where limited
	when       func(Direction, []byte) bool
}

// Listener opens a listener at an address. On TCP its connections have SetLinger.
type Listener func(address string) (net.Listener, error)

// Listen opens a link on this machine. Close it to end what runs for it.
func Listen(address string) (*Link, error) { return ListenOn(TCP, address) }

// ListenOn opens a link on a network.
func ListenOn(open Listener, address string) (*Link, error) {
	ln, err := open(address)
	if err != nil {
		return nil, err
	}
	l := &Link{
		open: open, address: ln.Addr().String(), addr: ln.Addr(), accepted: make(chan net.Conn), closed: make(chan struct{}),
		listener: ln, wires: map[*wire]struct{}{},
	}
	l.shut = sync.OnceFunc(func() { close(l.closed) })
	l.running.Go(func() { l.take(ln) })
	return l, nil
}

// borrowed is how often a port is asked for that somebody's own connection out
// may have for a moment.
const borrowed = 60

// TCP opens a listener of this machine; on loopback that takes no time that a
// context could end.
func TCP(address string) (net.Listener, error) {
	for tries := 0; ; tries++ {
		ln, err := new(net.ListenConfig).Listen(context.Background(), "tcp", address)
		if err == nil || !errors.Is(err, syscall.EADDRINUSE) || tries == borrowed {
			return ln, err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// take receives connections until the listener closes.
func (l *Link) take(ln net.Listener) {
	for {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		w, server := newWire(c)
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
	l.mu.Lock()
	l.letGo()
	l.mu.Unlock()
	l.running.Wait()
	return nil
}

// Down is a machine that is off: connections end, new ones are refused.
func (l *Link) Down() {
	l.mu.Lock()
	l.breathe()
	if l.listener != nil {
		_ = l.listener.Close() // it was open; nothing can fail that matters
		l.listener = nil
	}
	if _, tcp := l.addr.(*net.TCPAddr); tcp && l.kept == nil {
		l.kept, _ = keep(l.addr) // else the next to ask may be given the port, and Up says so
	}
	l.mu.Unlock()
	l.Cut()
}

// letGo ends the hold on the port of a machine that was off. The caller holds mu.
func (l *Link) letGo() {
	if l.kept != nil {
		_ = l.kept.Close() // nothing can fail that matters
		l.kept = nil
	}
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
	l.breathe()
	if l.listener != nil {
		return nil
	}
	ln, err := l.open(l.address)
	if err != nil {
		return err
	}
	l.letGo()
	l.listener = ln
	l.running.Go(func() { l.take(ln) })
	return nil
}
