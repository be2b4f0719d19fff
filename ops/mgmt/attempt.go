package mgmt

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/lease"
)

// jobs starts and follows detached jobs on the hosts of one role.
type jobs struct {
	hosts   *Hosts
	options Options
	recall  func(name string) string // a fact of the incident; nil: there are none

	mu      sync.Mutex
	tickets map[*Host]ticket   // that no start has used yet
	awaited map[string]attempt // by the id of the work: found running when asked whether it took effect
}

func newJobs(hosts *Hosts, o Options) *jobs {
	return &jobs{hosts: hosts, options: o.withDefaults(), awaited: map[string]attempt{}, tickets: map[*Host]ticket{}}
}

// attempt is one job on one host.
type attempt struct {
	host *Host
	id   string
	view jobView
	work work
}

// begin gives a job to follow: the one that settle has found running (it may
// have ended since), one that does the same and must have no second beside it,
// and otherwise a new one on the first host that answers. The host itself looks
// whether an earlier attempt is still under way there.
func (j *jobs) begin(ctx context.Context, w work, r engine.Reporter) (attempt, error) {
	base, err := baseID(j.options, w)
	if err != nil {
		return attempt{}, &fault.Error{Class: fault.Refused, Tried: "name the job", Text: err.Error(), Cause: err, Do: "carry the step out by hand, as its plan shows it, and verify it"}
	}
	if a, found := j.takeAwaited(base); found {
		a.work = w
		a.whose(ctx, r)
		a.view, err = j.look(ctx, a, 0, 0, r)
		return a, err
	}
	if a, err := j.join(ctx, w, r); err != nil || a.host != nil {
		return a, err
	}
	for n := 1; n <= maxAttempts; n++ {
		a, err := j.startOnFirst(ctx, attemptID(base, n), w, r)
		switch {
		case err != nil, a.view.Ours:
			return a, err
		case a.view.under():
			a.whose(ctx, r)
			return a, nil
		}
	}
	return attempt{}, &fault.Error{Class: fault.Refused, Tried: "start the job again", Text: fmt.Sprintf("it was started %d times", maxAttempts), Do: "find out why it fails"}
}

// startOnFirst starts a job on the first host that answers. What takes seconds does
// no harm a second time, and chat may be waiting for it: a host that was asked for it
// and hangs is waited for no longer while there is another.
func (j *jobs) startOnFirst(ctx context.Context, id string, w work, r engine.Reporter) (attempt, error) {
	var silent []*fault.Error
	hosts, ask := j.hosts.order(), rand.Text()
	slices.SortStableFunc(hosts, func(a, b *Host) int { return cmp.Compare(rank(a), rank(b)) })
	var hung *Host // it was asked, and is waited for where no other answers
	for n := 0; n < len(hosts); n++ {
		h := hosts[n]
		a := attempt{host: h, id: id, work: w}
		if err := w.sends(a, r); err != nil {
			return a, err
		}
		another := w.brief && slices.ContainsFunc(hosts[n+1:], func(o *Host) bool { return o != hung && !o.lately() })
		view, err := j.start(ctx, a, starting{ask: ask, sent: h == hung, another: another}, r)
		if errors.Is(err, errHangs) {
			if hung == nil {
				hung, hosts = h, append(hosts, h)
			}
			r.Log(fmt.Sprintf("%s does not answer, and may have taken the start of %s: %s is asked next. Done twice that does no harm, and %s begins nothing later than %s after it was asked",
				h.Name(), w.what, hosts[n+1].Name(), h.Name(), lease.Limit))
			continue
		}
		if f, away := unreached(err); away && ctx.Err() == nil {
			w.ended(r)
			silent = append(silent, f)
			continue
		}
		if err != nil && !transient(err) {
			w.ended(r)
		}
		for _, f := range silent {
			r.Log(f.Target + " does not answer; " + h.Name() + " is used")
		}
		j.hosts.remember(h, err)
		a.view = view
		return a, err
	}
	return attempt{}, j.hosts.allSilent(silent)
}

// starting is how a job is started on one host.
type starting struct {
	ask     string // the request's own name
	sent    bool   // the host may have taken it before
	another bool   // there is another host to go to if this one hangs
}

