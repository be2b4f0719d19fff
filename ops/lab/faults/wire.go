package faults

import (
	"net"
	"sync"
	"time"
)

const (
	pieceSize = 32 << 10
	inFlight  = 256 // pieces on the way in one direction before the sender stands
)

// wire is one connection: the client's socket, and an in-memory pipe whose
// other end the server holds.
type wire struct {
	client net.Conn
	server net.Conn
	done   chan struct{}
	ended  func()
	left   chan struct{} // closed when the client is gone and the server does not know
	leave  func()
}

// serverEnd is the server's end, with the addresses of the real connection.
type serverEnd struct {
	net.Conn
	local, remote net.Addr
}

// LocalAddr is the address that the client connected to.
func (s serverEnd) LocalAddr() net.Addr { return s.local }

// RemoteAddr is the client's.
func (s serverEnd) RemoteAddr() net.Addr { return s.remote }

func newWire(c net.Conn) (w *wire, server net.Conn) {
	near, far := net.Pipe()
	w = &wire{client: c, server: near, done: make(chan struct{}), left: make(chan struct{})}
	w.leave = sync.OnceFunc(func() { close(w.left) })
	w.ended = sync.OnceFunc(func() {
		close(w.done)
		_ = c.Close()
		_ = near.Close()
	})
	return w, serverEnd{far, c.LocalAddr(), c.RemoteAddr()}
}

// cut ends the connection with a reset, as a machine that loses its power.
func (w *wire) cut() {
	w.reset()
	w.ended()
}

// reset ends the client's side with a reset.
func (w *wire) reset() {
	if c, ok := w.client.(interface{ SetLinger(seconds int) error }); ok {
		_ = c.SetLinger(0) // then closing sends RST; it fails on a closed socket only
	}
	_ = w.client.Close() // it may be closed already
}

// run carries data both ways until the connection ends.
func (w *wire) run(l *Link) {
	var ways sync.WaitGroup
	ways.Go(func() { w.carry(l, ToServer, w.client, w.server) })
	ways.Go(func() { w.carry(l, ToClient, w.server, w.client) })
	ways.Wait()
}

// parcel is a piece of data on its way.
type parcel struct {
	due  time.Time
	data []byte // nil: the sender has closed
}

// carry reads at one end and delivers at the other when it is due. Reading
// goes on meanwhile, so delay does not throttle.
func (w *wire) carry(l *Link, d Direction, from, to net.Conn) {
	way := make(chan parcel, inFlight)
	var reading sync.WaitGroup
	reading.Go(func() { w.collect(l, from, way) })
	w.deliver(l, d, way, to)
	if d == ToServer && w.stranded() {
		<-w.done
	}
	w.ended()
	reading.Wait()
}

func (w *wire) collect(l *Link, from net.Conn, way chan<- parcel) {
	for {
		data := make([]byte, pieceSize)
		n, err := from.Read(data)
		if n > 0 && !w.send(way, parcel{l.due(), data[:n]}) {
			return
		}
		if err != nil {
			w.send(way, parcel{due: l.due()})
			return
		}
	}
}

func (w *wire) send(way chan<- parcel, p parcel) bool {
	select {
	case way <- p:
		return true
	case <-w.done:
		return false
	}
}

// deliver ends when the sender has closed and everything before that arrived,
// or when the connection is cut.
func (w *wire) deliver(l *Link, d Direction, way <-chan parcel, to net.Conn) {
	for {
		var p parcel
		select {
		case p = <-way:
		case <-w.done:
			return
		}
		if !w.wait(l, p.due) || p.data == nil {
			return
		}
		passes, cut := l.judge(d, p.data)
		if d == ToClient && w.stranded() {
			continue // nobody is there
		}
		if _, err := to.Write(p.data[:passes]); err != nil {
			if d == ToClient && w.stranded() {
				continue
			}
			return
		}
		if cut {
			w.cut()
			return
		}
	}
}

// wait stands until due, and as long as the link hangs; false: the connection
// ended first.
func (w *wire) wait(l *Link, due time.Time) bool {
	if d := time.Until(due); d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-w.done:
			return false
		}
	}
	for obstacle := l.obstacle(); obstacle != nil; obstacle = l.obstacle() {
		select {
		case <-obstacle:
		case <-w.done:
			return false
		}
	}
	return true
}
