package memnet

import (
	"io"
	"net"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// window is how many bytes lie between two ends before the writer waits.
const window = 256 << 10

// pipe is a connection: two ends under one lock. Who waits is woken by any
// change and looks again.
type pipe struct {
	mu      sync.Mutex
	changed *sync.Cond
	ends    [2]end
	broken  bool // by a reset
	host    *Host
}

// end is what one side has: the data that has arrived there, and its limits.
type end struct {
	data        []byte
	held        []byte // sent to it by a host that nobody hears
	closed      bool   // by its owner
	reading     limit
	writing     limit
	resetOnExit bool
}

// limit is a deadline with the timer that wakes who waits under it.
type limit struct {
	at    time.Time
	timer *time.Timer
}

func (l *limit) passed() bool { return !l.at.IsZero() && !time.Now().Before(l.at) }

// Conn is one end of a connection.
type Conn struct {
	pipe          *pipe
	side          int
	local, remote net.Addr
}

// pair makes a connection between a client at local, on a host, and a server at remote.
func pair(local, remote net.Addr, h *Host) (client, server *Conn) {
	p := &pipe{host: h}
	p.changed = sync.NewCond(&p.mu)
	client = &Conn{pipe: p, side: 0, local: local, remote: remote}
	server = &Conn{pipe: p, side: 1, local: remote, remote: local}
	h.has(p)
	return client, server
}

func (c *Conn) mine() *end  { return &c.pipe.ends[c.side] }
func (c *Conn) other() *end { return &c.pipe.ends[1-c.side] }

// unheard reports whether nothing passes from or to the client.
func (c *Conn) unheard() bool { return c.pipe.host.unheard() }

// Read implements net.Conn.
func (c *Conn) Read(b []byte) (int, error) {
	c.pipe.mu.Lock()
	defer c.pipe.mu.Unlock()
	for {
		me := c.mine()
		if len(me.held) > 0 && !c.unheard() {
			me.data, me.held = append(me.data, me.held...), nil
		}
		switch {
		case me.closed:
			return 0, c.failed("read", net.ErrClosed)
		case me.reading.passed():
			return 0, c.failed("read", os.ErrDeadlineExceeded)
		case c.side == 0 && c.unheard():
		case c.pipe.broken:
			return 0, c.failed("read", os.NewSyscallError("read", syscall.ECONNRESET))
		case len(me.data) > 0:
			n := copy(b, me.data)
			me.data = me.data[n:]
			c.pipe.changed.Broadcast()
			return n, nil
		case len(b) == 0:
			return 0, nil
		case c.other().closed && !c.unheard():
			return 0, io.EOF
		}
		c.pipe.changed.Wait()
	}
}

// Write implements net.Conn.
func (c *Conn) Write(b []byte) (sent int, err error) {
	c.pipe.mu.Lock()
	defer c.pipe.mu.Unlock()
	for {
		me, peer := c.mine(), c.other()
		switch {
		case me.closed:
			return sent, c.failed("write", net.ErrClosed)
		case me.writing.passed():
			return sent, c.failed("write", os.ErrDeadlineExceeded)
		case sent == len(b):
			return sent, nil
		case c.side == 0 && c.unheard(): // its system keeps what it sends
			if n := min(len(b)-sent, window-len(peer.held)); n > 0 {
				peer.held = append(peer.held, b[sent:sent+n]...)
				sent += n
				continue
			}
		case c.pipe.broken || peer.closed:
			return sent, c.failed("write", os.NewSyscallError("write", syscall.ECONNRESET))
		case len(peer.data)+len(peer.held) < window:
			n := min(len(b)-sent, window-len(peer.data)-len(peer.held))
			peer.data = append(append(peer.data, peer.held...), b[sent:sent+n]...)
			peer.held = nil
			sent += n
			c.pipe.changed.Broadcast()
			continue
		}
		c.pipe.changed.Wait()
	}
}

func (c *Conn) failed(op string, err error) error {
	return &net.OpError{Op: op, Net: "tcp", Source: c.local, Addr: c.remote, Err: err}
}

// SetLinger as on TCP: with 0, Close resets the connection.
func (c *Conn) SetLinger(seconds int) error {
	c.pipe.mu.Lock()
	defer c.pipe.mu.Unlock()
	c.mine().resetOnExit = seconds == 0
	return nil
}

// Close implements net.Conn.
func (c *Conn) Close() error {
	p := c.pipe
	p.mu.Lock()
	defer p.mu.Unlock()
	me := c.mine()
	if me.closed {
		return c.failed("close", net.ErrClosed)
	}
	me.closed = true
	p.broken = p.broken || me.resetOnExit
	me.reading.stop()
	me.writing.stop()
	p.changed.Broadcast()
	if c.other().closed {
		p.host.loses(p)
	}
	return nil
}

// reset ends the connection for both.
func (p *pipe) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.broken = true
	p.changed.Broadcast()
}

// LocalAddr implements net.Conn.
func (c *Conn) LocalAddr() net.Addr { return c.local }

// RemoteAddr implements net.Conn.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// SetDeadline implements net.Conn.
func (c *Conn) SetDeadline(t time.Time) error {
	return c.limited(t, &c.mine().reading, &c.mine().writing)
}

// SetReadDeadline implements net.Conn.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.limited(t, &c.mine().reading) }

// SetWriteDeadline implements net.Conn.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.limited(t, &c.mine().writing) }

func (c *Conn) limited(t time.Time, limits ...*limit) error {
	p := c.pipe
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.mine().closed {
		return c.failed("set", net.ErrClosed)
	}
	left := time.Until(t)
	for _, l := range limits {
		l.stop()
		l.at = t
		if !t.IsZero() && left > 0 {
			l.timer = time.AfterFunc(left, p.wake)
		}
	}
	if !t.IsZero() && left > 0 && left < soon {
		go p.hasten(t, limits)
	}
	p.changed.Broadcast()
	return nil
}

// A deadline that is this close passes without the clock, once others have had
// turns enough to get done: database/sql waits for a reader in a lock, and
// while somebody does, the time of a bubble stands still.
const (
	soon  = time.Second
	turns = 5000
)

func (p *pipe) hasten(t time.Time, limits []*limit) {
	for range turns {
		runtime.Gosched()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range limits {
		if l.at.Equal(t) {
			l.at = time.Now()
		}
	}
	p.changed.Broadcast()
}

func (l *limit) stop() {
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
}

func (p *pipe) wake() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changed.Broadcast()
}