// start starts the job. Repeating that is safe, so an answer that was lost on
// its way is no reason to give up.
func (j *jobs) start(ctx context.Context, a attempt, s starting, r engine.Reporter) (jobView, error) {
	var view jobView
	sent := s.sent
	err := j.patiently(ctx, a, r, func(ctx context.Context) (err error) {
		view, err = j.fenced(ctx, a, s.ask, a.work)
		_, away := unreached(err)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, lease.ErrOver): // whatever fault ended the right: no waiting brings this term back
			if sent {
				err = lost(a.host, "whether the job was started is not known, and "+err.Error(), err)
			}
			return final(err)
		case s.another && hangs(err, sent) && ctx.Err() == nil:
			a.host.silentSince()
			return final(fmt.Errorf("%w: %w", errHangs, err))
		case sent && transient(err):
			return err
		case sent && own(err):
			return final(lost(a.host, "whether the job was started is not known: "+err.Error(), err))
		case away, !transient(err):
			return final(err)
		}
		sent = true
		return err
	})
	return view, err
}

// errHangs is about a host that may have taken a start, and says nothing.
var errHangs = errors.New("the host hangs")

// hangs reports whether a host that may have begun something keeps its answer.
func hangs(err error, sent bool) bool {
	_, never := unreached(err)
	_, silent := mute(err)
	return silent && (sent || !never)
}

// rank puts hosts that were silent a short while ago behind the others.
func rank(h *Host) int {
	if h.lately() {
		return 1
	}
	return 0
}

// settle answers whether the work was done. It asks every host, because an
// earlier console may have reached another one, and first the one on record. A job
// that still runs is noted, so that its outcome is not taken for an old one later.
func (j *jobs) settle(ctx context.Context, w work) (bool, error) {
	base, err := baseID(j.options, w)
	if err != nil {
		return false, err
	}
	var found, done int
	silent, err := j.everywhere(ctx, j.strayed(w), func(h *Host) error {
		a, err := j.latest(ctx, h, base)
		if err == nil && !a.view.under() {
			a, err = j.other(ctx, h, w, a)
		}
		switch {
		case err != nil:
			return err
		case a.view.under():
			j.mu.Lock()
			j.awaited[base] = a
			j.mu.Unlock()
			return underway(a)
		case a.view.Exists:
			found++
		}
		if a.view.State == jobDone {
			done++
		}
		return nil
	})
	took := err == nil && found > 0 && found == done
	if err == nil && !took {
		err = j.elsewhere(w, silent)
	}
	return took, err
}

// everywhere asks every host, the one named first before the others, and gives
// those that do not answer; it is an error if none does.
func (j *jobs) everywhere(ctx context.Context, first string, ask func(*Host) error) (silent []*fault.Error, err error) {
	hosts := j.hosts.order()
	if n := slices.IndexFunc(hosts, func(h *Host) bool { return h.Name() == first }); n > 0 {
		hosts[0], hosts[n] = hosts[n], hosts[0]
	}
	for _, h := range hosts {
		err := ask(h)
		if f, away := mute(err); away && ctx.Err() == nil {
			silent = append(silent, f)
			continue
		}
		if err != nil {
			return nil, err
		}
	}
	if len(silent) == len(j.hosts.all) {
		return nil, j.hosts.allSilent(silent)
	}
	return silent, nil
}

// latest gives a host's latest attempt at some work; without a job, it has none.
func (j *jobs) latest(ctx context.Context, h *Host, base string) (attempt, error) {
	var last attempt
	for n := 1; n <= maxAttempts; n++ {
		id := attemptID(base, n)
		view, err := h.poll(ctx, id, 0, 0)
		if err != nil || !view.Exists {
			return last, err
		}
		last = attempt{host: h, id: id, view: view}
	}
	return last, nil
}

// underway is the answer that a job still runs.
func underway(a attempt) error {
	return &fault.Error{
		Class: fault.Busy, Tried: "see what became of the job", Target: a.host.Name(), Text: "the job " + a.id + " is still " + a.view.State,
		Do: "let it come to its end and verify again; or run the step again, which follows it", Cause: engine.ErrUnderway,
	}
}

func (j *jobs) takeAwaited(base string) (attempt, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	a, found := j.awaited[base]
	delete(j.awaited, base)
	return a, found
}
