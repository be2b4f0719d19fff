package failover

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// server is a SQL Server instance in memory: a restoring database with a redo
// LSN that takes log backups in order and refuses others. It implements
// procedures.Instance; the real one is tested against the lab.
type server struct {
	stalls   map[string]bool // paths whose headers never come
	patience time.Duration   // how long they are waited for
	mu       sync.Mutex
	address  string
	facts    status.Facts
	down     error
	files    map[string]chain.Header // by path
	unread   map[string]error        // by path
	applied  []chain.Header
	before   []chain.Header // restored into what bore the name before
	sessions []status.Session
	comeback int // sessions that appear anew after a kill
	reads    []string
	requests int // of several headers
	started  time.Time
}

func (s *server) Facts(context.Context) (status.Facts, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.facts, s.down
}

func (s *server) Sessions(context.Context, string) ([]status.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]status.Session(nil), s.sessions...), s.down
}

func (s *server) Headers(_ context.Context, path string) ([]chain.Header, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads = append(s.reads, chain.Base(path))
	if err := s.unread[path]; err != nil {
		return nil, err
	}
	h, ok := s.files[path]
	if !ok {
		return nil, &fault.Error{Class: fault.NotFound, Number: 3201, Tried: "read header"}
	}
	return []chain.Header{h}, nil
}

func (s *server) HeadersOf(ctx context.Context, paths []string) ([]procedures.Media, error) {
	if s.down != nil {
		return nil, s.down
	}
	s.requests++
	if slices.ContainsFunc(paths, func(p string) bool { return s.stalls[p] }) {
		if s.patience > 0 {
			select {
			case <-time.After(s.patience):
			case <-ctx.Done():
			}
		}
		return nil, &fault.Error{Class: fault.Timeout, Tried: "read headers"}
	}
	out := make([]procedures.Media, len(paths))
	for i, path := range paths {
		out[i].Sets, out[i].Err = s.Headers(ctx, path)
	}
	return out, nil
}

func (s *server) Applied(context.Context, string) (procedures.Restores, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return procedures.Restores{Log: slices.Clone(s.applied), Before: s.before}, s.down
}

func (s *server) Started(context.Context) (time.Time, error) { return s.started, s.down }

func (s *server) act(text string, do func() error) engine.Action {
	return engine.Action{ID: text, Kind: engine.SQL, Target: s.address, Text: text, Do: func(context.Context, engine.Reporter) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		return do()
	}}
}

func (s *server) DeleteLogShippingSecondary(db string, _ procedures.Monitor) engine.Action {
	return s.act("delete log shipping "+db, func() error { s.facts.Secondary = nil; return nil })
}

func (s *server) StopJob(j status.Job) engine.Action {
	return s.act("stop "+j.Name, func() error { s.facts.Secondary.CopyJob.Running = false; return nil })
}

func (s *server) DisableJob(j status.Job) engine.Action {
	return s.act("disable "+j.Name, func() error { return nil })
}

func (s *server) RestoreLog(_ string, h chain.Header) engine.Action {
	return s.act("restore "+chain.Base(h.File), func() error {
		r := s.facts.Database.RedoLSN
		switch {
		case h.First.Compare(r) > 0:
			return &fault.Error{Class: fault.ChainGap, Number: 4305}
		case h.Last.Compare(r) <= 0:
			return &fault.Error{Class: fault.TooOld, Number: 4326}
		}
		s.facts.Database.RedoLSN, h.Held = h.Last, s.facts.ServerTime
		s.applied = append(s.applied, h)
		return nil
	})
}

func (s *server) EndSession(v status.Session) engine.Action {
	return s.act(fmt.Sprintf("kill %d", v.ID), func() error {
		for i := range s.sessions {
			if s.sessions[i].ID == v.ID {
				s.sessions = append(s.sessions[:i], s.sessions[i+1:]...)
				break
			}
		}
		if s.comeback > 0 {
			s.comeback--
			v.ID += 100
			s.sessions = append(s.sessions, v)
		}
		return nil
	})
}

