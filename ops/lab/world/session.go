package world

import (
	"context"
	"time"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world/media"
)

// Session is a session of an instance: a client's, or one of the site's own
// services. For clients it is the tsql.Host that statements act on.
type Session struct {
	inst      *Instance
	spid      int
	login     *login
	db        string
	reading   *database // the one whose views are being read, which a name may choose
	app, host string
	pid       int
	address   string
	encrypted bool
	connect   time.Time  // when its connection was made
	conn      media.GUID // and what that is called
	loginTime time.Time  // a pool that hands the connection on logs in anew
	pooled    bool       // it is one of a pool, whose reports run in parallel threads
	lastBatch time.Time
	command   string // empty: sleeping
	target    string // database that a BACKUP or RESTORE works on
	began     time.Time
	percent   float64
	waiting   bool // for an application lock
	pausing   bool // WAITFOR
	locks     []appLock
	tran      bool
	tranBegan time.Time
	isolation int
	info      []byte // CONTEXT_INFO; nil: never set
	system    bool   // a session of the server itself
	returns   int    // how often a session in the way comes back after a KILL

	ended  bool
	stop   context.CancelFunc // of the statement under way
	killed func()
}

// shut ends a session: its locks go, SINGLE_USER is free again.
func (i *Instance) shut(s *Session) {
	for n, other := range i.sessions {
		if other == s {
			i.sessions = append(i.sessions[:n:n], i.sessions[n+1:]...)
			break
		}
	}
	s.ended, s.locks = true, nil
	if s.stop != nil {
		s.stop()
	}
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

// Isolate notes the isolation level, which changes nothing here but what
// sys.dm_exec_sessions says.
func (s *Session) Isolate(level int) {
	s.inst.w.mu.Lock()
	defer s.inst.w.mu.Unlock()
	s.isolation = level
}

// Ended reports that the session was ended, by KILL for instance.
func (s *Session) Ended() bool {
	s.inst.w.mu.Lock()
	defer s.inst.w.mu.Unlock()
	return s.ended
}

// touch notes that the session does something, and tells when it cannot any more.
func (s *Session) touch() *tsql.Error {
	if s.ended {
		return fail(596)
	}
	s.lastBatch = s.inst.now()
	return nil
}

// bind ties a statement to its session as well as to its own context.
func (s *Session) bind(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	s.inst.w.mu.Lock()
	defer s.inst.w.mu.Unlock()
	if s.ended {
		cancel()
	}
	s.stop = cancel
	return ctx, cancel
}

// Wait lets the lab's time pass, for WAITFOR DELAY.
func (s *Session) Wait(ctx context.Context, d time.Duration) error {
	ctx, done := s.bind(ctx)
	defer done()
	s.pause(true)
	defer s.pause(false)
	return s.inst.w.Clock.Wait(ctx, d)
}

func (s *Session) pause(on bool) {
	s.inst.w.mu.Lock()
	defer s.inst.w.mu.Unlock()
	s.pausing = on
}

// handOn is how often a pool hands a connection on.
const handOn = 2 * time.Second

// loggedIn is the session's login time: that of the last one whom a pool gave it.
func (s *Session) loggedIn() time.Time {
	if at := s.inst.now().Truncate(handOn); s.pooled && at.After(s.loginTime) {
		return at
	}
	return s.loginTime
}

// status is the word of sys.dm_exec_sessions.
func (s *Session) status() string {
	switch {
	case s.system:
		return "background"
	case s.waiting, s.pausing:
		return "suspended"
	case s.command != "":
		return "running"
	}
	return "sleeping"
}

// Mark keeps the session's CONTEXT_INFO.
func (s *Session) Mark(info []byte) {
	s.inst.w.mu.Lock()
	defer s.inst.w.mu.Unlock()
	s.info = info
}

// Reset gives up what a session loses when a pool hands its connection on.
func (s *Session) Reset() {
	s.inst.w.mu.Lock()
	defer s.inst.w.mu.Unlock()
	s.info, s.locks, s.loginTime = nil, nil, s.inst.now()
	s.inst.w.locksChanged()
}
