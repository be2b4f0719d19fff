package world

import (
	"context"
	"strings"
	"time"

	"pchatops/ops/lab/tsql"
)

// login is a server principal.
type login struct {
	name     string
	password string // SQL logins
	windows  bool
	sysadmin bool
	chatUser bool // a user of the chat database
}

// LoginRequest is what a client asks for when it logs in.
type LoginRequest struct {
	User, Password string
	Database       string // empty: master
	App, Host      string
	PID            int
	// Killed is called, once and without locks held, when the server ends the
	// session (KILL, power cut): the connection is to be closed.
	Killed func()
}

// Session is a session of an instance: a client's, or one of the site's own
// services. For clients it is the tsql.Host that statements act on.
type Session struct {
	inst      *Instance
	spid      int
	login     *login
	db        string
	app, host string
	pid       int
	loginTime time.Time
	lastBatch time.Time
	command   string // empty: sleeping
	target    string // database that a BACKUP or RESTORE works on
	began     time.Time
	percent   float64
	waiting   bool // for an application lock
	locks     []appLock
	tran      bool
	system    bool // a session of the server itself
	returns   int  // how often a session in the way comes back after a KILL

	alive  context.Context // ends when the session does
	end    context.CancelFunc
	killed func()
}

// Login opens a session. close ends it; it may be called more than once.
func (i *Instance) Login(r LoginRequest) (host tsql.Host, close func(), failure *tsql.Error) {
	w := i.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if !i.up || w.closed {
		return nil, nil, fail(17142)
	}
	l := i.findLogin(r.User)
	if l == nil || l.windows || l.password != r.Password {
		e := fail(18456, r.User)
		return nil, nil, e
	}
	s := i.open(l, r)
	if r.Database != "" {
		if e := s.use(r.Database); e != nil {
			i.shut(s)
			if e.Number == 911 || e.Number == 916 || e.Number == 927 || e.Number == 954 {
				e = fail(4060, r.Database)
			}
			return nil, nil, e
		}
	}
	return s, func() { w.mu.Lock(); defer w.mu.Unlock(); i.shut(s) }, nil
}

func (i *Instance) findLogin(name string) *login {
	for _, l := range i.logins {
		if strings.EqualFold(l.name, name) {
			return l
		}
	}
	return nil
}

// open adds a session under the lowest free id.
func (i *Instance) open(l *login, r LoginRequest) *Session {
	now := i.w.Clock.Now()
	s := &Session{
		inst: i, spid: i.freeSPID(), login: l, db: "master", app: r.App, host: r.Host, pid: r.PID,
		loginTime: now, lastBatch: now, killed: r.Killed,
	}
	s.alive, s.end = context.WithCancel(context.Background())
	i.sessions = append(i.sessions, s)
	return s
}

const firstUserSPID = 51

func (i *Instance) freeSPID() int {
	taken := map[int]bool{}
	for _, s := range i.sessions {
		taken[s.spid] = true
	}
	spid := firstUserSPID
	for taken[spid] {
		spid++
	}
	return spid
}

// shut ends a session: its locks go, SINGLE_USER is free again.
func (i *Instance) shut(s *Session) {
	for n, other := range i.sessions {
		if other == s {
			i.sessions = append(i.sessions[:n:n], i.sessions[n+1:]...)
			break
		}
	}
	s.end()
	s.locks = nil
	for _, d := range i.databases {
		if d.single == s {
			d.single = nil
		}
	}
	i.w.locksChanged()
}

// kick ends a session from the server's side; call what it returns without
// locks held, to close the client's connection.
func (i *Instance) kick(s *Session) func() {
	i.shut(s)
	if s.killed == nil {
		return func() {}
	}
	return s.killed
}

// systemSessions are those that every instance has.
func (i *Instance) systemSessions() {
	sa := i.findLogin("sa")
	for n, command := range []string{"LOCK MONITOR", "LAZY WRITER", "LOG WRITER", "CHECKPOINT", "TASK MANAGER"} {
		s := &Session{inst: i, spid: n + 1, login: sa, db: "master", command: command, system: true, loginTime: i.started, lastBatch: i.started}
		s.alive, s.end = context.WithCancel(context.Background())
		i.sessions = append(i.sessions, s)
	}
}

// SPID is the session id.
func (s *Session) SPID() int { return s.spid }

// Database is the current database.
func (s *Session) Database() string {
	s.inst.w.mu.Lock()
	defer s.inst.w.mu.Unlock()
	return s.db
}

// Use changes the current database.
func (s *Session) Use(db string) *tsql.Error {
	s.inst.w.mu.Lock()
	defer s.inst.w.mu.Unlock()
	if e := s.touch(); e != nil {
		return e
	}
	return s.use(db)
}

func (s *Session) use(name string) *tsql.Error {
	d := s.inst.db(name)
	if d == nil {
		return fail(911, name)
	}
	if e := d.enter(s); e != nil {
		return e
	}
	for _, other := range s.inst.databases {
		if other.single == s && other != d {
			other.single = nil
		}
	}
	if d.access == "SINGLE_USER" {
		d.single = s
	}
	s.db = d.name
	return nil
}

// touch notes that the session does something, and tells when it cannot any more.
func (s *Session) touch() *tsql.Error {
	if s.alive.Err() != nil {
		return fail(596)
	}
	s.lastBatch = s.inst.w.Clock.Now()
	return nil
}

// bind ties a statement to its session as well as to its own context.
func (s *Session) bind(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(s.alive, cancel)
	return ctx, func() { stop(); cancel() }
}

// Wait lets the lab's time pass, for WAITFOR DELAY.
func (s *Session) Wait(ctx context.Context, d time.Duration) error {
	ctx, done := s.bind(ctx)
	defer done()
	return s.inst.w.Clock.Wait(ctx, d)
}

// status is the word of sys.dm_exec_sessions.
func (s *Session) status() string {
	switch {
	case s.system:
		return "background"
	case s.waiting:
		return "suspended"
	case s.command != "":
		return "running"
	}
	return "sleeping"
}
