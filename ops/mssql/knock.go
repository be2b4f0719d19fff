package mssql

import (
	"context"
	"errors"
	"net"
	"strconv"

	"pchatops/ops/fault"
)

// Knock tries to connect over TCP and sends nothing: no login is risked by it.
// It needs the port, from the site file or from a connection that there was.
func (s *Server) Knock(ctx context.Context) error {
	port := s.Port()
	if port == 0 {
		return s.gate.fault(fault.Unreachable, "the port of this instance is not known here", "give the port in the site file", nil)
	}
	conn, err := s.gate.dial(ctx, "tcp", net.JoinHostPort(s.instance.Host, strconv.Itoa(port)))
	if err != nil {
		f := s.gate.fault(fault.Unreachable, err.Error(), unreachableDo(err), err)
		f.Reach = fault.DialReach(err)
		if f.Reach == "" && errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
			f.Reach = fault.NoAnswer // the caller's clock is not that of the network
		}
		return f
	}
	_ = conn.Close() // nothing was said
	return nil
}

// Port is the TCP port of the instance: that of the site file, else that of the
// last connection; 0 where there was none.
func (s *Server) Port() int {
	if s.instance.Port != 0 {
		return s.instance.Port
	}
	return int(s.gate.port.Load())
}
