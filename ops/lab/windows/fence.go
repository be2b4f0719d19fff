package windows

import "time"

// fence says who may start jobs on a host: whoever has taken the last ticket, by
// that one ticket. Host.mu guards it.
type fence struct{ ticket string }

// The reasons for which a job is not begun, as the contract calls them.
const (
	overtaken = "overtaken"
	late      = "late"
)

// take gives a run a ticket. What other runs have asked for and is not begun
// yet never is. The caller holds Host.mu.
func (h *Host) take(run, ticket string) {
	h.fence.ticket = ticket
	for _, j := range h.jobs {
		if j.state == queued && j.Run != run {
			j.refuse(overtaken, "Another console drives now.")
		}
	}
}

// refusal gives the reason for which a start is not honoured, nil where it is.
// The caller holds Host.mu.
func (h *Host) refusal(r jobRequest) *failure {
	switch {
	case h.fence.ticket != r.Ticket:
		return &failure{Kind: overtaken, Message: "Another console has taken its ticket on this host since."}
	case h.ticks() > r.NotAfter:
		return &failure{Kind: late, Message: "The time in which this job might be started is over."}
	}
	return nil
}

// begin says whether a job that is due may begin. The caller holds Host.mu.
func (h *Host) begins(j *job) bool {
	if j.state == queued && h.ticks() > j.NotAfter {
		j.refuse(late, "The time in which this job might be begun is over.")
	}
	if f := h.unlaunched(); f != nil && j.state == queued {
		j.fail(f)
	}
	return j.state == queued
}

// refuse ends a job that has not begun.
func (j *job) refuse(kind, why string) { j.fail(&failure{Kind: kind, Message: why}) }

func (j *job) fail(why *failure) {
	j.state, j.result = failed, cmdletResult{Error: why}
	j.cancel()
	close(j.ended)
}

// ticks is the clock by which jobs are started, in milliseconds. It is the real
// one: what it bounds is how long requests take, and clients do not live faster.
func (h *Host) ticks() int64 { return h.Tick().UnixMilli() }

// Hold keeps jobs that are asked for from beginning until it is called with
// false, as a busy Task Scheduler does.
func (h *Host) Hold(on bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case on && h.held == nil:
		h.held = make(chan struct{})
	case !on && h.held != nil:
		close(h.held)
		h.held = nil
	}
}

// finished is how long the end of a job is told to who looks for its work.
const finished = time.Hour