func (s *server) BringOnline(string, chain.LSN) engine.Action {
	return s.act("recover", func() error {
		if len(s.sessions) > 0 {
			return &fault.Error{Class: fault.InUse, Number: 3101}
		}
		s.facts.Database.State = "ONLINE"
		return nil
	})
}

// folders are the share and the copy folder.
type folders struct {
	share, copied []procedures.Backup
	shareErr      error
	free          int64
	alike         map[string]bool
	locked        map[string]bool // files of the share that nobody can open
	server        *server         // that reads the copied files
	elsewhere     map[string][]procedures.Backup
	elsewhereErr  error
	others        []string // on the share, and no log backups by their names
}

func (f *folders) List(_ context.Context, from, to string) (procedures.Listing, error) {
	if from != share || to != copyFolder {
		return procedures.Listing{Host: "SQL11", Share: f.elsewhere[from], Copied: f.elsewhere[to], ShareErr: f.elsewhereErr, CopyErr: f.elsewhereErr}, nil
	}
	l := procedures.Listing{Host: "SQL11", Share: f.share, ShareErr: f.shareErr, Copied: f.copied, Free: f.free}
	l.Others, l.Some = len(f.others), f.others[:min(len(f.others), 3)]
	if f.shareErr != nil {
		l.Share = nil
	}
	return l, nil
}

