package world

import (
	"context"
	"strings"
	"time"
)

// appLock is an application lock (sp_getapplock) that a session holds.
type appLock struct {
	resource string
	mode     string // Shared, Update, IntentShared, IntentExclusive, Exclusive
	tran     bool   // owned by the transaction, not by the session
}

// compatible tells which modes two sessions can hold of one resource.
var compatible = map[string]string{
	"IntentShared":    "IntentShared IntentExclusive Shared Update",
	"IntentExclusive": "IntentShared IntentExclusive",
	"Shared":          "IntentShared Shared Update",
	"Update":          "IntentShared Shared",
	"Exclusive":       "",
}

// spelledMode finds the proper spelling of a lock mode; empty: there is none.
func spelledMode(mode string) string {
	for m := range compatible {
		if strings.EqualFold(m, mode) {
			return m
		}
	}
	return ""
}

// lockable reports whether a session can have a lock at once.
func (s *Session) lockable(resource, mode string) bool {
	for _, other := range s.inst.sessions {
		if other == s {
			continue
		}
		for _, l := range other.locks {
			if l.resource == resource && !strings.Contains(" "+compatible[mode]+" ", " "+l.mode+" ") {
				return false
			}
		}
	}
	return true
}

// Return codes of sp_getapplock.
const (
	lockGranted  = 0
	lockWaited   = 1
	lockTimeout  = -1
	lockCanceled = -2
	lockInvalid  = -999
)

// lock waits for an application lock, at most timeout (negative: for ever) of
// real time, since it is clients that wait.
func (s *Session) lock(ctx context.Context, l appLock, timeout time.Duration) int {
	w := s.inst.w
	if timeout >= 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for code := lockGranted; ; code = lockWaited {
		if s.ended {
			return lockCanceled
		}
		if s.lockable(l.resource, l.mode) {
			s.locks = append(s.locks, l)
			return code
		}
		if timeout == 0 {
			return lockTimeout
		}
		changed := w.lockChange()
		s.waiting = true
		w.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-changed:
		}
		w.mu.Lock()
		s.waiting = false
		if ctx.Err() == context.DeadlineExceeded {
			return lockTimeout
		}
		if ctx.Err() != nil {
			return lockCanceled
		}
	}
}

// unlock gives back one lock; false: the session does not hold it.
func (s *Session) unlock(resource string, tran bool) bool {
	for n, l := range s.locks {
		if l.resource == resource && l.tran == tran {
			s.locks = append(s.locks[:n:n], s.locks[n+1:]...)
			s.inst.w.locksChanged()
			return true
		}
	}
	return false
}

// lockChange is closed at the next change of any lock.
func (w *World) lockChange() <-chan struct{} {
	if w.lockWake == nil {
		w.lockWake = make(chan struct{})
	}
	return w.lockWake
}

func (w *World) locksChanged() {
	if w.lockWake != nil {
		close(w.lockWake)
		w.lockWake = nil
	}
}

// Begin notes that the session's transaction has begun.
func (s *Session) Begin() {
	s.inst.w.mu.Lock()
	defer s.inst.w.mu.Unlock()
	s.tran, s.tranBegan = true, s.inst.now()
}

// End notes that the session's outermost transaction has ended: the locks it
// owned are free.
func (s *Session) End() {
	s.inst.w.mu.Lock()
	defer s.inst.w.mu.Unlock()
	s.tran = false
	kept := s.locks[:0:0]
	for _, l := range s.locks {
		if !l.tran {
			kept = append(kept, l)
		}
	}
	s.locks = kept
	s.inst.w.locksChanged()
}
