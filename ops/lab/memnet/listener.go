package memnet

import (
	"net"
	"sync/atomic"
)

// Listener takes connections at one address of the network.
type Listener struct {
	network *Network
	addr    *net.TCPAddr
	waiting chan *Conn
	closed  chan struct{}
	shut    func()
	mute    atomic.Bool
}

// Accept gives the next connection.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.waiting:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Silence makes the host swallow every attempt to connect, as one that has lost
// its power behind a router, or lets it answer again.
func (l *Listener) Silence(on bool) { l.mute.Store(on) }

func (l *Listener) silent() bool { return l.mute.Load() }

// Addr is where the listener is.
func (l *Listener) Addr() net.Addr { return l.addr }

// Close frees the address, and resets what nobody has accepted.
func (l *Listener) Close() error {
	l.network.mu.Lock()
	defer l.network.mu.Unlock()
	if l.network.listeners[l.addr.String()] == l {
		delete(l.network.listeners, l.addr.String())
	}
	l.shut()
	for {
		select {
		case c := <-l.waiting:
			c.pipe.reset()
		default:
			return nil
		}
	}
}
