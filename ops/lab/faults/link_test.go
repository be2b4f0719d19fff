package faults_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"pchatops/ops/lab/faults"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// echo opens a link with a server behind it that sends back every line.
func echo(t *testing.T) *faults.Link {
	t.Helper()
	l, err := faults.Listen("127.0.0.1:0")
	require.NoError(t, err)
	var server sync.WaitGroup
	server.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			server.Go(func() {
				defer c.Close()
				r := bufio.NewReader(c)
				for {
					line, err := r.ReadBytes('\n')
					if err != nil {
						return
					}
					if _, err := c.Write(line); err != nil {
						return
					}
				}
			})
		}
	})
	t.Cleanup(func() {
		require.NoError(t, l.Close())
		server.Wait()
	})
	return l
}

func dial(t *testing.T, l *faults.Link) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	require.NoError(t, c.SetDeadline(time.Now().Add(20*time.Second)))
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func say(t *testing.T, c net.Conn, line string) {
	t.Helper()
	_, err := io.WriteString(c, line)
	require.NoError(t, err)
}

func hear(t *testing.T, c net.Conn, line string) {
	t.Helper()
	got := make([]byte, len(line))
	_, err := io.ReadFull(c, got)
	require.NoError(t, err)
	require.Equal(t, line, string(got))
}

// requireReset proves that the connection was reset, not closed.
func requireReset(t *testing.T, c net.Conn) {
	t.Helper()
	_, err := io.Copy(io.Discard, c)
	require.ErrorIs(t, err, syscall.ECONNRESET)
}

func TestDelayIsPaidPerRoundTripAndNotPerPiece(t *testing.T) {
	l := echo(t)
	c := dial(t, l)
	const oneWay, pieces = 40 * time.Millisecond, 100
	l.SetDelay(oneWay)
	began := time.Now()
	say(t, c, "hello\n")
	hear(t, c, "hello\n")
	require.GreaterOrEqual(t, time.Since(began), 2*oneWay)

	began = time.Now()
	line := append(bytes.Repeat([]byte("x"), 999), '\n')
	var sender sync.WaitGroup
	sender.Go(func() {
		for range pieces {
			_, _ = c.Write(line)
		}
	})
	_, err := io.CopyN(io.Discard, c, int64(pieces*len(line)))
	require.NoError(t, err)
	sender.Wait()
	require.Less(t, time.Since(began), pieces*oneWay/2, "the pieces travel at the same time")
}

func TestDownRefusesAndUpAcceptsAtTheSameAddress(t *testing.T) {
	l := echo(t)
	c := dial(t, l)
	say(t, c, "before\n")
	hear(t, c, "before\n")
	l.Down()
	requireReset(t, c)
	_, err := net.Dial("tcp", l.Addr().String())
	require.ErrorIs(t, err, syscall.ECONNREFUSED)
	require.NoError(t, l.Up())
	require.NoError(t, l.Up(), "up is up")
	c = dial(t, l)
	say(t, c, "after\n")
	hear(t, c, "after\n")
}

func TestHangAcceptsAndNeverAnswersUntilItEnds(t *testing.T) {
	l := echo(t)
	old := dial(t, l)
	say(t, old, "before\n")
	hear(t, old, "before\n")
	l.Hang(true)
	fresh := dial(t, l)
	for _, c := range []net.Conn{old, fresh} {
		say(t, c, "meanwhile\n")
		require.NoError(t, c.SetReadDeadline(time.Now().Add(100*time.Millisecond)))
		_, err := c.Read(make([]byte, 1))
		var timeout net.Error
		require.True(t, errors.As(err, &timeout) && timeout.Timeout(), "%v", err)
		require.NoError(t, c.SetReadDeadline(time.Now().Add(20*time.Second)))
	}
	l.Hang(false)
	hear(t, old, "meanwhile\n")
	hear(t, fresh, "meanwhile\n")

	l.Hang(true)
	require.Equal(t, 2, l.Cut(), "a hanging connection can be cut")
	requireReset(t, old)
	requireReset(t, fresh)
}

func TestCutAfterLetsExactlySoManyBytesThrough(t *testing.T) {
	for _, c := range []struct {
		direction faults.Direction
		hears     string
	}{{faults.ToClient, "0123456"}, {faults.ToServer, ""}} {
		l := echo(t)
		l.CutAfter(c.direction, 7)
		client := dial(t, l)
		say(t, client, "0123456789\n")
		got, err := io.ReadAll(client)
		require.ErrorIs(t, err, syscall.ECONNRESET)
		require.Equal(t, c.hears, string(got))

		client = dial(t, l)
		say(t, client, "again\n")
		hear(t, client, "again\n")
	}
}

func TestCutWhenCutsInsteadOfPassingOn(t *testing.T) {
	l := echo(t)
	other, victim := dial(t, l), dial(t, l)
	l.CutWhen(func(d faults.Direction, piece []byte) bool {
		return d == faults.ToClient && bytes.Contains(piece, []byte("RESTORE"))
	})
	say(t, other, "BACKUP\n")
	hear(t, other, "BACKUP\n")
	say(t, victim, "RESTORE\n")
	got, err := io.ReadAll(victim)
	require.ErrorIs(t, err, syscall.ECONNRESET)
	require.Empty(t, got)
	say(t, other, "RESTORE\n")
	hear(t, other, "RESTORE\n")
}

func TestAnOrderlyEndArrivesBehindTheData(t *testing.T) {
	l, err := faults.Listen("127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	l.SetDelay(20 * time.Millisecond)
	c := dial(t, l)
	server, err := l.Accept()
	require.NoError(t, err)
	require.Equal(t, c.LocalAddr().String(), server.RemoteAddr().String(), "the server sees who the client is")
	require.Equal(t, l.Addr().String(), server.LocalAddr().String())
	_, err = io.WriteString(server, "last words")
	require.NoError(t, err)
	require.NoError(t, server.Close())
	got, err := io.ReadAll(c)
	require.NoError(t, err)
	require.Equal(t, "last words", string(got))
}

func TestAClosedLinkIsClosed(t *testing.T) {
	l, err := faults.Listen("127.0.0.1:0")
	require.NoError(t, err)
	waiting := dial(t, l) // nobody accepts it
	require.NoError(t, l.Close())
	requireReset(t, waiting)
	_, err = l.Accept()
	require.ErrorIs(t, err, net.ErrClosed)
	require.ErrorIs(t, l.Up(), net.ErrClosed)
	require.NoError(t, l.Close(), "closing twice is closing once")
}
