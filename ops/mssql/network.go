package mssql

import (
	"context"
	"errors"
	"io"
	"net"
	"syscall"

	"pchatops/ops/fault"
)

// connectFault says why there is no connection, and how far it came. dial is
// what came of the dial.
func (g *gate) connectFault(ctx context.Context, dial dial, err error) error {
	f := g.connectTrouble(ctx, dial.accepted, err)
	f.Reach = dial.reach(ctx, f, err)
	return f
}

func (g *gate) connectTrouble(ctx context.Context, dialled bool, err error) *fault.Error {
	if errs := sqlErrors(err); len(errs) > 0 {
		return sqlFault(g.instance.Address(), "log in", errs)
	}
	text := err.Error()
	if known := troubleIn(text); known != nil {
		return g.fault(known.class, text, known.do, err)
	}
	switch {
	case ctx.Err() != nil && dialled:
		return g.fault(fault.Timeout, "it accepts the connection and does not answer",
			"something listens there, but SQL Server does not get to answering: look at the host, or ask for its restart", err)
	case ctx.Err() != nil:
		return g.fault(fault.Unreachable, "no answer", remedy[fault.Unreachable], err)
	}
	return g.fault(fault.Unreachable, text, unreachableDo(err), err)
}

func unreachableDo(err error) string {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return "the name is not known here; check it in the site file, or use an address"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the host is up and nothing listens on this port: is the SQL Server service running, and is it the right port?"
	}
	return remedy[fault.Unreachable]
}

// dial is what came of the one dial of an attempt.
type dial struct {
	accepted bool
	err      error // why it was not accepted; nil also where it was never tried
}

// reach tells how far an attempt came. What the libraries say in words only is
// an answer that makes no sense; the rest is told by types.
func (d dial) reach(ctx context.Context, f *fault.Error, err error) fault.Reach {
	switch {
	case !d.accepted:
		return fault.DialReach(d.err)
	case len(sqlErrors(err)) > 0, f.Class == fault.Login:
		return fault.TurnedAway
	case ctx.Err() != nil, brokenOff(err):
		return fault.Accepted
	}
	return fault.NotUnderstood
}

// brokenOff holds for a connection that ended instead of bringing an answer.
func brokenOff(err error) bool {
	var wire net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &wire)
}
