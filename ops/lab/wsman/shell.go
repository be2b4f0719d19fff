package wsman

import (
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

// newID makes an id for a shell, a command or a message, spelled as Windows does.
func newID() string { return strings.ToUpper(uuid.NewString()) }

// shell is one remote shell. It lives until it is deleted or nobody has asked
// for it for its idle time. Its fields are guarded by shells.mu.
type shell struct {
	id, owner, client string
	idle              time.Duration
	born              time.Time

	commands map[string]*command
	busy     int // requests under way; the idle time starts when they have ended
	timer    *time.Timer
}

// shells is every shell of a server. The zero value is ready.
type shells struct {
	mu        sync.Mutex
	byID      map[string]*shell
	processes sync.WaitGroup
}

// create makes a shell, unless owner has limit of them.
func (l *shells) create(owner, client string, idle time.Duration, limit int) (*shell, *fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	own := 0
	for _, s := range l.byID {
		if s.owner == owner {
			own++
		}
	}
	if own >= limit {
		return nil, faultTooManyShells(limit)
	}
	s := &shell{id: newID(), owner: owner, client: client, idle: idle, born: time.Now(), commands: map[string]*command{}}
	s.timer = time.AfterFunc(idle, func() { l.expire(s) })
	if l.byID == nil {
		l.byID = map[string]*shell{}
	}
	l.byID[s.id] = s
	return s, nil
}

// use gives the shell and keeps it from idling out until done is called.
func (l *shells) use(id string) (s *shell, done func(), f *fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s = l.byID[id]
	if s == nil {
		return nil, nil, faultNoShell(id)
	}
	s.busy++
	s.timer.Stop()
	return s, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if s.busy--; s.busy == 0 && l.byID[id] == s {
			s.timer.Reset(s.idle)
		}
	}, nil
}

// expire ends a shell that idled out; a request that came in between saves it.
func (l *shells) expire(s *shell) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s.busy == 0 {
		l.remove(s)
	}
}

// remove ends a shell and all that runs in it. The caller holds mu.
func (l *shells) remove(s *shell) {
	s.timer.Stop()
	for _, c := range s.commands {
		c.abort()
	}
	delete(l.byID, s.id)
}

func (l *shells) delete(s *shell) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.remove(s)
}

// clear ends every shell.
func (l *shells) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.byID {
		l.remove(s)
	}
}

// start registers a command in its shell and runs it.
func (l *shells) start(s *shell, c *command, limit int, run func()) *fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	operations := 0
	for _, other := range l.byID {
		if other.owner == s.owner {
			operations += len(other.commands)
		}
	}
	if operations >= limit {
		return faultTooManyOperations(limit)
	}
	if l.byID[s.id] != s {
		return faultNoShell(s.id)
	}
	s.commands[c.id] = c
	l.processes.Go(run)
	return nil
}

func (l *shells) command(s *shell, id string) (*command, *fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := s.commands[strings.TrimSpace(id)]
	if c == nil {
		return nil, faultNoCommand()
	}
	return c, nil
}

// forget drops a command after it was terminated.
func (l *shells) forget(s *shell, c *command) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(s.commands, c.id)
}
