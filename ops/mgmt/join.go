package mgmt

import (
	"context"
	"fmt"
	"time"

	"pchatops/ops/engine"
)

// target is a cmdlet with the parameters that make two runs of it the same
// work. A parameter that a job was not given is empty.
type target struct {
	Cmdlet     string            `json:"cmdlet"`
	Parameters map[string]string `json:"parameters"`
}

// standing is a job under way, as its host tells of it.
type standing struct {
	ID    string    `json:"id"`
	State string    `json:"state"`
	Since time.Time `json:"since"`
	By    string    `json:"by"` // who started it; "": not known
}

// String says when it was started, and by whom as far as that is known.
func (s standing) String() string {
	since := s.Since.UTC().Format("2006-01-02 15:04:05") + " UTC"
	if s.By == "" {
		return since
	}
	return since + " by " + s.By
}

// find gives a job of the host that does some work and is still under way,
// whichever console started it; nil: there is none.
func (h *Host) find(ctx context.Context, t *target) (*standing, error) {
	var answer struct {
		Jobs []standing `json:"jobs"`
	}
	if err := h.Call(ctx, JobFind, t, "", &answer); err != nil || len(answer.Jobs) == 0 {
		return nil, err
	}
	s := answer.Jobs[0]
	if !jobID.MatchString(s.ID) || !plain(s.State+s.By) {
		return nil, strange(h, JobFind, s.ID)
	}
	return &s, nil
}

// join gives a job that does the same work already. Another incident, or a
// console on another machine, names its jobs otherwise, so they are looked for by
// what they do, on every host. A host that does not answer is no reason to stop:
// after a disaster some never will.
func (j *jobs) join(ctx context.Context, w work, r engine.Reporter) (attempt, error) {
	if w.lone == nil {
		return attempt{}, nil
	}
	var a attempt
	var s *standing
	silent, err := j.everywhere(ctx, func(h *Host) error {
		one, err := h.find(ctx, w.lone)
		if one != nil && s == nil {
			a, s = attempt{host: h, id: one.ID}, one
		}
		return err
	})
	if err != nil {
		return attempt{}, err
	}
	if s == nil {
		for _, f := range silent {
			r.Log(f.Target + " does not answer: whether another console's " + w.lone.Cmdlet + " still runs there is not known")
		}
		return attempt{}, nil
	}
	r.Observe("job", a.id+" on "+a.host.Name())
	r.Log(fmt.Sprintf("%s was started before, on %s at %s, and is still %s: following that job instead of starting a second; to end it, end the task pchatops-%s in the Task Scheduler of %s",
		w.lone.Cmdlet, a.host.Name(), s, s.State, a.id, a.host.Name()))
	a.view, err = j.look(ctx, a, 0, 0, r)
	return a, err
}

// other gives the job of another incident that does the same work on a host and
// is still under way; own where there is none.
func (j *jobs) other(ctx context.Context, h *Host, w work, own attempt) (attempt, error) {
	if w.lone == nil {
		return own, nil
	}
	s, err := h.find(ctx, w.lone)
	if err != nil || s == nil {
		return own, err
	}
	return attempt{host: h, id: s.ID, view: jobView{Exists: true, State: s.State}}, nil
}
