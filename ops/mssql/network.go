package mssql

import (
	"context"
	"errors"
	"net"
	"syscall"

	"pchatops/ops/fault"
)

// connectFault says why there is no connection. dialled tells whether the
// server had accepted one.
func (g *gate) connectFault(ctx context.Context, dialled bool, err error) error {
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
