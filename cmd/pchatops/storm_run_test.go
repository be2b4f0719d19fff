package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	mssqldb "github.com/microsoft/go-mssqldb"
	"github.com/microsoft/go-mssqldb/msdsn"

	"pchatops/ops/engine"
	"pchatops/ops/lab"
	"pchatops/ops/lab/memnet"
	"pchatops/ops/lab/scenario"
	"pchatops/ops/lab/world"
	"pchatops/ops/site"
)

// storm is one seed at work.
type storm struct {
	draw
	dir      string
	net      *memnet.Network
	people   *memnet.Host // where they work who are no console
	lab      *lab.Lab
	site     *site.Site
	consoles []*stormConsole

	recovered atomic.Bool // somebody else brought the database online
	undone    atomic.Bool // somebody took away what the procedure builds on
	work      sync.WaitGroup
	ending    chan struct{} // closed when the faults are lifted

	mu     sync.Mutex
	timers []*time.Timer
	truths []instant              // what was so, before each thing that changed it
	spoilt map[string][]byte      // as they were, by path
	starts map[mark]chan struct{} // consoles that wait for a request
	met    []string               // the mishaps that struck
	falls  falls
	trace  strings.Builder
	lookout
}

// instant is the truth at a time.
type instant struct {
	at time.Time
	world.Truth
}

func newStorm(d draw, dir string) *storm {
	s := &storm{draw: d, dir: dir, net: memnet.New(), ending: make(chan struct{}), spoilt: map[string][]byte{}, starts: map[mark]chan struct{}{}}
	s.people = s.net.Host()
	for i, c := range d.consoles {
		state := filepath.Join(dir, "journals")
		if c.elsewhere {
			state = filepath.Join(dir, fmt.Sprintf("journals-%d", i+1))
		}
		s.consoles = append(s.consoles, &stormConsole{storm: s, name: fmt.Sprintf("console %d", i+1), draw: c, state: state, rng: rand.New(rand.NewPCG(c.seed, 1)), sitter: sitter{thought: map[string]engine.Confirmation{}}})
		if s.starts[c.at] == nil {
			s.starts[c.at] = make(chan struct{})
		}
	}
	return s
}

// run is the storm, the calm behind it, and the judgement.
func (s *storm) run(ctx context.Context) {
	var err error
	o := lab.Options{
		Scenario: s.scenario, Situation: s.situation, Seed: s.seed, Speed: s.speed, Dir: filepath.Join(s.dir, "site"),
		Start: time.Now().Add(s.clock), Listen: s.net.Listen, OnRequest: s.onRequest,
	}
	if s.real {
		o.Listen, o.Speed = nil, hasty
	}
	s.lab, err = lab.Start(ctx, o)
	if err != nil {
		s.fall("the storm itself", "start the site: %v", err)
		return
	}
	if s.site, err = site.Load(s.lab.Describe().Config); err != nil {
		s.fall("the storm itself", "%v", err)
		return
	}
	for _, m := range s.before {
		s.strikes(m)
	}
	var consoles sync.WaitGroup
	for _, c := range s.consoles {
		consoles.Go(func() { c.work(ctx) })
	}
	if !within(s.lasts(24*time.Hour), consoles.Wait) {
		s.fall("every run ends", "a console still works after a day")
	}
	s.lift()
	consoles.Wait()
	s.work.Wait()
	s.calm(ctx)
	s.audit()
	if err := s.lab.Close(); err != nil {
		s.fall("the storm itself", "%v", err)
	}
}

// within reports whether f ended in time.
func within(d time.Duration, f func()) bool {
	done := make(chan struct{})
	go func() { f(); close(done) }()
	select {
	case <-done:
		return true
	case <-time.After(d):
		return false
	}
}

// onRequest lets a mishap strike at its request.
func (s *storm) onRequest(r lab.Request) lab.Verdict {
	c := s.consoleAt(r.Peer)
	if c == nil && !s.real {
		return lab.Verdict{}
	}
	if c != nil {
		s.witness(c, r)
	}
	m := mark{r.Target, r.Text, r.N}
	s.mu.Lock()
	if begin := s.starts[m]; begin != nil {
		close(begin)
		delete(s.starts, m)
	}
	var due []mishap
	for i := range s.during {
		if s.during[i].at == m && !s.over() {
			due = append(due, s.during[i].mishap)
		}
	}
	s.mu.Unlock()
	var v lab.Verdict
	for _, x := range due {
		if x.fate != nil {
			v = x.fate(s)
			s.meets(x.name)
			continue
		}
		s.work.Go(func() { s.strikes(x) })
		v.Delay = max(v.Delay, time.Millisecond) // it is there before the request is looked at
	}
	return v
}

func (s *storm) over() bool {
	select {
	case <-s.ending:
		return true
	default:
		return false
	}
}

// strikes lets a mishap happen, and keeps what was so before.
func (s *storm) strikes(m mishap) {
	s.remember()
	s.meets(m.name)
	m.do(s)
}

func (s *storm) meets(name string) {
	s.say("storm", name)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.met = append(s.met, name)
}

