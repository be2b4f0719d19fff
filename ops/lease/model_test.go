package lease

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The model is a SQL Server with one lock, a Windows host that begins jobs, a
// network that delays, and consoles that decide by Seat as the real ones do. It
// is searched for every order of events.

// rules are the parts of the protocol. The real one has them all.
type rules struct {
	rides   bool // SQL goes over the session that holds the lock
	terms   bool // what was planned before the lock was taken again is not sent
	proves  bool // a job is started only after a proof, asked for after the ticket
	tickets bool // a host begins nothing for whom another has overtaken there
	times   bool // and nothing that it asked for when it drove another time
	singles bool // and one start by each ticket
	told    bool // plans are made once the host knows who drives
}

var whole = rules{rides: true, terms: true, proves: true, tickets: true, times: true, singles: true, told: true}

// phase is how far a console is with its action.
type phase uint8

const (
	idle phase = iota
	planned
	ticketed
	proved
)

// mark says which time of driving something belongs to: the serial number of the
// lock's session, and, as only the referee knows, the turn in which it was planned.
type mark struct {
	session, turn uint8
	ticket        leave // of a start
}

// leave is a ticket: whose, of which time of driving, and which one.
type leave struct{ console, session, number uint8 }

// console is one console, with what is on its way for it.
type console struct {
	alive, stopped, cut bool
	seat                seat
	session             uint8 // the last one that it opened
	told                bool  // the host knows that it drives
	turn                uint8 // what the referee has counted when it was told
	phase               phase
	term                Term
	turnOfPlan          uint8
	ticket              leave // that it has taken last
	tickets             uint8 // that it has taken

	sql, start, queued mark // a statement, a start and a job of it on their way; zero: none
}

// seat is a Seat that can be compared.
type seat struct {
	now, since, lock Term
	gone             bool
}

// world is the model's state; it is the key under which it is known.
type world struct {
	consoles [3]console
	holder   uint8 // console and serial number of the session that has the lock
	serial   uint8
	ticket   leave // the last one that was taken on the host
	turn     uint8 // how often somebody has come to drive
	wrong    string
}

const nobody = 0

// on lets a console decide by the real Seat.
func (c *console) on(f func(*Seat)) {
	s := Seat{now: c.seat.now, since: c.seat.since, gone: c.seat.gone}
	if c.seat.since != 0 {
		s.locks = map[string]Term{"SQL11": c.seat.lock}
	}
	f(&s)
	c.seat = seat{s.now, s.since, s.locks["SQL11"], s.gone}
}

func (c *console) drives() bool { return c.seat.since != 0 }

// runs reports whether the console's process does anything.
func (c *console) runs() bool { return c.alive && !c.stopped }

// holds reports whether the lock is held by a session of a console.
func (w *world) holds(n int, session uint8) bool {
	return w.holder == uint8(n+1) && w.serial == session && session != 0
}

// effect is what changes the site. It must have been planned by whoever came to
// drive last.
func (w *world) effect(what string, m mark) {
	if m.turn != w.turn {
		w.wrong = what + " took effect though it was planned by who drives no more"
	}
}

// comes counts that a console comes to drive, if it does: one that does not know
// yet that it has lost the lock is never right.
func (w *world) comes(n int, c *console) {
	if c.turn = deluded; w.holds(n, c.session) {
		w.turn++
		c.turn = w.turn
	}
}

const deluded = 255

// event is something that may happen to a console; false: not now.
type event struct {
	name string
	do   func(r rules, w *world, n int, c *console) bool
}

