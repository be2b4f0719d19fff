package windows

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
)

// The states of a job.
const (
	queued  = "queued"
	running = "running"
	done    = "done"
	failed  = "failed"
	killed  = "killed"
)

const (
	maxLog   = 4 << 20
	logPiece = 64 << 10
)

// job is a detached job: a scheduled task and its folder. Host.mu guards it.
type job struct {
	id     string
	state  string
	log    []byte
	status any
	result any
	task   bool // the task, with the password stored in it, still exists
	cancel context.CancelFunc
}

// kill ends the job's process where it stands. The caller holds Host.mu.
func (j *job) kill() (was bool) {
	if was = j.state == queued || j.state == running; was {
		j.state = killed
		j.cancel()
	}
	return was
}

// work is what a job does. It reports through the functions and returns the
// result object and whether that is a success.
type work func(ctx context.Context, log func(string), status func(any)) (result any, ok bool)

// start makes the job and runs it. The caller holds Host.mu.
func (h *Host) start(id string, w work) *job {
	ctx, cancel := context.WithCancel(context.Background())
	j := &job{id: id, state: queued, task: true, cancel: cancel}
	h.jobs[id] = j
	h.running.Go(func() {
		defer cancel()
		h.change(j, func() { j.state = running })
		result, ok := w(ctx,
			func(line string) { h.change(j, func() { j.write(line) }) },
			func(status any) { h.change(j, func() { j.status = status }) })
		h.change(j, func() {
			j.result, j.state = result, failed
			if ok {
				j.state = done
			}
		})
	})
	return j
}

// change alters a job unless it was killed: a dead process writes nothing.
func (h *Host) change(j *job, f func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if j.state != killed {
		f()
	}
}

func (j *job) write(line string) {
	if len(j.log)+len(line) < maxLog {
		j.log = append(append(j.log, line...), "\r\n"...)
	}
}

var jobID = regexp.MustCompile(`^[a-z0-9-]{1,80}$`)

func jobStart(_ context.Context, h *Host, c call) (any, error) {
	r, err := decode[struct {
		ID      string          `json:"id"`
		Kind    string          `json:"kind"`
		RunAs   string          `json:"runAs"`
		Request json.RawMessage `json:"request"`
	}](c.request)
	if err != nil {
		return nil, err
	}
	if !jobID.MatchString(r.ID) {
		return nil, refused("%.100q is no job id.", r.ID)
	}
	var w work
	switch r.Kind {
	case "cmdlet":
		w, err = h.cmdletJob(r.Request)
	case "copy":
		w, err = h.copyJob(r.ID, r.Request)
	default:
		err = refused("There is no job of kind %.100q.", r.Kind)
	}
	if err != nil {
		return nil, err
	}

	h.mu.Lock()
	defer h.mu.Unlock()
	j, existed := h.jobs[r.ID], true
	if j == nil {
		if !h.on {
			return nil, errors.New("the host is shutting down")
		}
		if !h.knows(r.RunAs, c.secret) {
			return nil, errLogonFailure
		}
		j, existed = h.start(r.ID, w), false
	}
	return struct {
		Started bool   `json:"started"`
		State   string `json:"state"`
	}{!existed, j.state}, nil
}

func jobPoll(_ context.Context, h *Host, c call) (any, error) {
	r, err := decode[struct {
		ID     string `json:"id"`
		Offset int    `json:"offset"`
	}](c.request)
	if err != nil {
		return nil, err
	}
	answer := struct {
		Exists bool   `json:"exists"`
		State  string `json:"state"`
		Log    []byte `json:"log"` // base64 in JSON
		Next   int    `json:"next"`
		Status any    `json:"status"`
		Result any    `json:"result"`
	}{Next: r.Offset, Log: []byte{}}
	h.mu.Lock()
	defer h.mu.Unlock()
	if j := h.jobs[r.ID]; j != nil {
		from := min(max(r.Offset, 0), len(j.log))
		to := min(from+logPiece, len(j.log))
		answer.Exists, answer.State, answer.Log, answer.Next = true, j.state, append([]byte{}, j.log[from:to]...), max(r.Offset, to)
		answer.Status, answer.Result = j.status, j.result
	}
	return answer, nil
}

type idRequest struct {
	ID string `json:"id"`
}

func jobStop(_ context.Context, h *Host, c call) (any, error) {
	r, err := decode[idRequest](c.request)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	j := h.jobs[r.ID]
	return struct {
		Stopped bool `json:"stopped"`
	}{j != nil && j.kill()}, nil
}

func jobClean(_ context.Context, h *Host, c call) (any, error) {
	r, err := decode[idRequest](c.request)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	j := h.jobs[r.ID]
	removed := j != nil && j.task
	if removed {
		j.task = false
	}
	return struct {
		Removed bool `json:"removed"`
	}{removed}, nil
}
