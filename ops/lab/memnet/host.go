package memnet

import (
	"context"
	"net"
	"sync"
	"syscall"
)

// Host is where client programs run. It may be off the network for a while,
// stopped (as a process by SIGSTOP) or dead.
type Host struct {
	network *Network
	ip      net.IP

	mu    sync.Mutex
	pipes map[*pipe]struct{}
	still bool
	gone  bool          // killed, for good
	away  bool          // nothing leaves the host, nothing reaches it
	news  chan struct{} // closed and replaced when any of these changes
}

// Host gives the network another host, of at most 200.
func (n *Network) Host() *Host {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.hosts++
	return &Host{network: n, ip: net.IPv4(10, 0, 0, n.hosts), pipes: map[*pipe]struct{}{}, news: make(chan struct{})}
}

// Address is the host's, without a port.
func (h *Host) Address() string { return h.ip.String() }

// Dial opens a connection from this host.
func (h *Host) Dial(ctx context.Context, _, address string) (net.Conn, error) {
	for {
		h.mu.Lock()
		gone, waits, news := h.gone, h.still || h.away, h.news
		h.mu.Unlock()
		switch {
		case gone:
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ENETDOWN}
		case !waits:
			return h.network.dial(ctx, h, address)
		}
		select {
		case <-news:
		case <-ctx.Done():
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: timedOut{}}
		}
	}
}

// Stop holds everything that the host's programs send and receive; Continue
// lets it flow again. Their connections live on meanwhile.
func (h *Host) Stop() { h.change(func() { h.still = true }) }

// Continue ends Stop.
func (h *Host) Continue() { h.change(func() { h.still = false }) }

// Kill ends the host's programs: their connections are closed by the system,
// and none is opened any more.
func (h *Host) Kill() {
	h.change(func() { h.gone, h.still = true, false })
	h.Cut()
}

// Away takes the host off the network: nothing passes, and neither side learns
// of it, until Back.
func (h *Host) Away() { h.change(func() { h.away = true }) }

// Back ends Away.
func (h *Host) Back() { h.change(func() { h.away = false }) }

// Cut resets the host's connections.
func (h *Host) Cut() {
	for _, p := range h.all() {
		p.reset()
	}
}

// Await returns once the host is not stopped, or is dead: what a program does
// beside the network waits here. It reports whether the host lives.
func (h *Host) Await() bool {
	for {
		h.mu.Lock()
		still, gone, news := h.still, h.gone, h.news
		h.mu.Unlock()
		if !still {
			return !gone
		}
		<-news
	}
}

// Alive reports whether the host has not been killed; a stopped one lives.
func (h *Host) Alive() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.gone
}

func (h *Host) change(f func()) {
	h.mu.Lock()
	f()
	close(h.news)
	h.news = make(chan struct{})
	h.mu.Unlock()
	for _, p := range h.all() {
		p.wake()
	}
}

func (h *Host) all() []*pipe {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []*pipe
	for p := range h.pipes {
		out = append(out, p)
	}
	return out
}

// unheard reports whether nothing passes between the host's programs and the
// network.
func (h *Host) unheard() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.still || h.away
}

func (h *Host) has(p *pipe) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pipes[p] = struct{}{}
}

func (h *Host) loses(p *pipe) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.pipes, p)
}
