package mgmt

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/inventory"
	"pchatops/ops/lease"
)

// ticket is a host's leave to start a job, until another is taken there. It holds
// the host's own clock, so that a start can carry a limit on that.
type ticket struct {
	name  string    // no other has it
	run   string    // that it was taken by
	now   int64     // of the host, in milliseconds
	taken time.Time // here, before it was asked for
}

// newTicket names one that no other is, and whose it is.
func newTicket(run string) string { return run + "-" + rand.Text() }

// limit is when the host's clock shall start no job by this ticket any more.
func (t ticket) limit() int64 { return t.now + lease.Limit.Milliseconds() }

// worn reports whether a ticket leaves too little time for a start.
func (t ticket) worn(now time.Time) bool { return elapsed(t.taken, now) > lease.Limit/2 }

// elapsed is the time from then to now. The wall clock counts, too: the other one
// stands still while a laptop sleeps.
func elapsed(then, now time.Time) time.Duration {
	return max(now.Sub(then), now.Round(0).Sub(then.Round(0)))
}

// notBegunError is a host's word that it has not begun a job, and will not: it was
// asked too late, or another console has taken its ticket since.
type notBegunError struct{ fault *fault.Error }

// Error reads as a sentence.
func (e *notBegunError) Error() string { return e.fault.Error() }

// Unwrap gives the fault.
func (e *notBegunError) Unwrap() error { return e.fault }

// notBegun reports whether an answer or a result says that nothing was begun.
func notBegun(err error) bool {
	var n *notBegunError
	return errors.As(err, &n)
}

// Fence takes the ticket of every host, so that none begins a job that was asked
// for before, by another console or by this one while it drove an earlier time.
// Who does not answer is left out.
func (s *Hosts) Fence(ctx context.Context) {
	var asked sync.WaitGroup
	for _, h := range s.all {
		asked.Go(func() { h.fence(ctx) })
	}
	asked.Wait()
}

// fence takes the host's ticket, and notes when that was by the host's own clock:
// what had ended there by then, this console's plans have seen.
func (h *Host) fence(ctx context.Context) {
	run := h.drivesAgain()
	answer, err := h.find(ctx, findRequest{Run: run, Ticket: newTicket(run)})
	if err != nil {
		answer.Now = 0
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fenced = answer.Now
}

// took notes that a run has taken the host's ticket, and whose was the last before it.
func (h *Host) took(run, was string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = h.asked || run == h.runLocked()
	if h.given && was != "" && !strings.HasPrefix(was, h.options.Run+"-") { // a host that was emptied tells of nobody
		h.other = h.options.Now()
	}
	h.given = true
}

// Overtaken gives the host that told last that another console has driven the site
// since this one did, and when it did; "" where none has.
func (s *Hosts) Overtaken() (name string, at time.Time) {
	for _, h := range s.all {
		h.mu.Lock()
		if h.other.After(at) {
			name, at = h.site.Name, h.other
		}
		h.mu.Unlock()
	}
	return name, at
}

// Unasked gives the hosts that have not answered since this console came to drive:
// what another console has asked of one of them may still begin there.
func (s *Hosts) Unasked() (out []*Host) {
	for _, h := range s.all {
		h.mu.Lock()
		if !h.asked {
			out = append(out, h)
		}
		h.mu.Unlock()
	}
	return out
}

// AskAgain takes the ticket of a host that has not answered so far.
func (h *Host) AskAgain(ctx context.Context) {
	run := h.run()
	_, _ = h.find(ctx, findRequest{Run: run, Ticket: newTicket(run)}) // Unasked tells what came of it
}

// DataCentre is where the host stands.
func (h *Host) DataCentre() string { return h.site.DataCentre }

// before reports whether a job had ended when this console came to drive.
func (h *Host) before(s *standing) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return s.Over <= h.fenced
}

// drivesAgain names another time of driving, run that of the present one.
func (h *Host) drivesAgain() string {
	h.mu.Lock()
	h.times++
	h.asked = false
	h.mu.Unlock()
	return h.run()
}

func (h *Host) run() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.runLocked()
}

func (h *Host) runLocked() string { return fmt.Sprintf("%s-%d", h.options.Run, h.times) }

// hush is for how long a host that was silent is not waited for; patience is how
// long it is given all the same.
const (
	hush     = 2 * time.Minute
	patience = time.Second
)

// noteSilence remembers that a host is silent, or is not.
func (h *Host) noteSilence(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.silent = time.Time{}
	if _, away := unreached(err); away {
		h.silent = h.options.Now()
	}
}

