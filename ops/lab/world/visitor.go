package world

import (
	"fmt"
	"time"
)

// visitor is a client that wants a session on a database and tries again and
// again: a report server on a database in STANDBY, a service that nobody has
// stopped.
type visitor struct {
	inst     *Instance
	database string
	program  string
	session  *Session
	left     bool // it does not come any more
}

// Visit lets so many clients of a program keep a session on a database, each
// of them trying again every so often once it is gone, whatever ended it. What
// the server refuses they are refused. They take the place of those that the
// program had there: none, and the program has been stopped.
func (w *World) Visit(instance, database, program string, clients int, every time.Duration) error {
	w.mu.Lock()
	i := w.Instance(instance)
	if i == nil || clients < 0 || clients > 1000 || every < time.Millisecond {
		w.mu.Unlock()
		return fmt.Errorf("instance=%q clients=%d every=%s: an instance, at most 1000 clients, a millisecond and more", instance, clients, every)
	}
	defer w.mu.Unlock()
	for _, v := range w.visitors {
		if v.inst == i && v.program == program {
			v.leave()
		}
	}
	for range clients {
		v := &visitor{inst: i, database: database, program: program}
		w.visitors = append(w.visitors, v)
		w.every(w.Clock.Now(), func() time.Duration { return every }, v.call)
	}
	return nil
}

// leave ends the client.
func (v *visitor) leave() {
	if v.left = true; v.session != nil && !v.session.ended {
		v.inst.shut(v.session)
	}
}

// call is one look of the client: is the session still there, or can there be
// one?
func (v *visitor) call(time.Time) {
	w := v.inst.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if v.left || v.session != nil && !v.session.ended || !v.inst.up {
		return
	}
	d := v.inst.db(v.database)
	if d == nil || d.busyWith != "" {
		return
	}
	s := v.inst.open(v.inst.findLogin(reportLogin), LoginRequest{App: v.program, Host: "RPT01", PID: 4712})
	if s.use(v.database) != nil {
		v.inst.shut(s)
		return
	}
	s.pooled, v.session = true, s
}
