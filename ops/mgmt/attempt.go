package mgmt

import (
	"context"
	"fmt"
	"sync"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
)

// jobs starts and follows detached jobs on the hosts of one role.
type jobs struct {
	hosts   *Hosts
	options Options

	mu      sync.Mutex
	awaited map[string]bool // ids found running when asked whether they took effect
}

func newJobs(hosts *Hosts, o Options) *jobs {
	return &jobs{hosts: hosts, options: o.withDefaults(), awaited: map[string]bool{}}
}

// attempt is one job on one host.
type attempt struct {
	host *Host
	id   string
	view jobView
}

// find looks for a job on every host, because an earlier console may have
// reached another one. It gives the first reachable host where none has it.
func (j *jobs) find(ctx context.Context, id string, log func(string)) (attempt, error) {
	found := attempt{id: id}
	var silent []*fault.Error
	for _, h := range j.hosts.order() {
		view, err := h.poll(ctx, id, 0)
		if f, away := unreached(err); away && ctx.Err() == nil {
			silent = append(silent, f)
			continue
		}
		switch {
		case err != nil && found.host == nil:
			return found, err
		case err != nil:
			log(fmt.Sprintf("%s does not tell whether it has this job: %v", h.Name(), err))
			continue
		case view.Exists || found.host == nil:
			found.host, found.view = h, view
		}
		if view.Exists {
			break
		}
	}
	if found.host == nil {
		return found, j.hosts.allSilent(silent)
	}
	for _, f := range silent {
		log(f.Target + " does not answer; " + found.host.Name() + " is used")
	}
	j.hosts.remember(found.host, nil)
	return found, nil
}

// begin gives a job to follow: the one of an earlier console where it still
// runs (or ended between the question whether it took effect and now), and
// otherwise a new one.
func (j *jobs) begin(ctx context.Context, w work, r engine.Reporter) (attempt, error) {
	base, err := baseID(j.options, w)
	if err != nil {
		return attempt{}, &fault.Error{Class: fault.Refused, Tried: "name the job", Text: err.Error(), Cause: err}
	}
	for n := 1; n <= maxAttempts; n++ {
		a, err := j.find(ctx, attemptID(base, n), r.Log)
		switch {
		case err != nil:
			return a, err
		case !a.view.Exists:
			r.Observe("job", a.id+" on "+a.host.Name())
			return a, j.start(ctx, a, w, r)
		case a.view.under() || j.takeAwaited(a.id):
			r.Observe("job", a.id+" on "+a.host.Name())
			r.Log("the job was started before and is " + a.view.State + "; following it")
			return a, nil
		}
	}
	return attempt{}, &fault.Error{Class: fault.Refused, Tried: "start the job again", Text: fmt.Sprintf("it was started %d times", maxAttempts), Do: "find out why it fails"}
}

// start starts the job. Repeating that is safe, so an answer that was lost on
// its way is no reason to give up.
func (j *jobs) start(ctx context.Context, a attempt, w work, r engine.Reporter) error {
	sent := false
	return j.patiently(ctx, a.host, r, func() error {
		err := a.host.start(ctx, a.id, w)
		_, away := unreached(err)
		switch {
		case err == nil, sent && transient(err):
			return err
		case sent && own(err):
			return final(lost(a.host, "whether the job was started is not known: "+err.Error(), err))
		case away, !transient(err):
			return final(err)
		}
		sent = true
		return err
	})
}

// settle answers whether the latest attempt took effect. One that still runs is
// noted, so that its outcome is not taken for an old one later.
func (j *jobs) settle(ctx context.Context, w work) (bool, error) {
	base, err := baseID(j.options, w)
	if err != nil {
		return false, err
	}
	var last attempt
	for n := 1; n <= maxAttempts; n++ {
		a, err := j.find(ctx, attemptID(base, n), func(string) {})
		if err != nil {
			return false, err
		}
		if !a.view.Exists {
			break
		}
		last = a
	}
	if last.view.under() {
		j.mu.Lock()
		j.awaited[last.id] = true
		j.mu.Unlock()
	}
	return last.view.State == jobDone, nil
}

func (j *jobs) takeAwaited(id string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	defer delete(j.awaited, id)
	return j.awaited[id]
}
