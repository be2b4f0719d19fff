package mgmt

import (
	"context"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/lease"
)

// findRequest is the request of job-find. Ticket is one that Run takes, "" for a
// mere look; Work is what the jobs do that are looked for.
type findRequest struct {
	Run    string `json:"run"`
	Ticket string `json:"ticket"`
	Work   string `json:"work"`
}

// findAnswer is its answer.
type findAnswer struct {
	Now  int64      `json:"now"` // the host's clock, in milliseconds
	Was  string     `json:"was"` // the ticket that was the last so far; "": none was
	Jobs []standing `json:"jobs"`
}

// standing is a job as its host tells of it: under way, or done lately.
type standing struct {
	ID    string    `json:"id"`
	State string    `json:"state"`
	Since time.Time `json:"since"`
	By    string    `json:"by"`   // who started it; "": not known
	Run   string    `json:"run"`  // and in which run
	Over  int64     `json:"over"` // the host's clock when it was done; 0: it is under way

	host *Host
	age  time.Duration // since it was done
}

// whose says which job of this very work is followed, and who started it when, as
// far as its host tells.
func (a attempt) whose(ctx context.Context, r engine.Reporter) {
	s := standing{ID: a.id, State: a.view.State, host: a.host}
	if a.work.same != "" {
		answer, _ := a.host.find(ctx, findRequest{Work: a.work.same}) // a host that does not tell holds nothing up
		for _, known := range answer.Jobs {
			if known.ID == a.id {
				s = known
			}
		}
	}
	s.tell(a.work, r)
}

// String says when it was started, and by whom as far as that is known.
func (s standing) String() string {
	if s.Since.IsZero() {
		return "a time that is not known"
	}
	since := s.Since.UTC().Format("2006-01-02 15:04:05") + " UTC"
	if s.By == "" {
		return since
	}
	return since + " by " + s.By
}

// find takes the ticket of a host and gives its jobs that do some work, whichever
// console started them.
func (h *Host) find(ctx context.Context, q findRequest) (findAnswer, error) {
	var answer findAnswer
	err := h.Call(ctx, JobFind, q, "", &answer)
	h.noteSilence(err)
	if err != nil {
		return answer, err
	}
	if q.Ticket != "" {
		h.took(q.Run, answer.Was)
	}
	for n := range answer.Jobs {
		s := &answer.Jobs[n]
		if !jobID.MatchString(s.ID) || !plain(s.State+s.By+s.Run) {
			return answer, strange(h, JobFind, s.ID)
		}
		s.host, s.age = h, time.Duration(max(0, answer.Now-s.Over))*time.Millisecond
	}
	return answer, nil
}

// join gives a job that does the same work already. Another incident, or a
// console on another machine, names its jobs otherwise, so they are looked for by
// what they do, on every host.
func (j *jobs) join(ctx context.Context, w work, r engine.Reporter) (attempt, error) {
	if w.same == "" {
		return attempt{}, nil
	}
	found, silent, err := j.seek(ctx, w)
	if err != nil {
		return attempt{}, err
	}
	s := j.recent(w, found)
	if s == nil {
		if err := j.elsewhere(w, silent); err != nil {
			return attempt{}, err
		}
		for _, f := range silent {
			r.Log(f.Target + " does not answer: whether another console's " + w.what + " still runs there is not known")
		}
		return attempt{}, nil
	}
	if err := lease.Check(ctx, 0); err != nil {
		return attempt{}, err // who drives no more has no use for what another console did
	}
	s.tell(w, r)
	a := attempt{host: s.host, id: s.ID, work: w}
	a.view, err = j.look(ctx, a, 0, 0, r)
	return a, err
}

// other gives the job of another incident that does the same work on a host and
// is still under way; own where there is none.
func (j *jobs) other(ctx context.Context, h *Host, w work, own attempt) (attempt, error) {
	if w.same == "" {
		return own, nil
	}
	answer, err := h.find(ctx, findRequest{Work: w.same})
	if err != nil {
		return own, err
	}
	for _, s := range answer.Jobs {
		if s.Over == 0 {
			return attempt{host: h, id: s.ID, view: jobView{Exists: true, State: s.State}}, nil
		}
	}
	return own, nil
}
