package tsql

import "context"

// Output takes what a batch sends: a Sink that also learns where statements
// and procedures end.
type Output interface {
	Sink
	// Done ends a statement; rows is -1 where none are counted. inside: it ran
	// inside a procedure or EXEC.
	Done(rows int, inside bool)
	// Returned ends a procedure that the batch itself has called.
	Returned(rc int)
}

// Session is what a login session keeps between batches. It runs one at a time.
type Session struct {
	host         Host
	transactions int
	rowCount     int
	lastError    int32
	caught       *Error // in a CATCH block: what it has caught
	flying       *Error // on its way to a TRY
	tries        int    // TRY blocks that run
	broken       bool
	command      uint16 // the code of the last statement's kind
	options      options
	temp         map[string]*localTable
	prepared     map[int]prepared
	handles      int

	transactionID   uint64
	transactionName string // of the outermost
	savepoints      []string
	doomed          bool // the transaction can only be rolled back
	rolledBack      bool // how the last one ended
}

// NewSession begins a session on a host.
func NewSession(h Host) *Session {
	s := &Session{host: h}
	s.Reset(false)
	return s
}

// Reset gives back the state of a new session, as a pooled connection asks.
// keep leaves its transaction open.
func (s *Session) Reset(keep bool) {
	if !keep {
		s.endTransaction()
	}
	s.rowCount, s.lastError = 0, 0
	s.options = newOptions()
	s.temp = map[string]*localTable{}
	s.prepared = map[int]prepared{}
	if m, ok := s.host.(Marked); ok {
		m.Reset()
	}
}

// Broken reports an error of severity 20 or more: the connection must close.
func (s *Session) Broken() bool { return s.broken }

// Batch compiles and runs a batch of statements.
func (s *Session) Batch(ctx context.Context, text string, out Output) {
	s.caught, s.flying, s.tries = nil, nil, 0
	f := &frame{s: s, out: out, vars: map[string]value{}, tables: map[string]*localTable{}}
	// No TRY is around a batch: an error has been sent by now.
	_, _ = f.text(ctx, text, nil)
	f.settle()
}

// Command is the code that DONE has for the kind of the last statement.
func (s *Session) Command() uint16 { return s.command }

// Call runs a stored procedure for a client (RPC), by a name of up to three
// parts. It returns, for each of args, what came out of it; nil for those that
// only go in.
func (s *Session) Call(ctx context.Context, name string, args []Param, out Output) (rc int, outs []*Param) {
	s.caught, s.flying, s.tries = nil, nil, 0
	f := &frame{s: s, out: out, vars: map[string]value{}, tables: map[string]*localTable{}, depth: 1}
	parts := nameParts(name)
	if parts == nil {
		f.say(noProcedure(name), 0)
		return 1, nil
	}
	if s.options.noExec || s.options.parseOnly {
		return 0, nil
	}
	r, err := f.procedure(ctx, parts, args, 1)
	if err != nil && ctx.Err() == nil {
		f.say(err, 1) // the end of the call is its DONE
		r.rc = max(r.rc, 1)
	}
	f.settle()
	return r.rc, matchOutputs(args, r.outs)
}

// known reports whether the server has a function or @@variable of the name.
func (s *Session) known(function string) bool {
	_, _, _, ok := s.host.Scalar(function, nil)
	return ok
}
