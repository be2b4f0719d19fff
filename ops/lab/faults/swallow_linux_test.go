package faults

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
)

// knock tries to connect for a while.
func knock(t *testing.T, l *Link, patience time.Duration) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, err := new(net.Dialer).DialContext(ctx, "tcp", l.Addr().String())
	if err == nil {
		_ = c.Close()
	}
	return err
}

func TestASwallowedSYNIsNeverAnswered(t *testing.T) {
	l, err := Listen("127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	old, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	defer old.Close()
	server, err := l.Accept()
	require.NoError(t, err)

	require.NoError(t, l.Swallow())
	require.NoError(t, l.Swallow(), "once more changes nothing")
	for range 5 {
		err := knock(t, l, 100*time.Millisecond)
		var late net.Error
		require.ErrorAs(t, err, &late)
		require.True(t, late.Timeout(), err)
		var number syscall.Errno
		require.False(t, errors.As(err, &number), "the time-out is the caller's own")
	}
	_, err = server.Write([]byte("farewell"))
	require.NoError(t, err)
	require.NoError(t, server.Close())
	require.NoError(t, old.SetReadDeadline(time.Now().Add(100*time.Millisecond)))
	_, err = old.Read(make([]byte, 16))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded, "what was connected is half-open: neither data nor an end arrives")

	require.NoError(t, l.Up())
	require.NoError(t, knock(t, l, 5*time.Second))
	require.NoError(t, old.SetReadDeadline(time.Now().Add(5*time.Second)))
	said, err := io.ReadAll(old)
	require.NoError(t, err)
	require.Equal(t, "farewell", string(said), "what was held arrives once the line is joined again")

	require.NoError(t, l.Swallow())
	l.Down()
	require.ErrorIs(t, knock(t, l, time.Second), syscall.ECONNREFUSED)
}
