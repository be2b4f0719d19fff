package tds

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"pchatops/ops/lab/tsql"
)

// How long a client may take to log in, and to take what is sent to it.
const (
	loginTime = 30 * time.Second
	stallTime = 60 * time.Second
)

// patient is a connection that gives up on a client that takes nothing any
// more: what waits for it would wait for ever.
type patient struct{ net.Conn }

// Write writes within stallTime.
func (p patient) Write(b []byte) (int, error) {
	if err := p.SetWriteDeadline(time.Now().Add(stallTime)); err != nil {
		return 0, err
	}
	return p.Conn.Write(b)
}

// conn is one connection.
type conn struct {
	server *Server
	nc     net.Conn
	rw     io.ReadWriter // nc, or TLS over it

	protocol   uint32
	packetSize int
	spid       int
	database   string // after the login
	host       tsql.Host
	session    *tsql.Session

	mu        sync.Mutex
	cancel    context.CancelCauseFunc // of the request that runs; nil between them
	attention bool                    // the client has cancelled it
	busy      bool                    // a request is being answered, to its last word
	stalled   bool                    // a request waits for its verdict
	coming    bool                    // a request has arrived that does not run yet
	early     bool                    // the client has cancelled that one
}

// connection serves a connection to its end.
func (s *Server) connection(life context.Context, raw net.Conn) {
	ctx, end := context.WithCancelCause(life)
	defer end(tsql.ErrDisconnected)
	nc := patient{raw}
	c := &conn{server: s, nc: nc, rw: nc, protocol: tds71, packetSize: defaultPacketSize}
	// Whatever ends the context ends the reads and writes too.
	stop := context.AfterFunc(ctx, func() {
		if !c.hears(ctx) {
			_ = raw.Close()
		}
	})
	defer stop()
	defer func() { _ = raw.Close() }()

	if nc.SetReadDeadline(time.Now().Add(loginTime)) != nil {
		return
	}
	closed, ok := c.login(ctx, func() { end(tsql.ErrKilled) })
	if closed != nil {
		defer closed()
	}
	if !ok || nc.SetReadDeadline(time.Time{}) != nil {
		return
	}
	c.requests(ctx, end)
}

// requests answers one request after the other. A goroutine reads ahead, so
// that an attention, or the end of the connection, is noticed while one runs.
func (c *conn) requests(ctx context.Context, end context.CancelCauseFunc) {
	messages := make(chan message)
	var reader sync.WaitGroup
	reader.Go(func() {
		defer close(messages)
		c.receive(ctx, messages)
		end(tsql.ErrDisconnected)
	})
	defer reader.Wait()
	defer end(tsql.ErrDisconnected)
	for m := range messages {
		if err := c.judged(ctx, m); err != nil || ctx.Err() != nil {
			_ = c.nc.Close()
			return
		}
	}
}

// receive reads messages until the connection ends.
func (c *conn) receive(ctx context.Context, messages chan<- message) {
	for {
		m, err := readMessage(c.rw, maxMessage)
		if err != nil {
			return
		}
		if m.kind == packetAttention && c.interrupt() {
			continue
		}
		c.expect(m.kind != packetAttention)
		select {
		case messages <- m:
		case <-ctx.Done():
			return
		}
	}
}

// interrupt cancels the request that runs; false: none does. One that is stalled
// on purpose hears nothing.
func (c *conn) interrupt() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.cancel == nil && c.coming && !c.stalled:
		c.early = true
		return true
	case c.cancel == nil:
		return c.stalled
	}
	c.attention = true
	c.cancel(tsql.ErrAttention)
	return true
}

// expect notes that a request has arrived.
func (c *conn) expect(request bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.coming, c.early = request, false
}

// arrived ends the time in which a request was still to run; it reports whether
// the client has cancelled it by then.
func (c *conn) arrived() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	early := c.early
	c.coming, c.early = false, false
	return early
}

// hears reports whether the client of a killed session is told so: a request of
// its is running, whose answer says it.
func (c *conn) hears(ctx context.Context) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.busy && errors.Is(context.Cause(ctx), tsql.ErrKilled)
}

