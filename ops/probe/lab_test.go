package probe_test

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/tds"
	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world"
	"pchatops/ops/mssql"
	"pchatops/ops/probe"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// estate is the lab's site behind real SQL Server endpoints.
type estate struct {
	world   *world.World
	site    *site.Site
	sources probe.Sources
	stop    map[string]func() // by data centre: its servers vanish from the network
}

func newEstate(t *testing.T) *estate {
	t.Helper()
	w, err := world.New(world.Config{Seed: 7, Dir: t.TempDir(), Speed: 1, Start: time.Date(2026, 11, 21, 2, 52, 0, 0, time.UTC)})
	require.NoError(t, err)
	t.Cleanup(w.Close)
	e := &estate{world: w, stop: map[string]func(){}, sources: probe.Sources{SQL: map[site.Role]probe.SQL{}}}
	e.site = &site.Site{Name: "litware-lab", Pool: world.PoolFQDN, Database: world.Database, Intervals: site.Intervals{
		Poll: time.Second, Answer: 10 * time.Second, Connect: 5 * time.Second, Stale: time.Minute, Shell: time.Second, ShellAnswer: 10 * time.Second,
	}}
	for role, name := range map[site.Role]string{
		site.Primary: `SQL01\RTC`, site.Mirror: `SQL02\RTC`, site.Witness: `SQL03\RTC`,
		site.Secondary: `SQL11\RTC`, site.SecondaryMirror: `SQL12\RTC`,
	} {
		e.serve(t, role, name)
	}
	for _, c := range world.ChatServers() {
		e.site.ChatServers = append(e.site.ChatServers, site.ChatServer(c))
	}
	e.sources.Pool = e
	return e
}

// serve opens an instance of the lab to the network.
func (e *estate) serve(t *testing.T, role site.Role, name string) {
	t.Helper()
	in := e.world.Instance(name)
	server := &tds.Server{
		Name: name, Version: in.Version().Product, Encryption: tds.EncryptOff,
		Authenticate: func(_ context.Context, l tds.Login) (tsql.Host, func(), *tsql.Error) {
			return in.Login(world.LoginRequest{
				User: l.User, Password: l.Password, Database: l.Database, App: l.App, Host: l.Host, PID: l.PID, Killed: l.Disconnect,
			})
		},
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(ctx, l) })
	stop := func() { cancel(); serving.Wait() }
	t.Cleanup(stop)
	before := e.stop[in.DataCentre()]
	e.stop[in.DataCentre()] = func() {
		if stop(); before != nil {
			before()
		}
	}
	config := site.Instance{
		Role: role, Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, Label: name, DataCentre: in.DataCentre(),
		Encrypt: site.EncryptOff, Credential: site.Credential{Name: "sa", Kind: site.LoginSQL, User: "sa", Source: site.FromPrompt, Ref: name},
	}
	sql := mssql.New(mssql.Config{Instance: config, Database: "mgc", Secrets: site.NewSecrets(password(in.Password("sa"))), Connect: 5 * time.Second})
	t.Cleanup(func() { _ = sql.Close() })
	e.site.Instances = append(e.site.Instances, config)
	e.sources.SQL[role] = sql
}

// password answers every question with itself.
type password string

func (p password) Ask(context.Context, string) (string, error) { return string(p), nil }

// Pool reads the lab's pool.
func (e *estate) Pool(context.Context) (status.Pool, error) {
	var p status.Pool
	p.Identity, p.State = e.world.PoolState()
	p.Active, p.Idle = e.world.Servers()
	return p, nil
}

func (e *estate) look(t *testing.T, p *probe.Prober) (map[string]status.Finding, status.Exposure) {
	t.Helper()
	s, now := p.Once(t.Context()), time.Now()
	found := map[string]status.Finding{}
	for _, f := range status.Diagnose(s, e.site, now) {
		found[f.Code] = f
	}
	return found, status.Measure(s, e.site, now)
}

func TestAHealthyLabHasNoFindingAndADisasterIsSeen(t *testing.T) {
	e := newEstate(t)
	p := probe.New(e.site, e.sources, time.Now)
	found, exposure := e.look(t, p)
	require.Empty(t, found)
	require.True(t, exposure.Known)
	require.Less(t, exposure.Seconds, (20 * time.Minute).Seconds(), "log shipping runs every quarter of an hour")

	e.stop["dc1"]()
	require.NoError(t, e.world.PowerOff("dc1"))
	found, exposure = e.look(t, p)
	require.Equal(t, status.Critical, found["life-unknown"].Severity, "%v", found)
	require.NotContains(t, found, "primary-site-lost", "one look from one place is no death")
	require.Contains(t, found["chat-unknown"].Why, `whether SQL01\RTC serves the database is not known`, "there is no second place to ask")
	require.False(t, exposure.Known, "nobody reads here what lies on the share and in the copy folder")
	require.True(t, exposure.Loss)
}