var events = []event{
	{"takes the lock", func(r rules, w *world, n int, c *console) bool {
		own := w.holder == uint8(n+1) // a session that a cut has left behind
		if !c.runs() || c.cut || c.drives() || c.seat.gone || w.holder != nobody && !own || c.session == 3 {
			return false
		}
		c.session++
		w.holder, w.serial = uint8(n+1), c.session
		c.on(func(s *Seat) { s.Take("SQL11") })
		c.told = false
		if !r.told {
			w.comes(n, c) // it plans from now on
		}
		return true
	}},
	{"tells the host", func(r rules, w *world, n int, c *console) bool {
		if !c.runs() || c.cut || !c.drives() || c.told {
			return false
		}
		w.take(n, c.session, r)
		c.told = true
		if r.told {
			w.comes(n, c)
		}
		return true
	}},
	{"plans", func(r rules, _ *world, _ int, c *console) bool {
		if !c.runs() || !c.drives() || c.phase != idle || r.told && !c.told {
			return false
		}
		c.phase, c.turnOfPlan = planned, c.turn
		c.on(func(s *Seat) { c.term = s.Term() })
		return true
	}},
	{"sends SQL", func(r rules, _ *world, _ int, c *console) bool {
		if !c.runs() || c.phase != planned || c.sql != (mark{}) {
			return false
		}
		c.phase = idle
		if r.terms && c.may() != nil {
			return true
		}
		c.sql = mark{session: c.session, turn: c.turnOfPlan}
		return true
	}},
	{"its SQL arrives", func(r rules, w *world, n int, c *console) bool {
		if c.sql == (mark{}) || c.cut {
			return false
		}
		m := c.sql
		c.sql = mark{}
		switch {
		case !r.rides || w.holds(n, m.session):
			w.effect("SQL", m)
		case m.session == c.session:
			c.on((*Seat).Lose) // the reply says that the session is gone
		}
		return true
	}},
	{"takes a ticket", func(r rules, w *world, n int, c *console) bool {
		if !c.runs() || c.cut || c.phase != planned || c.tickets == 5 {
			return false
		}
		c.phase, c.ticket = ticketed, w.take(n, c.session, r)
		return true
	}},
	{"proves", func(r rules, w *world, n int, c *console) bool {
		if !c.runs() || c.cut || c.phase != ticketed {
			return false
		}
		c.phase = proved
		if r.proves && !w.holds(n, c.session) {
			c.on((*Seat).Lose)
		}
		if r.proves && r.terms && c.may() != nil {
			c.phase = idle
		}
		return true
	}},
	{"asks for a job", func(_ rules, _ *world, _ int, c *console) bool {
		if !c.runs() || c.phase != proved || c.start != (mark{}) {
			return false
		}
		c.phase, c.start = idle, mark{c.ticket.session, c.turnOfPlan, c.ticket}
		return true
	}},
	{"its request arrives", func(r rules, w *world, _ int, c *console) bool {
		if c.start == (mark{}) || c.queued != (mark{}) {
			return false // however late, and whatever has become of the console
		}
		if !r.tickets || w.ticket.like(c.start.ticket, r) {
			c.queued = c.start
		}
		c.start = mark{}
		return true
	}},
	{"its job begins", func(_ rules, w *world, _ int, c *console) bool {
		if c.queued == (mark{}) {
			return false
		}
		w.effect("a job", c.queued)
		c.queued = mark{}
		return true
	}},
	{"finishes", func(_ rules, w *world, n int, c *console) bool {
		if !c.runs() || c.cut || c.phase != idle || !c.drives() {
			return false
		}
		w.end(n)
		c.on((*Seat).Leave)
		return true
	}},
	{"crashes", func(_ rules, w *world, n int, c *console) bool {
		if !c.alive {
			return false
		}
		if !c.cut {
			w.end(n)
		}
		*c = console{cut: c.cut, session: c.session, seat: seat{gone: true}, start: c.start, queued: c.queued}
		return true
	}},
	{"is stopped", func(_ rules, _ *world, _ int, c *console) bool {
		ok := c.runs()
		c.stopped = c.stopped || ok
		return ok
	}},
	{"goes on", func(_ rules, _ *world, _ int, c *console) bool {
		ok := c.alive && c.stopped
		c.stopped = c.stopped && !ok
		return ok
	}},
	{"is cut off", func(_ rules, _ *world, _ int, c *console) bool {
		ok := c.alive && !c.cut
		c.cut = c.cut || ok
		return ok
	}},
	{"has its network back", func(_ rules, _ *world, _ int, c *console) bool {
		ok := c.cut
		c.cut = false
		return ok
	}},
	{"has its session ended by the server", func(_ rules, w *world, n int, _ *console) bool {
		return w.end(n) // a KILL, a restart, or the server has missed it
	}},
	{"notices that its session is gone", func(_ rules, w *world, n int, c *console) bool {
		if !c.runs() || c.cut || !c.drives() || w.holds(n, c.session) {
			return false
		}
		c.on((*Seat).Lose)
		return true
	}},
}

