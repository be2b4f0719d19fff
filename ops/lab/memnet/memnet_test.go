package memnet_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/memnet"
)

const anywhere = "127.0.0.1:0"

// connection gives both ends of one, with what they stand on.
func connection(t *testing.T) (n *memnet.Network, h *memnet.Host, client, server net.Conn) {
	t.Helper()
	n = memnet.New()
	h = n.Host()
	ln, err := n.Listen(anywhere)
	require.NoError(t, err)
	client, err = h.Dial(t.Context(), "tcp", ln.Addr().String())
	require.NoError(t, err)
	server, err = ln.Accept()
	require.NoError(t, err)
	return n, h, client, server
}

func TestWhatIsWrittenArrivesInOrderAndThenTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, _, client, server := connection(t)
		const size = 1 << 20 // more than lies between two ends
		go func() {
			_, err := client.Write(make([]byte, size))
			require.NoError(t, err)
			require.NoError(t, client.Close())
		}()
		b, err := io.ReadAll(server)
		require.NoError(t, err)
		require.Len(t, b, size)
		require.Equal(t, client.LocalAddr(), server.RemoteAddr())
	})
}

func TestADeadlineEndsReadsAndWritesAndCanBeMoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, _, client, server := connection(t)
		began := time.Now()
		require.NoError(t, client.SetReadDeadline(began.Add(time.Hour)))
		_, err := client.Read(make([]byte, 1))
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		require.Equal(t, time.Hour, time.Since(began))

		require.NoError(t, client.SetWriteDeadline(time.Now().Add(time.Second)))
		_, err = client.Write(make([]byte, 1<<20))
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)

		require.NoError(t, client.SetDeadline(time.Time{}))
		go func() { _, _ = server.Write([]byte("x")) }()
		_, err = client.Read(make([]byte, 1))
		require.NoError(t, err)
	})
}

func TestADialIsRefusedOrSwallowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := memnet.New()
		ln, err := n.Listen(anywhere)
		require.NoError(t, err)
		ln.(*memnet.Listener).Silence(true)
		ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
		defer cancel()
		began := time.Now()
		_, err = n.Host().Dial(ctx, "tcp", ln.Addr().String())
		var timeout net.Error
		require.ErrorAs(t, err, &timeout)
		require.True(t, timeout.Timeout())
		require.Equal(t, 8*time.Second, time.Since(began))

		require.NoError(t, ln.Close())
		_, err = n.Host().Dial(t.Context(), "tcp", ln.Addr().String())
		require.ErrorIs(t, err, syscall.ECONNREFUSED)
		_, err = n.Host().Dial(t.Context(), "tcp", "sql01.litwareinc.com:1433")
		var dns *net.DNSError
		require.ErrorAs(t, err, &dns)
	})
}

func TestAStoppedHostIsAsSilentAsItsConnectionsAndGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, h, client, server := connection(t)
		h.Stop()
		_, err := client.Write([]byte("its system "))
		require.NoError(t, err)
		_, err = client.Write([]byte("keeps it"))
		require.NoError(t, err)
		_, err = server.Write([]byte("while it stands"))
		require.NoError(t, err, "its system takes what comes")
		go func() {
			time.Sleep(time.Minute)
			h.Continue()
		}()
		began := time.Now()
		b := make([]byte, 5)
		_, err = io.ReadFull(client, b)
		require.NoError(t, err)
		require.Equal(t, time.Minute, time.Since(began))
		require.True(t, h.Await())
		_, err = client.Write([]byte(" in order"))
		require.NoError(t, err)
		b = make([]byte, len("its system keeps it in order"))
		_, err = io.ReadFull(server, b)
		require.NoError(t, err)
		require.Equal(t, "its system keeps it in order", string(b))
	})
}

func TestAHostOffTheNetworkIsMissedByNobodyUntilItSpeaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, h, client, server := connection(t)
		h.Away()
		require.NoError(t, client.Close())
		require.NoError(t, server.SetReadDeadline(time.Now().Add(time.Hour)))
		_, err := server.Read(make([]byte, 1))
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		h.Back()
		require.NoError(t, server.SetReadDeadline(time.Time{}))
		_, err = server.Read(make([]byte, 1))
		require.ErrorIs(t, err, io.EOF)
	})
}

func TestAKilledHostResetsItsConnectionsAndOpensNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, h, client, server := connection(t)
		h.Kill()
		_, err := server.Read(make([]byte, 1))
		require.ErrorIs(t, err, syscall.ECONNRESET)
		_, err = h.Dial(t.Context(), "tcp", client.RemoteAddr().String())
		require.Error(t, err)
		require.False(t, h.Await())
	})
}

// A link of the lab's faults stands on it as on TCP, and TLS runs over both.
func TestALinkCutsAndHangsInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := memnet.New()
		link, err := faults.ListenOn(n.Listen, anywhere)
		require.NoError(t, err)
		authority, err := faults.NewAuthority("test", time.Now())
		require.NoError(t, err)
		certificate, err := authority.Issue(time.Now().Add(-time.Hour), time.Now().Add(time.Hour), "127.0.0.1")
		require.NoError(t, err)
		go func() {
			for {
				c, err := link.Accept()
				if err != nil {
					return
				}
				go func() {
					secure := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12})
					_, _ = io.Copy(secure, secure)
				}()
			}
		}()
		raw, err := n.Host().Dial(t.Context(), "tcp", link.Addr().String())
		require.NoError(t, err)
		secure := tls.Client(raw, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // whom it reaches is not the question
		require.NoError(t, secure.HandshakeContext(t.Context()))
		link.Hang(true)
		go func() {
			time.Sleep(time.Minute)
			link.Hang(false)
		}()
		began := time.Now()
		_, err = secure.Write([]byte("x"))
		require.NoError(t, err)
		_, err = secure.Read(make([]byte, 1))
		require.NoError(t, err)
		require.Equal(t, time.Minute, time.Since(began))
		require.Equal(t, 1, link.Cut())
		_, err = secure.Read(make([]byte, 1))
		require.True(t, errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF), "%v", err)
		require.NoError(t, link.Close())
	})
}