func (c *conn) setBusy(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy = on
}

// killed reports that the session is no more. The world ends a statement before
// it says why: what it says to the connection is waited for.
func (c *conn) killed(ctx context.Context) bool {
	if m, ok := c.host.(tsql.Mortal); ok && m.Ended() {
		<-ctx.Done()
	}
	return ctx.Err() != nil
}

// begin makes the context of a request.
func (c *conn) begin(ctx context.Context) (context.Context, context.CancelCauseFunc) {
	run, cancel := context.WithCancelCause(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cancel, c.attention = cancel, c.early
	if c.coming, c.early = false, false; c.attention {
		cancel(tsql.ErrAttention)
	}
	return run, cancel
}

// over ends a request; it reports whether the client has cancelled it.
func (c *conn) over() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cancel = nil
	return c.attention
}

var errBroken = errors.New("an error of severity 20 ends the connection")

// answer runs one request and writes its reply to w.
func (c *conn) answer(ctx context.Context, m message, w io.Writer) error {
	r := c.reply(w)
	if m.status&statusIgnore != 0 {
		early := c.arrived()
		if err := r.finish(doneError); err != nil || !early { // taken back while it was being sent
			return err
		}
		return c.reply(w).finish(doneAttention)
	}
	if m.kind == packetAttention {
		return r.finish(doneAttention)
	}
	if m.status&(statusReset|statusResetKeep) != 0 {
		c.reset(r, m.status&statusResetKeep != 0)
	}
	c.setBusy(true)
	defer c.setBusy(false)
	run, cancel := c.begin(ctx)
	err := c.execute(run, m, r)
	attention := c.over()
	cancel(nil)
	if err != nil {
		return err
	}
	if c.killed(ctx) {
		r.Message(&tsql.Error{Number: 596, State: 1, Class: 21, Message: "Cannot continue the execution because the session is in the kill state."})
		_ = r.finish(doneFatal) // whoever is not there any more does not hear it
		return context.Cause(ctx)
	}
	if c.session.Broken() {
		_ = r.finish(doneFatal)
		return errBroken
	}
	if !attention {
		return r.finish(0)
	}
	if err := r.cancel(); err != nil {
		return err
	}
	return c.reply(w).finish(doneAttention)
}

// reset gives the session back its first state, as a pool asks before it lends
// the connection out again. keep leaves its transaction open.
func (c *conn) reset(r *reply, keep bool) {
	c.session.Reset(keep)
	if c.host.Database() != c.database {
		// The login's database was there; should it be gone, the session stays.
		_ = c.host.Use(c.database)
	}
	e := r.encoder()
	e.envBytes(envReset, nil, nil)
	r.write(e)
}

// execute runs a request. An error is one of the protocol: it ends the
// connection.
func (c *conn) execute(ctx context.Context, m message, r *reply) error {
	switch m.kind {
	case packetBatch:
		body := cursor{b: m.body}
		body.headers(c.protocol)
		if body.err != nil {
			return body.err
		}
		c.session.Batch(ctx, fromUTF16(body.b), r)
		return nil
	case packetRPC:
		r.rpc = true
		calls, err := parseCalls(m.body, c.protocol)
		if refused := new(tsql.Error); errors.As(err, &refused) {
			r.Message(refused)
			r.outputs(1, nil)
			return nil
		}
		if err != nil {
			r.Message(&tsql.Error{Number: 8009, State: 1, Class: 16, Message: "The incoming tabular data stream (TDS) remote procedure call (RPC) protocol stream is incorrect. " + err.Error() + "."})
			_ = r.finish(0)
			return err
		}
		for _, call := range calls {
			if strings.EqualFold(call.procedure, "sp_reset_connection") {
				c.reset(r, false)
				r.outputs(0, nil)
				continue
			}
			rc, outs := c.session.Call(ctx, call.procedure, call.params, r)
			r.outputs(rc, outs)
		}
		return nil
	case packetTransaction:
		return c.transaction(m.body, r)
	}
	return errors.New("a packet of a type that has no place here")
}
