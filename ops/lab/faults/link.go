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

// SetDelay makes everything arrive later by oneWay, so that a round trip takes
// twice as long. It costs no throughput.
func (l *Link) SetDelay(oneWay time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.delay = oneWay
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

// Hang makes the link accept connections and pass nothing on, either way,
// until it is called with false; what was sent meanwhile then arrives.
func (l *Link) Hang(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case on && l.hung == nil:
		l.hung = make(chan struct{})
	case !on && l.hung != nil:
		close(l.hung)
		l.hung = nil
	}
}

// Cut resets every connection now and tells how many there were.
func (l *Link) Cut() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	for w := range l.wires {
		w.cut()
	}
	return len(l.wires)
}

// CutAfter resets the connection that carries the n-th next byte in a
// direction, right behind that byte. It happens once.
func (l *Link) CutAfter(d Direction, n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.limited[d], l.limit[d] = true, n
}

// CutWhen resets the connection on which a piece of data satisfies f, instead
// of passing that piece on. It happens once; nil takes it back. f is called
// for one piece at a time and must not call the link.
func (l *Link) CutWhen(f func(d Direction, piece []byte) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.when = f
}

// due gives the time at which data sent now arrives.
func (l *Link) due() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Now().Add(l.delay)
}

// obstacle gives what holds data back, nil when nothing does.
func (l *Link) obstacle() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.hung
}

// judge decides how much of a piece passes and whether the connection is cut
// behind that.
func (l *Link) judge(d Direction, piece []byte) (passes int, cut bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.when != nil && l.when(d, piece) {
		l.when = nil
		return 0, true
	}
	if !l.limited[d] {
		return len(piece), false
	}
	if l.limit[d] -= int64(len(piece)); l.limit[d] > 0 {
		return len(piece), false
	}
	l.limited[d] = false
	return len(piece) + int(l.limit[d]), true
}
