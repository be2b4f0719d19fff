// Package memnet is a TCP network in memory: listeners, connections with
// deadlines, refusals, silence, resets, and client hosts that can be stopped,
// continued and killed. Everything that waits in it waits durably, so that a
// whole site and its consoles run in a testing/synctest bubble on virtual time.
package memnet

import (
	"context"
	"net"
	"os"
	"strconv"
	"sync"
	"syscall"
)

// Network connects listeners and hosts. Make one with New.
type Network struct {
	mu        sync.Mutex
	next      int // port of the next listener, and of the next client
	hosts     byte
	listeners map[string]*Listener
}

// New gives a network without listeners.
func New() *Network {
	const first = 40000
	return &Network{next: first, listeners: map[string]*Listener{}}
}

// backlog is how many connections wait for an Accept before a dial stalls.
const backlog = 128

// Listen opens a listener. Port 0 stands for a free one.
func (n *Network) Listen(address string) (net.Listener, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	a, err := resolve(address)
	if err != nil {
		return nil, err
	}
	if a.Port == 0 {
		a.Port = n.port()
	}
	if n.listeners[a.String()] != nil {
		return nil, &net.OpError{Op: "listen", Net: "tcp", Addr: a, Err: os.NewSyscallError("bind", syscall.EADDRINUSE)}
	}
	l := &Listener{network: n, addr: a, waiting: make(chan *Conn, backlog), closed: make(chan struct{})}
	l.shut = sync.OnceFunc(func() { close(l.closed) })
	n.listeners[a.String()] = l
	return l, nil
}

// port is one that nobody has. The caller holds mu.
func (n *Network) port() int {
	n.next++
	return n.next
}

// resolve reads an address of numbers: there are no names here.
func resolve(address string) (*net.TCPAddr, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	ip := net.ParseIP(host)
	number, err := strconv.Atoi(port)
	if ip == nil || err != nil {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return &net.TCPAddr{IP: ip, Port: number}, nil
}

// dial opens a connection for a host.
func (n *Network) dial(ctx context.Context, h *Host, address string) (net.Conn, error) {
	a, err := resolve(address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
	}
	n.mu.Lock()
	l := n.listeners[a.String()]
	local := &net.TCPAddr{IP: h.ip, Port: n.port()}
	n.mu.Unlock()
	failed := func(err error) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Source: local, Addr: a, Err: err}
	}
	if l == nil {
		return failed(os.NewSyscallError("connect", syscall.ECONNREFUSED))
	}
	if l.silent() {
		<-ctx.Done()
		return failed(timedOut{})
	}
	client, server := pair(local, a, h)
	select {
	case l.waiting <- server:
		return client, nil
	case <-l.closed:
		return failed(os.NewSyscallError("connect", syscall.ECONNREFUSED))
	case <-ctx.Done():
		return failed(timedOut{})
	}
}

// timedOut is what a dial says whose time is over.
type timedOut struct{}

// Error implements error.
func (timedOut) Error() string { return "i/o timeout" }

// Timeout implements net.Error.
func (timedOut) Timeout() bool { return true }

// Temporary implements net.Error.
func (timedOut) Temporary() bool { return true }

// Is lets errors.Is find the deadline, as net does.
func (timedOut) Is(err error) bool { return err == context.DeadlineExceeded }
