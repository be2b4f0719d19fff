package mssql

import (
	"cmp"
	"context"
	"errors"

	mssql "github.com/microsoft/go-mssqldb"

	"pchatops/ops/fault"
)

// sqlErrors gives every error that the server raised, in order; nil when the
// trouble is another.
func sqlErrors(err error) []mssql.Error {
	var e mssql.Error
	if !errors.As(err, &e) {
		return nil
	}
	if len(e.All) > 0 {
		return e.All
	}
	return []mssql.Error{e}
}

// causeOf picks the error that explains the others. A failed RESTORE ends with
// 3013 and a failed ALTER DATABASE with 5069; what went wrong stands before.
func causeOf(errs []mssql.Error) mssql.Error {
	for _, e := range errs {
		if _, known := classes[e.Number]; known && !followers[e.Number] {
			return e
		}
	}
	for _, e := range errs {
		if !followers[e.Number] {
			return e
		}
	}
	return errs[0]
}

// classify gives class and remedy of an error number with its text.
func classify(number int32, text string) (fault.Class, string) {
	class, known := classes[number]
	if !known {
		return fault.Other, "look at the SQL Server error log of this instance"
	}
	if code, ok := systemError(text); ok && carriesSystemError[number] {
		if c, do := classifySystem(code); c != "" {
			return c, cmp.Or(remedies[number], do)
		}
	}
	return class, cmp.Or(remedies[number], remedy[class])
}

func (s *Server) fault(c fault.Class, tried string, number int32, text, do string) *fault.Error {
	return &fault.Error{Class: c, Tried: tried, Target: s.Address(), Number: number, Text: text, Do: do}
}

// sqlFault makes one fault of all the errors of a batch that was sent after the login;
// nil when there are none.
func (s *Server) sqlFault(tried string, errs []mssql.Error) error {
	if len(errs) == 0 {
		return nil
	}
	f := sqlFault(s.Address(), tried, errs)
	if f.Class == fault.Login { // the login of this session is past that: another server refused the one that is used there
		f.Class, f.Do = fault.Linked, remedy[fault.Linked]
	}
	return f
}

func sqlFault(target, tried string, errs []mssql.Error) *fault.Error {
	e := causeOf(errs)
	class, do := classify(e.Number, e.Message)
	return &fault.Error{Class: class, Tried: tried, Target: target, Number: e.Number, Text: e.Message, Do: do, Cause: e}
}

// cutOff is what to do where a server that has taken the login is heard no more:
// address and port are right.
const cutOff = "try again; if the connection keeps ending, look whether SQL Server restarts (its error log), and at what lies between (firewall, VPN)"

// readFault is for a request that changed nothing.
func (s *Server) readFault(ctx context.Context, tried string, err error) error {
	var silent *unheard
	if errors.As(context.Cause(ctx), &silent) {
		f := s.fault(fault.Unreachable, tried, 0, silent.Error(), "look whether the host runs and what lies between; then run again: it goes on where the world stands")
		f.Cause, f.Reach = err, silent.reach
		return f
	}
	var f *fault.Error
	if errors.As(err, &f) {
		return f // made while connecting
	}
	if errs := sqlErrors(err); len(errs) > 0 && !ended(errs) {
		return s.sqlFault(tried, errs)
	}
	f = s.fault(fault.Unreachable, tried, 0, "the connection ended after the login: "+err.Error(), cutOff)
	f.Cause, f.Reach = err, fault.LoggedIn
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		f.Class, f.Text, f.Do = fault.Timeout, "logged in, but the request was not answered in time", remedy[fault.Timeout]
	case ctx.Err() != nil:
		f.Class, f.Text, f.Do = fault.Timeout, ctx.Err().Error(), remedy[fault.Timeout]
	}
	return f
}

// lostFault is for a statement whose reply never came to its end: what the
// server did say by then is told, but proves nothing.
func (s *Server) lostFault(tried string, errs []mssql.Error, err error) error {
	f := s.fault(fault.Lost, tried, 0, err.Error(), remedy[fault.Lost])
	if len(errs) > 0 {
		e := causeOf(errs)
		f.Number, f.Text = e.Number, e.Message+" ("+err.Error()+")"
	}
	f.Cause = err
	return f
}

// numberOf gives SQL Server's number of a fault, 0 when it has none.
func numberOf(err error) int32 {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Number
	}
	return 0
}

// ended reports whether the server ended the session along with the request:
// severity 20 and more, or somebody killed it.
func ended(errs []mssql.Error) bool {
	for _, e := range errs {
		if e.Class >= 20 || e.Number == 596 {
			return true
		}
	}
	return false
}
