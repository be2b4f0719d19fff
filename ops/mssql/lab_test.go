package mssql

import (
	"context"
	"crypto/tls"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/tds"
	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

const (
	primary   = `SQL01\RTC`
	mirror    = `SQL02\RTC`
	witness   = `SQL03\RTC`
	secondary = `SQL11\RTC`
)

// estate is the lab's simulated site, with a real SQL Server endpoint for each
// instance that a test talks to.
type estate struct {
	t     testing.TB
	world *world.World
}

// newEstate builds a healthy site. Its clock runs a thousand times as fast, so
// that a restore of a second takes a millisecond; nothing happens of itself.
func newEstate(t testing.TB, change func(*world.Config)) *estate {
	t.Helper()
	c := world.Config{Seed: 7, Dir: t.TempDir(), Speed: 1000, History: time.Hour, Start: time.Date(2026, 11, 21, 2, 52, 0, 0, time.UTC)}
	if change != nil {
		change(&c)
	}
	w, err := world.New(c)
	require.NoError(t, err)
	t.Cleanup(w.Close)
	return &estate{t: t, world: w}
}

// link is the way to an instance. It counts how often the console speaks and
// waits for an answer; a request of several packets is one exchange.
type link struct {
	*faults.Link
	exchanges atomic.Int64
}

func newLink(t testing.TB) *link {
	t.Helper()
	inner, err := faults.Listen("127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, inner.Close()) })
	l := &link{Link: inner}
	answered := true
	l.CutWhen(func(d faults.Direction, _ []byte) bool {
		if d == faults.ToServer && answered {
			l.exchanges.Add(1)
		}
		answered = d == faults.ToClient
		return false
	})
	return l
}

// listen serves an instance at the end of a link.
func (e *estate) listen(name string, change func(*tds.Server)) *link {
	e.t.Helper()
	in := e.world.Instance(name)
	s := &tds.Server{
		Name: name, Version: in.Version().Product, Encryption: tds.EncryptOff,
		Authenticate: func(_ context.Context, l tds.Login) (tsql.Host, func(), *tsql.Error) {
			return in.Login(world.LoginRequest{
				User: l.User, Password: l.Password, Database: l.Database, App: l.App, Host: l.Host, PID: l.PID, Killed: l.Disconnect,
			})
		},
	}
	if change != nil {
		change(s)
	}
	l := newLink(e.t)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(ctx, l)
	}()
	e.t.Cleanup(func() {
		stop()
		<-done
	})
	return l
}

// dial makes the Server of an instance for a login, without encryption unless
// the test asks for it.
func (e *estate) dial(l *link, name, user, password string, change func(*site.Instance)) *Server {
	e.t.Helper()
	i := instance(func(i *site.Instance) {
		a := l.Addr().(*net.TCPAddr)
		i.Host, i.Port = a.IP.String(), a.Port
		i.Label, i.Encrypt = name, site.EncryptOff
		i.Credential = site.Credential{Kind: site.LoginSQL, User: user, Source: site.FromFile}
		if change != nil {
			change(i)
		}
	})
	s := New(Config{Instance: i, Database: "mgc", Secrets: known(password), Connect: 5 * time.Second})
	s.pace.settle, s.pace.progress, s.pace.grace = time.Millisecond, 20*time.Millisecond, 100*time.Millisecond
	s.pace.patience = 20 * time.Second
	e.t.Cleanup(func() { require.NoError(e.t, s.Close()) })
	return s
}

// server is an instance as sysadmin, with the link to it.
func (e *estate) server(name string) (*Server, *link) {
	e.t.Helper()
	l := e.listen(name, nil)
	return e.dial(l, name, "sa", e.world.Instance(name).Password("sa"), nil), l
}

// watcher is an instance as seen by a login without any role.
func (e *estate) watcher(name string) *Server {
	e.t.Helper()
	return e.dial(e.listen(name, nil), name, "watcher", e.world.Instance(name).Password("watcher"), nil)
}

// facts reads the status and expects no error.
func facts(t testing.TB, s *Server) status.Facts {
	t.Helper()
	f, err := s.Facts(context.Background())
	require.NoError(t, err)
	return f
}

// notes is a Reporter that remembers.
type notes struct {
	mu       sync.Mutex
	percents []float64
	lines    []string
	observed map[string]string
	heard    chan struct{} // gets a token at each progress, when there is room
}

func newNotes() *notes { return &notes{observed: map[string]string{}, heard: make(chan struct{}, 1)} }

func (n *notes) Progress(p engine.Progress) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.percents = append(n.percents, p.Percent)
	select {
	case n.heard <- struct{}{}:
	default:
	}
}

func (n *notes) Log(line string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, line)
}

func (n *notes) Observe(name, value string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.observed[name] = value
}

func (n *notes) Keep(facts ...engine.Fact) error {
	for _, f := range facts {
		n.Observe(f.Name, f.Value)
	}
	return nil
}

func (n *notes) log() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return strings.Join(n.lines, "\n")
}

// run sends an action as the engine does.
func run(t testing.TB, a engine.Action) (*notes, error) {
	t.Helper()
	n := newNotes()
	return n, a.Do(context.Background(), n)
}

// encrypted makes the endpoint offer TLS.
func encrypted(c *tls.Config, mode tds.Encryption) func(*tds.Server) {
	return func(s *tds.Server) { s.TLS, s.Encryption = c, mode }
}
