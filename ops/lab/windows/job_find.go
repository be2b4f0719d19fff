package windows

import (
	"cmp"
	"context"
	"slices"
)

// standing is a job as its host tells of it.
type standing struct {
	ID    string `json:"id"`
	State string `json:"state"`
	Since string `json:"since"`
	By    string `json:"by"`
	Run   string `json:"run"`
	Over  int64  `json:"over"` // in ticks; 0: it is under way
}

// jobFind gives a run its ticket, and tells of the jobs that do some work: those
// under way, and those that were done lately.
func jobFind(_ context.Context, h *Host, c call) (any, error) {
	wanted, err := decode[struct {
		Run    string `json:"run"`
		Ticket string `json:"ticket"` // "": only a look
		Work   string `json:"work"`   // "": only a ticket
	}](c.request)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	was := h.fence.ticket
	if wanted.Ticket != "" {
		h.take(wanted.Run, wanted.Ticket)
	}
	now, jobs := h.ticks(), []standing{}
	for _, j := range h.jobs {
		if wanted.Work != "" && j.Work == wanted.Work && h.untold(j) {
			return nil, errRPC
		}
		lately := j.state == done && now-j.over < finished.Milliseconds()
		if wanted.Work != "" && j.Work == wanted.Work && (j.under() || lately) {
			jobs = append(jobs, standing{j.ID, j.state, stamp(j.made), j.By, j.Run, j.over})
		}
	}
	slices.SortFunc(jobs, func(a, b standing) int { return cmp.Compare(a.ID, b.ID) })
	return struct {
		Now  int64      `json:"now"`
		Was  string     `json:"was"`
		Jobs []standing `json:"jobs"`
	}{now, was, jobs}, nil
}
