package mssql

import (
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// relay stands between console and server. It counts how often the console
// speaks and waits for an answer, and it can fall silent or be cut.
type relay struct {
	listener  net.Listener
	to        string
	exchanges atomic.Int64

	mu     sync.Mutex
	thawed chan struct{} // closed: bytes pass
	pairs  []*pair
	ended  sync.WaitGroup
}

// pair is one connection, from both sides.
type pair struct {
	client, server net.Conn
	gone           atomic.Bool // the server's end is gone, and the client does not learn it
}

func (p *pair) close() {
	_ = p.server.Close()
	if !p.gone.Load() {
		_ = p.client.Close()
	}
}

func startRelay(t testing.TB, to string) *relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	r := &relay{listener: l, to: to, thawed: make(chan struct{})}
	close(r.thawed)
	r.ended.Go(r.accept)
	t.Cleanup(func() {
		_ = l.Close()
		r.thaw()
		r.cut()
		r.ended.Wait()
	})
	return r
}

func (r *relay) address() (host string, port int) {
	host, p, _ := net.SplitHostPort(r.listener.Addr().String())
	port, _ = strconv.Atoi(p)
	return host, port
}

func (r *relay) accept() {
	for {
		client, err := r.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", r.to)
		if err != nil {
			_ = client.Close()
			continue
		}
		p := &pair{client: client, server: server}
		r.mu.Lock()
		r.pairs = append(r.pairs, p)
		r.mu.Unlock()
		var answered atomic.Bool
		answered.Store(true)
		r.ended.Go(func() {
			defer p.close()
			r.pass(server, client, func() {
				if answered.Swap(false) {
					r.exchanges.Add(1)
				}
			})
		})
		r.ended.Go(func() {
			defer p.close()
			r.pass(client, server, func() { answered.Store(true) })
		})
	}
}

// pass copies one direction. A request of several packets is one exchange.
func (r *relay) pass(to, from net.Conn, seen func()) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			seen()
			r.mu.Lock()
			open := r.thawed
			r.mu.Unlock()
			<-open
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// freeze lets nothing through any more; the connections stay open.
func (r *relay) freeze() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.thawed = make(chan struct{})
}

func (r *relay) thaw() {
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case <-r.thawed:
	default:
		close(r.thawed)
	}
}

// cut ends all connections.
func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.pairs {
		p.close()
		_ = p.client.Close()
	}
	r.pairs = nil
}

// forget ends the server's side of one connection of the client, as a power
// cut does: the client hears nothing of it.
func (r *relay) forget(client net.Addr) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.pairs {
		if p.client.RemoteAddr().String() == client.String() {
			p.gone.Store(true)
			p.close()
		}
	}
}