func (s *storm) remember() {
	m := instant{time.Now(), s.lab.World().Truth()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.truths = append(s.truths, m)
}

// after does something later, unless the faults are lifted before.
func (s *storm) after(d time.Duration, f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.timers = append(s.timers, time.AfterFunc(s.lasts(d), func() {
		s.remember()
		f()
	}))
}

// until is closed after d, or when the faults are lifted.
func (s *storm) until(d time.Duration) <-chan struct{} {
	ch := make(chan struct{})
	s.work.Go(func() {
		select {
		case <-time.After(s.lasts(d)):
		case <-s.ending:
		}
		close(ch)
	})
	return ch
}

// lift ends every fault that can be ended, and every console that still works.
func (s *storm) lift() {
	s.say("storm", "the faults are lifted")
	s.mu.Lock()
	for _, t := range s.timers {
		t.Stop()
	}
	for m, begin := range s.starts {
		close(begin)
		delete(s.starts, m)
	}
	s.mu.Unlock()
	close(s.ending)
	for called, folder := range map[string]string{"share": world.Share, "copy": world.Folder} {
		for _, name := range s.files(folder) {
			s.performs("file", "do", "release", "folder", called, "name", name)
		}
	}
	for _, in := range s.lab.Describe().Instances {
		s.performs("login", "instance", in.Role, "name", "sa", "enabled", "true")
		s.performs("login", "instance", in.Role, "name", "sa", "sysadmin", "true")
	}
	s.note(s.lab.Lift())
	for _, node := range stormNodes {
		link := s.lab.Link(node)
		link.Hang(false)
		link.SetDelay(0)
	}
	s.openDoors()
	s.mend()
	for _, c := range s.consoles {
		c.kill()
	}
}

// openDoors gives back shares, rights and disks.
func (s *storm) openDoors() {
	w := s.lab.World()
	w.SetShareOffline(false)
	w.SetShareDenied(false)
	w.SetDiskFull("SQL11", false)
	for _, service := range []world.Service{world.Engine, world.Agent} {
		for _, folder := range []string{world.Share, world.Folder} {
			s.note(w.SetAccess(world.Secondary, service, folder, world.Allowed))
		}
	}
}

// calm runs the procedure again, by an operator who agrees, until it ends well.
func (s *storm) calm(ctx context.Context) {
	const tries = 8
	last := &stormConsole{
		storm: s, name: "the last console", state: filepath.Join(s.dir, "journals"), rng: rand.New(rand.NewPCG(s.seed, 2)),
		draw: consoleDraw{procedure: s.draw.consoles[0].procedure, bold: 1, attempts: 1},
	}
	s.mu.Lock()
	s.consoles = append(s.consoles, last)
	s.mu.Unlock()
	code := 0
	for range tries {
		last.tame = true
		if code = last.once(ctx); code == exitDone || code == exitIncomplete && s.mayBeIncomplete() || s.beyond(code) {
			return
		}
		time.Sleep(s.lasts(time.Minute))
	}
	s.fall("running again ends at 0", "once the faults were lifted, %s still ended with %d", last.draw.procedure, code)
}

// folder is the real one behind a folder of the site.
func (s *storm) folder(name string) string {
	if name == world.Share {
		return s.lab.World().SharePath()
	}
	return s.lab.World().FolderPath()
}

// spoil keeps a file as it was before it is spoilt.
func (s *storm) spoil(folder, name string) []byte {
	path := filepath.Join(s.folder(folder), name)
	content, err := os.ReadFile(path)
	s.note(err)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, kept := s.spoilt[path]; !kept && err == nil {
		s.spoilt[path] = content
	}
	return content
}

// keepFolder keeps all files of a folder as they were.
func (s *storm) keepFolder(folder string) {
	for _, name := range s.files(folder) {
		s.spoil(folder, name)
	}
}

// files are all that lie in a folder: a mishap may meet one whose name is not log
// shipping's, too.
func (s *storm) files(folder string) (names []string) {
	all, err := os.ReadDir(s.folder(folder))
	s.note(err)
	for _, f := range all {
		if f.Type().IsRegular() {
			names = append(names, f.Name())
		}
	}
	return names
}

// undoes notes that somebody took away, from the outside, what the set-up of log
// shipping builds on: its jobs, its files or the pool. The failover mends that,
// and the set-ups do not.
func (s *storm) undoes() { s.undone.Store(s.draw.consoles[0].procedure != "failover") }

// performs does what a scenario file can have done.
func (s *storm) performs(do string, with ...string) {
	values := map[string]string{}
	for i := 0; i+1 < len(with); i += 2 {
		values[with[i]] = with[i+1]
	}
	s.note(s.lab.Perform([]scenario.Step{{Do: do, With: values}}))
}

// mend puts the spoilt files back.
func (s *storm) mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for path, content := range s.spoilt {
		if err := os.WriteFile(path, content, 0o644); err != nil {
			fmt.Fprintln(&s.trace, err)
		}
	}
}

// note keeps what a mishap had to say that could not happen as drawn.
func (s *storm) note(err error) {
	if err != nil {
		s.say("storm", err.Error())
	}
}

