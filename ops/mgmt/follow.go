package mgmt

import (
	"context"
	"fmt"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
)

// logPiece is how much of its log a job gives at a time.
const logPiece = 64 << 10

// do begins or resumes a job, follows it to its end and clears its task away.
func (j *jobs) do(ctx context.Context, w work, r engine.Reporter) (*jobResult, error) {
	a, err := j.begin(ctx, w, r)
	if err != nil {
		return nil, err
	}
	view, err := j.follow(ctx, a, r)
	if err != nil {
		return nil, err
	}
	if err := a.host.Call(ctx, JobClean, idRequest{a.id}, "", nil); err != nil {
		r.Log("the job's task could not be cleared away (it removes itself when it ends): " + err.Error())
	}
	if view.State == jobKilled || view.Result == nil {
		return nil, lost(a.host, "the job was ended before its time: the host went down, or somebody stopped it", nil)
	}
	return view.Result, nil
}

// follow passes on the log and the progress of a job until it has ended.
func (j *jobs) follow(ctx context.Context, a attempt, r engine.Reporter) (jobView, error) {
	log := lines{emit: r.Log}
	var offset int64
	// Most cmdlets end within a second or two, mirrors take half an hour.
	for pause := j.options.Poll / 16; ; pause = min(2*pause, j.options.Poll) {
		var view jobView
		err := j.patiently(ctx, a.host, r, func() (err error) {
			view, err = a.host.poll(ctx, a.id, offset)
			if own(err) && !transient(err) {
				return final(lost(a.host, "the job cannot be followed: "+err.Error(), err))
			}
			return err
		})
		if err != nil {
			return view, err
		}
		if !view.Exists {
			return view, lost(a.host, "the host does not know the job any more", nil)
		}
		log.add(view.Log)
		more := len(view.Log) >= logPiece && view.Next > offset
		offset = max(offset, view.Next)
		if view.Status != nil {
			r.Progress(view.Status.progress())
		}
		switch {
		case more:
			continue // the rest of the log is there already
		case !view.under():
			log.flush()
			return view, nil
		}
		if err := wait(ctx, pause); err != nil {
			return view, lost(a.host, "the console stopped following the job", err)
		}
	}
}

// outcome turns a job's result into the action's error.
func (res *jobResult) outcome(tried, target string) error {
	switch {
	case res.OK:
		return nil
	case res.Error != nil:
		return res.Error.fault(tried, target)
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
