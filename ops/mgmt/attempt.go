package mgmt

import (
	"context"
	"crypto/rand"
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
		view, err := h.poll(ctx, id, 0, 0)
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
		a, err := j.try(ctx, attemptID(base, n), w, r)
		switch {
		case err != nil, a.view.Ours:
			return a, err
		case a.view.under() || j.takeAwaited(a.id):
			r.Log("the job was started before and is " + a.view.State + "; following it")
			return a, nil
		}
	}
	return attempt{}, &fault.Error{Class: fault.Refused, Tried: "start the job again", Text: fmt.Sprintf("it was started %d times", maxAttempts), Do: "find out why it fails"}
}

// try starts a job unless there is one of that id. The only host looks for it
// itself when it starts one; where there are several, another may have it.
func (j *jobs) try(ctx context.Context, id string, w work, r engine.Reporter) (attempt, error) {
	a := attempt{id: id}
	if len(j.hosts.all) == 1 {
		a.host = j.hosts.all[0]
	} else {
		var err error
		if a, err = j.find(ctx, id, r.Log); err != nil {
			return a, err
		}
	}
	r.Observe("job", a.id+" on "+a.host.Name())
	if a.view.Exists {
		return a, nil
	}
	var err error
	a.view, err = j.start(ctx, a, w, r)
	return a, err
}

// start starts the job. Repeating that is safe, so an answer that was lost on
// its way is no reason to give up.
func (j *jobs) start(ctx context.Context, a attempt, w work, r engine.Reporter) (jobView, error) {
	var view jobView
	ask, sent := rand.Text(), false
	err := j.patiently(ctx, a.host, r, func() (err error) {
		view, err = a.host.start(ctx, a.id, ask, w)
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
	return view, err
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
