package mssql

import (
	"context"
	"database/sql"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// known is a resolver that knows one password.
type known string

func (k known) Resolve(context.Context, site.Credential) (site.Secret, error) {
	return site.NewSecret(string(k)), nil
}

// peer is a listener that treats every connection in one way.
func peer(t *testing.T, treat func(net.Conn)) (host string, port int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			treat(c)
			defer c.Close() // they all stay open until the test ends
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	a := l.Addr().(*net.TCPAddr)
	return a.IP.String(), a.Port
}

// to is the Server behind an address, with little patience.
func to(t *testing.T, host string, port int) *Server {
	t.Helper()
	i := instance(func(i *site.Instance) {
		i.Host, i.Port, i.Encrypt = host, port, site.EncryptOff
		i.Credential.Source = site.FromEnv
	})
	s := New(Config{Instance: i, Database: "mgc", Secrets: known("pass"), Connect: 200 * time.Millisecond})
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func TestAnInstanceThatAcceptsAndNeverAnswersBlocksNobody(t *testing.T) {
	host, port := peer(t, func(net.Conn) {})
	began := time.Now()
	_, err := to(t, host, port).Facts(context.Background())
	require.True(t, fault.Is(err, fault.Timeout), err)
	require.Less(t, time.Since(began), 12*time.Second)
	require.Contains(t, err.Error(), `SQL11\RTC`)

	err = to(t, host, port).Lock(context.Background(), 0)
	require.True(t, fault.Is(err, fault.Timeout), err)
}

func TestACallerThatGivesUpEarlierIsNotKeptWaiting(t *testing.T) {
	host, port := peer(t, func(net.Conn) {})
	s := to(t, host, port)
	s.gate.connect = time.Hour
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, err := s.Facts(ctx)
	require.True(t, fault.Is(err, fault.Timeout), err)
}

func TestAHostThatIsUpWithoutSQLServerIsUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := l.Addr().(*net.TCPAddr).Port
	require.NoError(t, l.Close())
	_, err = to(t, "127.0.0.1", port).Facts(context.Background())
	require.True(t, fault.Is(err, fault.Unreachable), err)
	require.Contains(t, err.Error(), "nothing listens")
}

func TestANameThatNobodyKnowsIsUnreachable(t *testing.T) {
	_, err := to(t, "sql11.invalid", 1433).Facts(context.Background())
	require.True(t, fault.Is(err, fault.Unreachable), err)
}

func TestAPeerThatIsNoSQLServerIsAnErrorAndNothingElse(t *testing.T) {
	// A pre-login reply whose option for encryption is empty.
	hollow := []byte{4, 1, 0, 14, 0, 0, 1, 0, 1, 0, 6, 0, 0, 0xff}
	for what, answer := range map[string][]byte{
		"a web server":              []byte("HTTP/1.1 400 Bad Request\r\n\r\n"),
		"an empty encryption field": hollow,
		"a packet of length zero":   {4, 1, 0, 0, 0, 0, 1, 0},
		"noise":                     {0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0xfa, 0xf9, 0xf8, 0xf7},
	} {
		t.Run(what, func(t *testing.T) {
			host, port := peer(t, func(c net.Conn) {
				_, _ = c.Write(answer)
			})
			_, err := to(t, host, port).Facts(context.Background())
			require.Error(t, err)
			require.Contains(t, []fault.Class{fault.Unreachable, fault.Timeout}, fault.ClassOf(err), err)
		})
	}
}

// A blip cuts all connections at once, also such as nothing was asked on yet.
func TestAReadOutlivesACutOfAllConnections(t *testing.T) {
	e := newEstate(t, still)
	s, l := e.server(secondary)
	var idle []*sql.Conn
	for range readers {
		c, err := s.reads.Conn(t.Context())
		require.NoError(t, err)
		idle = append(idle, c)
	}
	for _, c := range idle {
		require.NoError(t, c.Close(), "it goes back to the pool")
	}
	require.Equal(t, readers, l.Cut())
	_, err := s.Facts(t.Context())
	require.NoError(t, err)
}
