package world

import (
	"context"
	"strings"

	"pchatops/ops/lab/tsql"
)

// procedure is a system stored procedure.
type procedure struct {
	home   string // master: callable everywhere; msdb: only there
	params []param
	admin  bool // members of sysadmin only
	run    func(*call) (int, *tsql.Error)
	// wait takes the place of run where a procedure takes time: it is called
	// without w.mu held.
	wait func(context.Context, *call) (int, *tsql.Error)
}

// procedures are all procedures of an instance, by lower-case name.
var procedures map[string]procedure

func init() {
	procedures = map[string]procedure{}
	for _, set := range []map[string]procedure{
		shippingAddProcs, shippingDeleteProcs, shippingChangeProcs, shippingHelpProcs, agentProcs, scheduleProcs, sessionProcs, serverProcs, fileProcs, monitorProcs, principalProcs, drillProcs,
	} {
		for name, p := range set {
			procedures[name] = p
		}
	}
}

// lives reports whether a procedure can be called when db is the database.
func (p procedure) lives(db string) bool { return strings.EqualFold(db, p.home) }

// HasProc tells whether a stored procedure exists.
func (s *Session) HasProc(db, schema, name string) bool {
	s.inst.w.mu.Lock()
	defer s.inst.w.mu.Unlock()
	_, ok := s.findProc(db, schema, name)
	return ok
}

func (s *Session) findProc(db, schema, name string) (procedure, bool) {
	p, ok := procedures[strings.ToLower(name)]
	switch strings.ToLower(schema) {
	case "", "dbo", "sys":
	default:
		return p, false
	}
	if db == "" {
		db = s.db
	}
	return p, ok && (p.lives(db) || p.home == "master")
}

// Call runs a stored procedure.
func (s *Session) Call(ctx context.Context, db, schema, name string, args []tsql.Param, sink tsql.Sink) (int, []tsql.Param, *tsql.Error) {
	ctx, done := s.bind(ctx)
	defer done()
	w := s.inst.w
	w.mu.Lock()
	p, ok := s.findProc(db, schema, name)
	e := s.touch()
	if d := s.inst.db(db); e == nil && d != nil && !system(d.name) {
		e = d.enter(s)
	}
	w.mu.Unlock()
	switch {
	case e != nil:
		return 1, nil, e
	case !ok:
		return 1, nil, fail(2812, name)
	case p.admin && !s.login.sysadmin:
		return 1, nil, in(name, s.denied(p, name))
	}
	c := &call{s: s, name: name, wants: map[string]bool{}, out: map[string]any{}}
	if e := c.bind(p.params, args); e != nil {
		return 1, nil, in(name, e)
	}
	rc, e := c.perform(ctx, p)
	c.flush(sink)
	if e != nil {
		return max(rc, 1), nil, in(name, e)
	}
	return rc, c.outputs(p.params), nil
}

// denied is how a procedure refuses a login that is no sysadmin.
func (s *Session) denied(p procedure, name string) *tsql.Error {
	if p.home == "msdb" || strings.HasPrefix(name, "xp_") {
		return fail(229, "EXECUTE", name, p.home, "dbo")
	}
	return fail(15247)
}

// call is one call of a procedure.
type call struct {
	s     *Session
	name  string
	args  map[string]any
	wants map[string]bool // parameters given as OUTPUT
	out   map[string]any
	sent  []any // *tsql.Rows and *tsql.Error, in order
}

func (c *call) perform(ctx context.Context, p procedure) (int, *tsql.Error) {
	if p.wait != nil {
		return p.wait(ctx, c)
	}
	c.s.inst.w.mu.Lock()
	defer c.s.inst.w.mu.Unlock()
	return p.run(c)
}

// rows and say send to the client once the procedure has let go of the world.
func (c *call) rows(r *tsql.Rows)   { c.sent = append(c.sent, r) }
func (c *call) say(e *tsql.Error)   { c.sent = append(c.sent, e) }
func (c *call) inst() *Instance     { return c.s.inst }
func (c *call) str(p string) string { v, _ := c.args[p].(string); return v }
func (c *call) num(p string) int    { v, _ := c.args[p].(int64); return int(v) }
func (c *call) yes(p string) bool   { return c.num(p) != 0 }
func (c *call) has(p string) bool   { return c.args[p] != nil }

func (c *call) flush(sink tsql.Sink) {
	for _, x := range c.sent {
		switch x := x.(type) {
		case *tsql.Rows:
			sink.Rows(x)
		case *tsql.Error:
			sink.Message(x)
		}
	}
}

func (c *call) outputs(params []param) []tsql.Param {
	var out []tsql.Param
	for _, p := range params {
		if v, ok := c.out[p.name]; ok {
			out = append(out, tsql.Param{Name: p.name, Kind: p.kind, Size: p.size, Value: value(v), Output: true})
		}
	}
	return out
}
