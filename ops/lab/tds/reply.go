package tds

import (
	"encoding/binary"
	"io"
	"strings"
	"sync"

	"pchatops/ops/lab/tsql"
)

// reply writes the answer to one request while it is being worked out. It is
// the tsql.Output of the session. The last DONE is held back until it is known
// whether more follows.
type reply struct {
	c *conn

	mu      sync.Mutex // a host may report progress from a goroutine of its own
	w       *packetWriter
	rpc     bool
	pending *done
	failed  bool   // an error was sent since the last DONE
	tran    uint64 // the transaction that the client has heard of
	db      string
}

func (c *conn) reply(to io.Writer) *reply {
	w := newPacketWriter(to, packetReply)
	w.size, w.spid = c.packetSize, uint16(c.spid)
	r := &reply{c: c, w: w}
	if c.session != nil {
		r.tran, _ = c.session.Transaction()
		r.db = c.host.Database()
	}
	return r
}

func (r *reply) encoder() *encoder { return &encoder{protocol: r.c.protocol} }

// write sends the DONE held back, what has changed since, and then a token.
func (r *reply) write(e *encoder) {
	r.settle(doneMore)
	r.changes()
	_, _ = r.w.Write(e.b)
}

// settle writes the DONE held back.
func (r *reply) settle(flags uint16) {
	if r.pending == nil {
		return
	}
	d := *r.pending
	r.pending = nil
	d.status |= flags
	e := r.encoder()
	e.done(d)
	_, _ = r.w.Write(e.b)
}

// changes tells the client of a new database and of the ends of transactions.
func (r *reply) changes() {
	if r.c.session == nil {
		return
	}
	e := r.encoder()
	if db := r.c.host.Database(); db != r.db {
		e.envText(envDatabase, db, r.db)
		r.db = db
	}
	if now, rolledBack := r.c.session.Transaction(); now != r.tran {
		if r.tran != 0 {
			kind := byte(envCommit)
			if rolledBack {
				kind = envRollback
			}
			e.envBytes(kind, nil, binary.LittleEndian.AppendUint64(nil, r.tran))
		}
		if now != 0 {
			e.envBytes(envBegin, binary.LittleEndian.AppendUint64(nil, now), nil)
		}
		r.tran = now
	}
	_, _ = r.w.Write(e.b)
}

// Message sends an error or information at once.
func (r *reply) Message(err *tsql.Error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.encoder()
	if say := r.c.server.Say; say != nil {
		err = say(err)
	}
	e.message(err, r.c.server.Name)
	r.failed = r.failed || err.Class > 10
	r.write(e)
	r.w.flush()
}

// Done ends a statement.
func (r *reply) Done(rows int, inside bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.settle(doneMore)
	r.changes() // a statement is done when its client knows what it has changed
	d := done{token: tokenDone, command: r.c.session.Command()}
	if inside || r.rpc {
		d.token = tokenDoneInProc
	}
	if rows >= 0 {
		d.status, d.rows = doneCount, uint64(rows)
	}
	r.end(d)
}

// Returned ends a procedure that a batch has called.
func (r *reply) Returned(rc int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.returned(rc)
	r.end(done{token: tokenDoneProc})
}

func (r *reply) returned(rc int) {
	e := r.encoder()
	e.u8(tokenReturnStatus)
	e.u32(uint32(int32(rc)))
	r.write(e)
}

// end holds a DONE back.
func (r *reply) end(d done) {
	if r.failed {
		d.status |= doneError
		r.failed = false
	}
	r.pending = &d
}

// outputs ends a call by a client: its return code and output parameters.
func (r *reply) outputs(rc int, outs []*tsql.Param) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.returned(rc)
	for i, p := range outs {
		if p == nil {
			continue
		}
		e := r.encoder()
		c := fitting(tsql.Column{Kind: p.Kind, Size: p.Size, Scale: scaleOf(p)}, func(yield func(any) bool) { yield(p.Value) })
		e.u8(tokenReturnValue)
		e.u16(uint16(i))
		e.shortText(p.Name)
		e.u8(paramOutput)
		e.userType()
		e.u16(nullable)
		e.typeInfo(c)
		e.value(c, p.Value)
		r.write(e)
	}
	r.end(done{token: tokenDoneProc})
}

// cancel ends the reply of a request that the client has cancelled. The
// acknowledgement follows as a message of its own.
func (r *reply) cancel() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.settle(doneMore)
	r.changes()
	r.end(done{token: tokenDone})
	r.settle(doneError)
	return r.w.end()
}

// scaleOf is the digits behind the point of an output parameter.
func scaleOf(p *tsql.Param) int {
	s, _ := p.Value.(string)
	if _, fraction, ok := strings.Cut(s, "."); ok && p.Kind == tsql.Numeric {
		return len(fraction)
	}
	return 0
}

// finish ends the reply.
func (r *reply) finish(flags uint16) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pending == nil {
		r.settle(doneMore)
		r.end(done{token: tokenDone})
	}
	r.changes()
	r.settle(flags)
	return r.w.end()
}
