package mssql

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/lab/faults"
)

// way is a port of this machine in some state.
func way(t *testing.T, change func(*faults.Link)) (string, int) {
	t.Helper()
	l, err := faults.Listen("127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	change(l)
	a := l.Addr().(*net.TCPAddr)
	return a.IP.String(), a.Port
}

func TestAFaultSaysHowFarTheConnectionCame(t *testing.T) {
	noise := func(c net.Conn) { _, _ = c.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")) }
	blank := func(c net.Conn) { // its answer to pre-login names an encryption of no length
		_, _ = io.ReadAtLeast(c, make([]byte, 4096), 1)
		_, _ = c.Write([]byte{4, 1, 0, 25, 0, 0, 1, 0, 0, 0, 11, 0, 6, 1, 0, 17, 0, 0, 0xff, 11, 0, 0x1b, 0x59, 0, 0})
		_ = c.Close()
	}
	cut := func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0); _ = c.Close() }
	for name, c := range map[string]struct {
		at    func(*testing.T) (string, int)
		reach fault.Reach
		knock fault.Reach
	}{
		"a name that nobody knows": {func(*testing.T) (string, int) { return "sql11.invalid", 1433 }, fault.NoName, fault.NoName},
		"nobody answers the SYN":   {func(t *testing.T) (string, int) { return way(t, func(l *faults.Link) { _ = l.Swallow() }) }, fault.NoAnswer, fault.NoAnswer},
		"nothing listens":          {func(t *testing.T) (string, int) { return way(t, (*faults.Link).Down) }, fault.Closed, fault.Closed},
		"it accepts and is silent": {func(t *testing.T) (string, int) { return peer(t, func(net.Conn) {}) }, fault.Accepted, fault.Accepted},
		"it accepts and resets":    {func(t *testing.T) (string, int) { return peer(t, cut) }, fault.Accepted, fault.Accepted},
		"it is no SQL Server":      {func(t *testing.T) (string, int) { return peer(t, noise) }, fault.NotUnderstood, fault.Accepted},
		"its answer lacks a byte":  {func(t *testing.T) (string, int) { return peer(t, blank) }, fault.NotUnderstood, fault.Accepted},
	} {
		t.Run(name, func(t *testing.T) {
			host, port := c.at(t)
			s := to(t, host, port)
			_, err := s.Facts(t.Context())
			require.Equal(t, c.reach, fault.ReachOf(err), "%v", err)
			require.NotContains(t, err.Error(), "runtime error", "that tells of the driver, not of the server")
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			came := fault.Accepted // unless it says otherwise: a reset may be faster than the connection
			if err := s.Knock(ctx); err != nil {
				came = fault.ReachOf(err)
			}
			require.Equal(t, c.knock, came)
		})
	}
}

func TestAKnockThatItsCallerCallsOffSaysNothing(t *testing.T) {
	host, port := way(t, func(l *faults.Link) { _ = l.Swallow() })
	s := to(t, host, port)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	require.Empty(t, fault.ReachOf(s.Knock(ctx)))

	late, end := context.WithCancelCause(t.Context())
	time.AfterFunc(50*time.Millisecond, func() { end(context.DeadlineExceeded) })
	require.Equal(t, fault.NoAnswer, fault.ReachOf(s.Knock(late)), "its time was over by another clock")
}

func TestReachesOfDials(t *testing.T) {
	op := func(err error) error {
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", err)}
	}
	for name, c := range map[string]struct {
		err  error
		want fault.Reach
	}{
		"refused":                        {op(syscall.ECONNREFUSED), fault.Closed},
		"no route to the host":           {op(syscall.EHOSTUNREACH), fault.NoRoute},
		"no route to the network":        {op(syscall.ENETUNREACH), fault.NoRoute},
		"the system gave up":             {op(syscall.ETIMEDOUT), fault.NoAnswer},
		"reset":                          {op(syscall.ECONNRESET), fault.Accepted},
		"refused, on Windows":            {op(syscall.Errno(10061)), fault.Closed},
		"no route, on Windows":           {op(syscall.Errno(10065)), fault.NoRoute},
		"the system gave up, on Windows": {op(syscall.Errno(10060)), fault.NoAnswer},
		"no such name":                   {&net.DNSError{IsNotFound: true}, fault.NoName},
		"the name server is silent":      {&net.OpError{Op: "dial", Err: &net.DNSError{IsTimeout: true}}, fault.NoName},
		"it may not connect":             {op(syscall.EACCES), ""},
		"only words":                     {errors.New("connection refused"), ""},
		"nothing":                        {nil, ""},
	} {
		require.Equal(t, c.want, fault.DialReach(c.err), name)
	}
}