func (f *folders) Copy(_, _ string, files []procedures.Copying) engine.Action {
	return engine.Action{ID: "copy", Kind: engine.File, Do: func(context.Context, engine.Reporter) error {
		for _, c := range files {
			b := c.Backup
			if c.As != "" {
				b.Name = c.As
				h := f.server.files[share+`\`+c.Name]
				h.File = copyFolder + `\` + c.As
				f.server.files[h.File] = h
			}
			f.copied = append(f.copied, b)
		}
		return nil
	}}
}

func (f *folders) Alike(_ context.Context, _, _ string, names []string) (map[string]bool, error) {
	out := map[string]bool{}
	for _, name := range names {
		if same, ok := f.alike[name]; ok {
			out[name] = same
		}
	}
	return out, nil
}

func (f *folders) Readable(_ context.Context, _ string, names []string) (map[string]bool, error) {
	out := map[string]bool{}
	for _, name := range names {
		out[name] = !f.locked[name]
	}
	return out, nil
}

// shell is the Management Shell in memory.
type shell struct {
	pool     status.Pool
	poolErr  error
	sides    []status.MirrorSide
	sidesErr error
	underway error  // what Settle of Install-CsMirrorDatabase says
	after    func() // what Install-CsMirrorDatabase brings about
	read     int    // how often the pool was read
	dropped  bool   // it was to drop what is on the mirror
}

func (s *shell) Pool(context.Context) (status.Pool, error) {
	s.read++
	return s.pool, s.poolErr
}

func (s *shell) MirrorState(context.Context) ([]status.MirrorSide, error) {
	return s.sides, s.sidesErr
}

func (s *shell) SetPoolState(_ status.Pool, state string) engine.Action {
	return engine.Action{ID: "state", Do: func(context.Context, engine.Reporter) error { s.pool.State = state; return nil }}
}

func (s *shell) SetActiveServers(_ status.Pool, fqdns []string) engine.Action {
	return engine.Action{ID: "servers", Do: func(context.Context, engine.Reporter) error { s.pool.Active = fqdns; return nil }}
}

func (s *shell) FailOverCentral(m procedures.CentralMove) engine.Action {
	return engine.Action{ID: "central", Do: func(context.Context, engine.Reporter) error {
		s.pool.Central = status.Central{At: m.To, Answers: true, Updateability: "READ_WRITE"}
		return nil
	}}
}

func (s *shell) InstallMirror(m procedures.Mirroring) engine.Action {
	return engine.Action{
		ID: "mirror",
		Do: func(context.Context, engine.Reporter) error {
			s.dropped = m.DropExisting
			s.after()
			return nil
		},
		Settle: func(context.Context) (bool, error) { return false, s.underway },
	}
}

// estate is a site whose first data centre is gone: backups 1 to 3 are
// applied, 4 is copied, 5 is on the share only.
type estate struct {
	*procedures.Estate
	primary, secondary, mirror *server
	folders                    *folders
	shell                      *shell
	remembered                 map[string]string
	verdicts                   map[site.Role]status.Life // of those that do not answer; left out: dead
	procedure                  *engine.Procedure
}

var disaster = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

// number is the LSN at which backup n ends.
func number(n int) chain.LSN {
	l, err := chain.ParseLSN(fmt.Sprintf("18219570001047644%05d", n))
	if err != nil {
		panic(err)
	}
	return l
}

func fileName(n int) string {
	return "mgc_" + disaster.Add(time.Duration(n-6)*15*time.Minute).Format("20060102150405") + ".trn"
}

const (
	copyFolder = `E:\LogShip`
	share      = `\\FS01\LogShip`
)

func (e *estate) backup(n int) procedures.Backup {
	h := chain.Header{
		File: copyFolder + `\` + fileName(n), Position: 1, Type: 2, Database: "mgc", Family: "f", Fork: "k", FirstFork: "k",
		First: number(n - 1), Last: number(n), SetGUID: fmt.Sprint("set", n), Finished: disaster.Add(time.Duration(n-6) * 15 * time.Minute),
	}
	h.Started = h.Finished
	e.secondary.files[h.File] = h
	h.File = share + `\` + fileName(n)
	e.secondary.files[h.File] = h
	return procedures.Backup{Name: fileName(n), Bytes: int64(1000 + n), Modified: h.Finished}
}

func newEstate(t *testing.T) *estate {
	t.Helper()
	dead := &fault.Error{Class: fault.Unreachable, Tried: "connect", Target: `SQL01\RTC`}
	e := &estate{
		primary:    &server{address: `SQL01\RTC`, down: dead},
		secondary:  &server{address: `SQL11\RTC`, files: map[string]chain.Header{}, unread: map[string]error{}},
		mirror:     &server{address: `SQL12\RTC`, facts: status.Facts{Sysadmin: true}},
		folders:    &folders{free: -1},
		remembered: map[string]string{},
	}
	e.folders.server = e.secondary
	e.secondary.facts = status.Facts{
		Sysadmin:  true,
		Database:  status.Database{Exists: true, State: "RESTORING", Recovery: "FULL", UserAccess: "MULTI_USER", RedoLSN: number(3), RedoFork: "k", Family: "f"},
		Secondary: &status.ShippingSecondary{PrimaryServer: `SQL01\RTC`, Source: share, Destination: copyFolder, LastCopiedFile: fileName(4), CopyJob: status.Job{ID: "c", Name: "LSCopy", Enabled: true}, RestoreJob: status.Job{ID: "r", Name: "LSRestore", Enabled: true}},
	}
	for n := 1; n <= 5; n++ {
		b := e.backup(n)
		e.folders.share = append(e.folders.share, b)
		if n <= 4 {
			e.folders.copied = append(e.folders.copied, b)
		}
		if n <= 3 {
			e.secondary.applied = append(e.secondary.applied, e.secondary.files[copyFolder+`\`+b.Name])
		}
	}
	e.shell = &shell{pool: status.Pool{Identity: "service:pchat.litwareinc.com", State: "Normal", Active: []string{"chat01.litwareinc.com"}, Stores: &status.Stores{
		Backup: status.Store{FQDN: "sql11.litwareinc.com", Instance: "RTC"}, BackupMirror: status.Store{FQDN: "sql12.litwareinc.com", Instance: "RTC"},
	}, Central: status.Central{At: status.Store{FQDN: "fesql11.litwareinc.com", Instance: "rtc"}, Answers: true, Updateability: "READ_WRITE"}}}
	e.shell.after = func() {
		e.secondary.facts.Mirroring = status.Mirroring{Configured: true, Session: "s", Role: "PRINCIPAL", State: "SYNCHRONIZED"}
		e.mirror.facts.Mirroring = status.Mirroring{Configured: true, Session: "s", Role: "MIRROR", State: "SYNCHRONIZED"}
		e.mirror.facts.Database = status.Database{Exists: true, State: "RESTORING"}
		e.shell.sides = []status.MirrorSide{{Database: "mgc", StateOnPrimary: "Principal", StateOnMirror: "Mirror"}}
	}
	s := &site.Site{
		Name: "litware", Pool: "pchat.litwareinc.com", Database: "mgc", BackupShare: share, CopyFolder: copyFolder,
		Instances: []site.Instance{
			{Role: site.Primary, Label: `SQL01\RTC`, DataCentre: "dc1"},
			{Role: site.Secondary, Label: `SQL11\RTC`, FQDN: "sql11.litwareinc.com", Name: "RTC", DataCentre: "dc2"},
			{Role: site.SecondaryMirror, Label: `SQL12\RTC`, FQDN: "sql12.litwareinc.com", Name: "RTC", DataCentre: "dc2"},
		},
		ChatServers: []site.ChatServer{{FQDN: "chat01.litwareinc.com", DataCentre: "dc1"}, {FQDN: "chat11.litwareinc.com", DataCentre: "dc2"}, {FQDN: "chat12.litwareinc.com", DataCentre: "dc2"}},
	}
	e.Estate = &procedures.Estate{
		Site:  s,
		SQL:   map[site.Role]procedures.Instance{site.Primary: e.primary, site.Secondary: e.secondary, site.SecondaryMirror: e.mirror},
		Files: e.folders, Shell: e.shell,
		Now:    func() time.Time { return disaster },
		Recall: func(name string) string { return e.remembered[name] },
		Life:   e.probed,
	}
	return e
}

// probed is what a probe makes of an instance.
func (e *estate) probed(ctx context.Context, r site.Role) (status.Node, bool) {
	in, _ := e.Site.Instance(r)
	n := status.Node{Role: r, Address: in.Address(), Asked: disaster.Add(-time.Second), Reachable: true}
	sql := e.SQL[r]
	if sql == nil {
		return n, false
	}
	if _, err := sql.Facts(ctx); err != nil {
		n.Reachable, n.Life = false, status.Life{Verdict: status.Dead, Since: disaster.Add(-time.Minute), Because: []string{"the console: no answer to SYN"}}
		n.Err = engine.Fault(err)
		if l, ok := e.verdicts[r]; ok {
			n.Life = l
		}
	}
	return n, true
}

// step finds a step of the procedure.
func (e *estate) step(t *testing.T, id string) engine.Step {
	t.Helper()
	if e.procedure == nil {
		p, err := New(e.Estate)
		require.NoError(t, err)
		e.procedure = &p
	}
	for _, s := range e.procedure.Steps {
		if s.ID == id {
			return s
		}
	}
	t.Fatalf("no step %s", id)
	return engine.Step{}
}

func (e *estate) plan(t *testing.T, id string) *engine.Plan {
	t.Helper()
	p, err := e.step(t, id).Plan(t.Context())
	require.NoError(t, err)
	return p
}

// notes remembers observations as the journal would.
type notes struct{ m map[string]string }

func (notes) Progress(engine.Progress)     {}
func (notes) Log(string)                   {}
func (n notes) Observe(name, value string) { n.m[name] = value }

func (n notes) Keep(facts ...engine.Fact) error {
	for _, f := range facts {
		n.Observe(f.Name, f.Value)
	}
	return nil
}

// run plans a step and sends its actions as the engine would, without gates.
func (e *estate) run(t *testing.T, id string) ([]string, error) {
	t.Helper()
	p := e.plan(t, id)
	var sent []string
	send := func(a engine.Action) error {
		sent = append(sent, a.ID)
		return a.Do(t.Context(), notes{e.remembered})
	}
	for _, a := range p.Actions {
		if err := send(a); err != nil {
			return sent, err
		}
	}
	for p.More != nil {
		a, err := p.More(t.Context())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return sent, err
		}
		if err := send(*a); err != nil {
			return sent, err
		}
	}
	return sent, nil
}

func (e *estate) proven(t *testing.T, id string) *engine.Proof {
	t.Helper()
	p, err := e.step(t, id).Verify(t.Context())
	require.NoError(t, err)
	return p
}

func unmet(p *engine.Plan) map[string]engine.Gate {
	out := map[string]engine.Gate{}
	for _, g := range p.Gates {
		if !g.Holds {
			out[g.Name] = g
		}
	}
	return out
}
