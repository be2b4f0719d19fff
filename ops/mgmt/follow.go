package mgmt

import (
	"context"
	"fmt"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/lease"
	"pchatops/ops/pause"
)

// logPiece is how much of its log a job gives at a time.
const logPiece = 256 << 10

// do begins or resumes a job and follows it to its end. One that its host never
// began, because it was late or another console came in between, is started anew:
// this console has proved its right since.
func (j *jobs) do(ctx context.Context, w work, r engine.Reporter) (result *jobResult, err error) {
	for range 3 {
		result, err = j.once(ctx, w, r)
		if err != nil || result.Error == nil || result.Error.Kind == unbegun || !notBegun(result.Error.trouble("", "")) {
			break // what the host cannot begin, it cannot begin a second time
		}
		r.Log("the host did not begin the job: " + clip(result.Error.Message, 300))
	}
	return result, err
}

func (j *jobs) once(ctx context.Context, w work, r engine.Reporter) (*jobResult, error) {
	a, err := j.begin(ctx, w, r)
	if err != nil {
		return nil, err
	}
	if err := w.sends(a, r); err != nil { // it may be another than was to be begun
		return nil, lost(a.host, "the job runs, and that cannot be put on record: "+err.Error(), err)
	}
	view, err := j.follow(ctx, a, r)
	if err != nil {
		return nil, err
	}
	w.ended(r)
	if view.Task {
		r.Log("the job's task could not be cleared away: delete pchatops-" + a.id + " in the Task Scheduler of " + a.host.Name() + ", it holds a password")
	}
	if view.State == jobKilled || view.Result == nil {
		return nil, lost(a.host, "the job was ended before its time, or what it left of its result cannot be read: the host went down, or somebody stopped it", nil)
	}
	if res := view.Result; !res.OK && (res.Error == nil || !notBegun(res.Error.trouble("", ""))) {
		r.Progress(engine.Progress{Percent: -1, Begun: true}) // what it did before it failed, nobody tells
	}
	return view.Result, nil
}

// follow passes on the log and the progress of a job until it has ended. It
// asks again at most every Poll, however soon the host answers.
func (j *jobs) follow(ctx context.Context, a attempt, r engine.Reporter) (jobView, error) {
	log := lines{emit: r.Log}
	view, beside := a.view, onlooker{attempt: a, options: j.options, next: j.options.Now().Add(again / 6)}
	if view.under() {
		r.Progress(engine.Progress{Percent: -1, Apart: true})
	}
	for offset := int64(0); ; {
		log.add(view.Log)
		stay := j.options.Poll
		if len(view.Log) >= logPiece && view.Next > offset {
			stay = 0 // the rest of the log is there already
		}
		offset = max(offset, view.Next)
		if view.Status != nil {
			r.Progress(view.Status.progress())
		}
		if stay > 0 && !view.under() {
			log.flush()
			return view, nil
		}
		beside.view = view
		beside.look(ctx, r)
		asked := time.Now()
		var err error
		if view, err = j.look(ctx, a, offset, stay, r); err != nil {
			return view, err
		}
		if view.under() && lease.Of(ctx).Gone() {
			return view, lost(a.host, "the right to drive this site is gone: the job goes on without being followed", nil)
		}
		if view.under() {
			err = pause.For(ctx, stay-time.Since(asked))
		}
		if err != nil {
			return view, lost(a.host, "the console stopped following the job", err)
		}
	}
}

// slow is how long a host that is busy may take to tell how a job stands. Past it,
// it is silent.
const slow = 20 * time.Second

// look asks for news of a job that is known to be there.
func (j *jobs) look(ctx context.Context, a attempt, offset int64, stay time.Duration, r engine.Reporter) (view jobView, err error) {
	err = j.patiently(ctx, a, r, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, stay+slow)
		defer cancel()
		view, err = a.host.poll(ctx, a.id, offset, stay)
		if own(err) && !transient(err) {
			return final(lost(a.host, "the job cannot be followed: "+err.Error(), err))
		}
		return err
	})
	if err == nil && !view.Exists {
		err = lost(a.host, "the host does not know the job any more", nil)
	}
	return view, err
}

// outcome turns a job's result into the action's error.
func (res *jobResult) outcome(tried, target string) error {
	switch {
	case res.OK:
		return nil
	case res.Error != nil:
		return res.Error.trouble(tried, target)
	case len(res.Failed) > 0:
		first := res.Failed[0].Error
		first.Path = res.Failed[0].Name
		err := first.fault(tried, target)
		if more := len(res.Failed) - 1; more > 0 {
			err.Text += fmt.Sprintf(" (and %d more files failed)", more)
		}
		return err
	}
	return &fault.Error{Class: fault.Other, Tried: tried, Target: target, Text: "the job failed and gave no reason", Do: "look at its folder on the host (%ProgramData%\\pchatops\\jobs)"}
}