// silentSince remembers that a host took a question and kept the answer.
func (h *Host) silentSince() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.silent = h.options.Now()
}

// lately reports whether a host was silent a short while ago.
func (h *Host) lately() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.silent.IsZero() && elapsed(h.silent, h.options.Now()) < hush
}

// seek looks on every host for jobs that do some work, and takes its ticket there.
// A host that does not answer is no reason to stop: after a disaster some never
// will.
func (j *jobs) seek(ctx context.Context, w work) (found []standing, silent []*fault.Error, err error) {
	type answer struct {
		jobs []standing
		err  error
	}
	hosts := j.hosts.order()
	answers := make([]answer, len(hosts))
	var asked sync.WaitGroup
	for n, h := range hosts {
		asked.Go(func() {
			ctx, within := ctx, ctx
			if w.brief && h.lately() { // what must have no second is looked for with more patience
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, patience)
				defer cancel()
			}
			answers[n].jobs, answers[n].err = j.ticket(ctx, h, w.same)
			if _, away := mute(answers[n].err); away && within.Err() == nil {
				h.silentSince()
			}
		})
	}
	asked.Wait()
	for _, a := range answers {
		f, away := mute(a.err)
		switch {
		case away && ctx.Err() == nil:
			silent = append(silent, f)
		case a.err != nil:
			return nil, nil, a.err
		}
		found = append(found, a.jobs...)
	}
	if len(silent) == len(hosts) {
		return nil, nil, j.hosts.allSilent(silent)
	}
	return found, silent, nil
}

// ticket takes the ticket of a host, and tells of the jobs there that do some work.
func (j *jobs) ticket(ctx context.Context, h *Host, work string) ([]standing, error) {
	run := h.run()
	t := ticket{name: newTicket(run), run: run, taken: j.options.Now()}
	answer, err := h.find(ctx, findRequest{Run: t.run, Ticket: t.name, Work: work})
	if err != nil {
		return nil, err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	t.now = answer.Now
	j.tickets[h] = t
	return answer.Jobs, nil
}

// leave gives a ticket of a host that is fresh, and proves after it that this
// console still drives: what is sent then and comes late is not started.
func (j *jobs) leave(ctx context.Context, h *Host) (ticket, error) {
	j.mu.Lock()
	t, there := j.tickets[h]
	delete(j.tickets, h) // each serves one start: one that comes late has no other
	j.mu.Unlock()
	if !there || t.worn(j.options.Now()) {
		if _, err := j.ticket(ctx, h, ""); err != nil {
			return t, err
		}
		return j.leave(ctx, h)
	}
	if err := lease.Check(ctx, 0); err != nil {
		return t, err
	}
	return t, nil
}

// fenced starts a job by a ticket. A host that says that it was asked too late
// has begun nothing, so it is asked again by a new one.
func (j *jobs) fenced(ctx context.Context, a attempt, ask string, w work) (view jobView, err error) {
	for range 3 {
		var t ticket
		if t, err = j.leave(ctx, a.host); err != nil {
			return view, err
		}
		if view, err = a.host.start(ctx, a.id, ask, w, t); !notBegun(err) {
			return view, err
		}
	}
	return view, err
}

// recent gives a job that does the same work already: one under way, or else one
// of another run that was done since this work was planned, and after this console
// came to drive.
func (j *jobs) recent(w work, found []standing) *standing {
	var last *standing
	for n := range found {
		s := &found[n]
		switch {
		case s.Over == 0:
			return s
		case s.host.before(s):
		case !strings.HasPrefix(s.Run, s.host.options.Run+"-") && s.age < elapsed(w.planned, j.options.Now())+overlap && (last == nil || s.age < last.age):
			last = s
		}
	}
	return last
}

// overlap is how long before a plan was ready it may have looked at the world.
const overlap = time.Minute

// tell says which job is followed instead of starting another.
func (s standing) tell(w work, r engine.Reporter) {
	if s.Over != 0 {
		r.Log(fmt.Sprintf("%s was started before, on %s at %s, and is done since %s: that is not done a second time", w.what, s.host.Name(), s, inventory.Span(s.age)))
		return
	}
	r.Log(fmt.Sprintf("%s was started before, on %s at %s, and is still %s: following that job instead of starting a second; to end it, end the task pchatops-%s in the Task Scheduler of %s",
		w.what, s.host.Name(), s, s.State, s.ID, s.host.Name()))
}
