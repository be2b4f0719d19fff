package mgmt

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/lab/windows"
	"pchatops/ops/lab/wsman"
	"pchatops/ops/lab/wsman/ntlm"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

const (
	pool  = "pchat.litwareinc.com"
	share = `\\FS01\LogShip`
	copyF = `E:\LogShip`
)

// thePool is the pool as it reads before anything is changed.
var thePool = status.Pool{Identity: "service:" + pool, State: "Normal", Active: []string{"chat01.litwareinc.com"}}

// estate is the little world behind the lab's hosts.
type estate struct {
	root string

	mu        sync.Mutex
	state     string
	active    []string
	installed []windows.Mirror
	refuse    error  // what the cmdlets answer
	takes     string // the identity that sets active servers; "": any
	central   windows.Central
	begun     chan struct{} // gets a token when Install-CsMirrorDatabase begins
	finish    chan struct{} // and it ends when this is closed
}

func newEstate(t *testing.T) *estate {
	t.Helper()
	e := &estate{root: t.TempDir(), state: "Normal", active: []string{"chat01.litwareinc.com"}, begun: make(chan struct{}, 9), finish: make(chan struct{})}
	for _, dir := range []string{"LogShip", "E"} {
		require.NoError(t, os.Mkdir(filepath.Join(e.root, dir), 0o700))
	}
	return e
}

// file gives the real path of a file of the share or the copy folder.
func (e *estate) file(folder, name string) string {
	return filepath.Join(e.root, map[string]string{share: "LogShip", copyF: "E"}[folder], name)
}

func (e *estate) Now() time.Time { return time.Now() }

func (e *estate) Wait(ctx context.Context, _ time.Duration) error { return ctx.Err() }