// jobsAlone are the events that the longest stories about jobs need.
func jobsAlone() []event {
	return slices.DeleteFunc(slices.Clone(events), func(e event) bool {
		return slices.Contains([]string{"sends SQL", "its SQL arrives", "crashes", "is stopped", "goes on", "is cut off", "has its network back", "finishes"}, e.name)
	})
}

// may asks the real Seat, and whether the lock is older than the plan, as the
// connection does that holds it.
func (c *console) may() (err error) {
	c.on(func(s *Seat) { err = s.May(c.term) })
	if err == nil && c.term < c.seat.lock {
		err = ErrOver
	}
	return err
}

// like reports whether a start by another ticket is honoured.
func (l leave) like(o leave, r rules) bool {
	return l.console == o.console && (!r.times || l.session == o.session) && (!r.singles || l.number == o.number)
}

// take gives a console the host's ticket: what others, or it itself another time,
// have queued there and is not begun never is.
func (w *world) take(n int, session uint8, r rules) leave {
	c := &w.consoles[n]
	c.tickets++
	w.ticket = leave{uint8(n + 1), session, c.tickets}
	if !r.tickets {
		return w.ticket
	}
	for k := range w.consoles {
		if q := &w.consoles[k].queued; k != n || r.times && q.session != session {
			*q = mark{}
		}
	}
	return w.ticket
}

// end ends the session that holds the lock where it is a console's.
func (w *world) end(n int) bool {
	ok := w.holder == uint8(n+1)
	if ok {
		w.holder, w.serial = nobody, 0
	}
	return ok
}

// search goes through all orders of at most depth events of so many consoles, and
// gives the first that goes wrong; nil: there is none.
func search(r rules, events []event, consoles, depth int) (path []string, states int) {
	type step struct {
		from *step
		w    world
		name string
	}
	first := &step{}
	for n := range consoles {
		first.w.consoles[n].alive = true
	}
	known := map[world]bool{first.w: true}
	for front := []*step{first}; depth > 0; depth-- {
		var next []*step
		for _, s := range front {
			for n := range consoles {
				for _, e := range events {
					w := s.w
					if !e.do(r, &w, n, &w.consoles[n]) || known[w] {
						continue
					}
					known[w] = true
					to := &step{s, w, fmt.Sprintf("%c %s", 'A'+n, e.name)}
					if w.wrong == "" {
						next = append(next, to)
						continue
					}
					path = []string{w.wrong}
					for ; to.from != nil; to = to.from {
						path = append([]string{to.name}, path...)
					}
					return path, len(known)
				}
			}
		}
		front = next
	}
	return nil, len(known)
}

func TestNoOrderOfEventsLetsTwoConsolesActOrOneActAfterAnother(t *testing.T) {
	for name, c := range map[string]struct {
		events          []event
		consoles, depth int
	}{
		"two consoles":             {events, 2, 12},
		"three consoles":           {events, 3, 8},
		"two consoles, jobs alone": {jobsAlone(), 2, 16},
	} {
		path, states := search(whole, c.events, c.consoles, c.depth)
		require.Empty(t, path, name)
		require.Greater(t, states, 50_000, name)
	}
}

// Each part is needed: without it the search finds how it goes wrong.
func TestEachPartOfTheProtocolIsNeeded(t *testing.T) {
	for name, without := range map[string]func(*rules){
		"SQL on another connection than the lock's":       func(r *rules) { r.rides = false },
		"plans outlive the right":                         func(r *rules) { r.terms = false },
		"no proof before a job":                           func(r *rules) { r.proves = false },
		"starts are honoured whenever they come":          func(r *rules) { r.tickets = false },
		"a ticket is good for another time of driving":    func(r *rules) { r.times = false },
		"a ticket is good for all starts of its time":     func(r *rules) { r.singles = false },
		"plans are made before the host knows who drives": func(r *rules) { r.told = false },
	} {
		t.Run(name, func(t *testing.T) {
			r := whole
			without(&r)
			path, _ := search(r, events, 2, 10)
			if path == nil {
				path, _ = search(r, jobsAlone(), 2, 16)
			}
			require.NotEmpty(t, path)
			t.Log(strings.Join(path, "\n"))
		})
	}
}