func (s *storm) say(who, what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(&s.trace, "  %s %s: %s\n", time.Now().Format("15:04:05.000"), who, what)
}

// tsql is a person at a query window.
func (s *storm) tsql(role, text string) {
	in := s.lab.World().Instance(role)
	for _, d := range s.lab.Describe().Instances {
		if d.Role != role {
			continue
		}
		conf := msdsn.Config{
			Host: d.Host, Port: uint64(d.Port), User: "sa", Password: in.Password("sa"), Encryption: msdsn.EncryptionDisabled,
			Protocols: []string{"tcp"}, AppName: "Microsoft SQL Server Management Studio - Query", Parameters: map[string]string{},
		}
		connector := mssqldb.NewConnectorConfig(conf)
		if !s.real {
			connector.Dialer = queryWindow{s.people, d.Host}
		}
		db := sql.OpenDB(connector)
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
		_, err := db.ExecContext(ctx, text)
		s.note(err)
		cancel()
		_ = db.Close()
	}
}

// queryWindow dials for a person, without looking up names.
type queryWindow struct {
	*memnet.Host
	name string
}

// DialContext implements mssql.Dialer.
func (q queryWindow) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return q.Dial(ctx, network, address)
}

// HostName implements mssql.HostDialer.
func (q queryWindow) HostName() string { return q.name }

// stormConsole is a console and its operator.
type stormConsole struct {
	*storm
	name  string
	draw  consoleDraw
	state string
	tame  bool // its operator agrees to everything
	fresh bool // the next start begins a new incident

	rng     *rand.Rand
	host    atomic.Pointer[memnet.Host] // where it runs within this process; nil: it does not
	process atomic.Pointer[os.Process]  // where it is a process of its own
	cancel  atomic.Pointer[context.CancelFunc]
	end     atomic.Pointer[func()] // gives its lock back, as the system does

	sitter
}

// work starts the console as often as was drawn.
func (c *stormConsole) work(ctx context.Context) {
	c.storm.mu.Lock()
	begin := c.starts[c.draw.at]
	c.storm.mu.Unlock()
	if begin != nil && c.draw.at != (mark{}) {
		select {
		case <-begin:
		case <-time.After(c.lasts(time.Hour)):
		}
	}
	for n := range c.draw.attempts {
		if n > 0 {
			time.Sleep(c.lasts(time.Duration(c.rng.IntN(120))*time.Second + c.draw.thinks))
		}
		if c.over() || c.once(ctx) == exitDone {
			return
		}
	}
}

// once is the console's process from its start to its end; it gives its exit code.
func (c *stormConsole) once(ctx context.Context) int {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c.cancel.Store(&cancel)
	time.Sleep(time.Duration(c.rng.IntN(1000)) * time.Millisecond) // no two begin at the same time
	var code int
	var killed bool
	if c.real {
		code = c.program(ctx)
		killed = code < 0
	} else {
		code, killed = c.within(ctx)
	}
	if killed {
		c.say(c.name, "was killed")
		return -1
	}
	c.say(c.name, fmt.Sprintf("exit %d", code))
	c.ends(code)
	return code
}

// within runs the console in this process, on a host of its own.
func (c *stormConsole) within(ctx context.Context) (code int, killed bool) {
	host := c.net.Host()
	c.host.Store(host)
	c.keep(host, c)
	code = c.session(ctx, host)
	killed = !host.Await()
	c.host.Store(nil)
	host.Kill()
	return code, killed
}

func (c *stormConsole) session(ctx context.Context, host *memnet.Host) int {
	k, gone := kinOn(host)
	defer gone()
	a := ask{
		site: c.site, procedure: c.draw.procedure, dir: c.state, secrets: site.NewSecrets(nil), live: c.draw.live, fresh: c.fresh,
		on: k, recorder: func(r engine.Recorder) engine.Recorder { return mortal{r, host} },
	}
	s, err := open(ctx, a)
	if err != nil {
		c.says(err.Error())
		return codeOf(ctx, err)
	}
	end := sync.OnceFunc(func() { _, _ = s.journal.Close(), s.lock.Release() })
	c.end.Store(&end)
	o := output{w: stormOutput{c}, json: true}
	c.fresh = false
	sink := func(e engine.Event) { o.events(e); c.hears(e) }
	if !c.tame { // else all is over that a situation has in store
		sink = accompany(c.lab, sink)
	}
	err = s.runAll(ctx, "", c.answer, o, sink, nil)
	if err != nil {
		c.says(err.Error())
	}
	return codeOf(ctx, errors.Join(err, s.close()))
}

// kill ends the console's process without warning.
func (c *stormConsole) kill() {
	c.signal(syscall.SIGKILL)
	host := c.host.Load()
	if host == nil {
		return
	}
	host.Kill()
	if end := c.end.Load(); end != nil {
		(*end)()
	}
	(*c.cancel.Load())()
}

// stormOutput keeps what a console prints.
type stormOutput struct{ c *stormConsole }

// Write implements io.Writer.
func (o stormOutput) Write(b []byte) (int, error) {
	o.c.say(o.c.name, strings.TrimSpace(string(b)))
	return len(b), nil
}