func (e *estate) Resolve(_, path string) (string, error) {
	for _, folder := range []string{share, copyF} {
		if path == folder || strings.HasPrefix(path, folder+`\`) {
			return e.file(folder, strings.TrimPrefix(strings.TrimPrefix(path, folder), `\`)), nil
		}
	}
	return "", &windows.Win32Error{Code: 53, Text: "The network path was not found."}
}

func (e *estate) Connect(_ context.Context, _, machine string, _ time.Duration) (int, error) {
	return map[string]int{"sql01.litwareinc.com": 10061, "sql02.litwareinc.com": 10060, "sql99.litwareinc.com": 11001, "sql13.litwareinc.com": 10055}[machine], nil
}

func (e *estate) PoolState() (identity, state string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return "service:" + pool, e.state
}

func (e *estate) SetPoolState(_, state string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.refuse == nil {
		e.state = state
	}
	return e.refuse
}

func (e *estate) Servers() (active, idle []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.active, []string{"chat11.litwareinc.com"}
}

func (e *estate) SetActiveServers(active []string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.active = active
	return nil
}

func (e *estate) Stores() map[string]windows.Store {
	return map[string]windows.Store{"primary": {FQDN: "sql01.litwareinc.com", Instance: "RTC"}}
}

func (e *estate) Topology() windows.Topology {
	return windows.Topology{
		Document: "<Topology />", Databases: []windows.Store{{FQDN: "sql01.litwareinc.com", Instance: "RTC"}},
		Pools: []windows.Pool{{FQDN: "sql01.litwareinc.com", Computers: []string{"sql01.litwareinc.com"}, Site: "dc1"}},
	}
}

func (e *estate) MirrorState() []windows.MirrorRow {
	return []windows.MirrorRow{{Database: "mgc", StateOnPrimary: "Principal", StateOnMirror: "Mirror", StatusOnPrimary: "synchronized", StatusOnMirror: "synchronized"}}
}

func (e *estate) InstallMirror(ctx context.Context, m windows.Mirror, log func(string)) error {
	log("Database Name: mgc")
	e.begun <- struct{}{}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-e.finish:
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.installed = append(e.installed, m)
	return nil
}

// count is how many mirrors were installed.
func (e *estate) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.installed)
}

func (e *estate) FailoverDatabase(context.Context, string, bool, func(string)) error {
	return errors.New("not part of these tests")
}

// machine is one Windows host of the lab, behind a door that can be shut.
type machine struct {
	*windows.Host
	site   site.Host
	server *wsman.Server
	door   *door
}

// newMachine starts a host; change alters how it is reached.
func newMachine(t *testing.T, e *estate, name string, change func(*site.Host, *wsman.Server)) *machine {
	t.Helper()
	users := func(user, domain string) (string, bool) {
		return password, strings.EqualFold(user, "ops") && strings.EqualFold(domain, "LITWARE")
	}
	names := ntlm.Names{Computer: name, Domain: "LITWARE", DNSDomain: "litwareinc.com"}
	m := &machine{
		Host:   windows.New(windows.Config{Name: name, Domain: "LITWARE", DNSDomain: "litwareinc.com", Estate: e, Users: users, Modules: []string{"SkypeForBusiness"}}),
		server: &wsman.Server{Names: names, Users: users, Limits: wsman.Limits{Operation: 200 * time.Millisecond}},
		site: site.Host{
			Role: site.Management, Name: name, Host: "127.0.0.1", Scheme: "http", Auth: site.AuthNTLM,
			Credential: site.Credential{Kind: site.LoginNTLM, User: `LITWARE\ops`, Source: site.FromPrompt, Ref: "ops"},
		},
	}
	m.server.Runner = m.Host
	if change != nil {
		change(&m.site, m.server)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	m.site.Port = ln.Addr().(*net.TCPAddr).Port
	m.door = &door{Listener: ln}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- m.server.Serve(ctx, m.door) }()
	t.Cleanup(func() {
		m.Close()
		cancel()
		require.NoError(t, <-ended)
	})
	return m
}

// overTLS reaches a machine through HTTPS with the login given.
func overTLS(t *testing.T, auth site.Auth) func(*site.Host, *wsman.Server) {
	pair, der := certificate(t, "127.0.0.1", time.Now().Add(time.Hour))
	return func(h *site.Host, s *wsman.Server) {
		h.Scheme, h.Auth, h.Trust.CAFile = "https", auth, writePEM(t, "CERTIFICATE", der)
		s.TLS, s.Basic = &tls.Config{Certificates: []tls.Certificate{pair}}, true
	}
}

// door is a listener that can cut every connection and refuse new ones.
type door struct {
	net.Listener
	mu   sync.Mutex
	shut bool
	open []net.Conn
}

func (d *door) Accept() (net.Conn, error) {
	for {
		c, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		d.mu.Lock()
		shut := d.shut
		d.open = append(d.open, c)
		d.mu.Unlock()
		if !shut {
			return c, nil
		}
		_ = c.Close()
	}
}

// set shuts or opens the door.
func (d *door) set(shut bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shut = shut; shut {
		for _, c := range d.open {
			_ = c.Close()
		}
		d.open = nil
	}
}

// fast are options for tests.
func fast() Options {
	return Options{
		Secret: secrets, Token: "inc1", Connect: 2 * time.Second, Answer: 10 * time.Second,
		Poll: 5 * time.Millisecond, Retry: 5 * time.Millisecond, Patience: 5 * time.Second,
	}
}

// shellOn makes the Management Shell on machines, closed at the end of the test.
func shellOn(t *testing.T, o Options, machines ...*machine) *Shell {
	t.Helper()
	s := &site.Site{Product: site.SfB2015, Pool: pool}
	for _, m := range machines {
		s.Hosts = append(s.Hosts, m.site)
	}
	hosts := NewHosts(s, site.Management, o)
	t.Cleanup(hosts.Close)
	return NewShell(s, hosts, o)
}

// filesOn makes the file work on a machine.
func filesOn(t *testing.T, o Options, m *machine) *Files {
	t.Helper()
	hosts := NewHosts(&site.Site{Hosts: []site.Host{m.site}}, site.Management, o)
	t.Cleanup(hosts.Close)
	return NewFiles(hosts, o)
}

// reporter keeps what an action reports.
type reporter struct {
	mu       sync.Mutex
	lines    []string
	facts    map[string]string
	progress []engine.Progress
	onLine   func(string)

	unwritten error // the journal takes nothing more
}

func (r *reporter) Progress(p engine.Progress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.progress = append(r.progress, p)
}

func (r *reporter) Log(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, line)
	if r.onLine != nil {
		r.onLine(line)
	}
}

func (r *reporter) Observe(name, value string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.facts == nil {
		r.facts = map[string]string{}
	}
	r.facts[name] = value
}

func (r *reporter) Keep(facts ...engine.Fact) error {
	for _, f := range facts {
		r.Observe(f.Name, f.Value)
	}
	return r.unwritten
}

func (r *reporter) log() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.lines, "\n")
}

func (e *estate) CmdletBegun(_, _ string) {}

func (e *estate) JobBegun(_, _ string) {}

func (e *estate) StateRow() string { return "PersistentChatServer:" + pool }

func (e *estate) Takes(identity string) error {
	if e.takes == "" || identity == e.takes {
		return nil
	}
	return &windows.CmdletError{Message: "no collection " + identity, ID: "NotFound", Category: "ObjectNotFound"}
}

func (e *estate) Central(string) windows.Central {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.central
}

func (e *estate) FailOverCentral(_ context.Context, _ string, to windows.Store, _ bool, _ func(string)) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.central = windows.Central{At: to, Updateability: "READ_WRITE"}
	return nil
}
