package windows

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"time"
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
	logPiece = 256 << 10
)

// job is a detached job: a scheduled task and its folder. Host.mu guards it.
type job struct {
	jobRequest               // that made it
	made       time.Time     // lab time
	ended      chan struct{} // closed when it is done, failed or killed
	state      string
	over       int64 // ticks when it was done or had failed
	log        []byte
	status     any
	result     any
	cancel     context.CancelFunc
}

// under reports whether the job is still to end.
func (j *job) under() bool { return j.state == queued || j.state == running }

// kill ends the job's process where it stands. The caller holds Host.mu.
func (j *job) kill() (was bool) {
	if was = j.under(); was {
		j.state = killed
		j.cancel()
		close(j.ended)
	}
	return was
}

// work is what a job does. It reports through the functions and returns the
// result object and whether that is a success.
type work func(ctx context.Context, log func(string), status func(any)) (result any, ok bool)

// start makes the job and runs it. The caller holds Host.mu.
func (h *Host) start(r jobRequest, now time.Time, w work) *job {
	ctx, cancel := context.WithCancel(context.Background())
	j := &job{jobRequest: r, made: now, ended: make(chan struct{}), state: queued, cancel: cancel}
	h.jobs[r.ID] = j
	held := h.held
	h.running.Go(func() {
		defer cancel()
		if held != nil {
			select {
			case <-held:
			case <-ctx.Done():
			}
		}
		if !h.run(j) {
			return
		}
		result, ok := w(ctx,
			func(line string) { h.change(j, func() { j.write(line) }) },
			func(status any) { h.change(j, func() { j.status = status }) })
		h.change(j, func() {
			j.result, j.state, j.over = result, failed, h.ticks()
			switch {
			case h.fault == "damaged":
				j.result, j.state = nil, killed
			case ok:
				j.state = done
			}
			close(j.ended)
		})
	})
	return j
}

// run lets a job begin, unless it may not any more.
func (h *Host) run(j *job) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	begins := h.begins(j)
	if begins {
		defer h.reboots()
		j.state = running
		h.Estate.JobBegun(h.Name, j.Kind)
	}
	return begins
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
	switch {
	case len(j.log) >= maxLog:
	case len(j.log)+len(line)+1 >= maxLog:
		j.log = append(j.log, "The log ends here: it is full.\n"...)
	default:
		j.log = append(append(j.log, line...), '\n')
	}
}

// jobFolder is where the folders of jobs are.
const jobFolder = `C:\ProgramData\pchatops\jobs\`

// errNoID is the answer to an id that is none.
var errNoID = &failure{Kind: "refused", ID: "This is no job id.", Category: "OperationStopped", Message: "This is no job id."}

var jobID = regexp.MustCompile(`^[a-z0-9-]{1,80}$`)

// jobView is how a job stands.
type jobView struct {
	Exists  bool   `json:"exists"`
	Started *bool  `json:"started,omitempty"` // of a start
	State   string `json:"state"`
	Log     []byte `json:"log"` // base64 in JSON
	Next    int    `json:"next"`
	Status  any    `json:"status"`
	Result  any    `json:"result"`
	Task    bool   `json:"task"` // never: tasks can always be removed here
}

// view waits until a job has ended, or for so many milliseconds, and tells how
// it stands.
func (h *Host) view(ctx context.Context, j *job, offset, wait int) (jobView, error) {
	timer := time.NewTimer(min(time.Duration(max(wait, 0))*time.Millisecond, 20*time.Second))
	defer timer.Stop()
	select {
	case <-j.ended:
	case <-timer.C:
	case <-ctx.Done():
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	from := min(max(offset, 0), len(j.log))
	to := min(from+logPiece, len(j.log))
	if h.untold(j) {
		return jobView{}, errRPC
	}
	v := jobView{Exists: true, State: j.state, Log: append([]byte{}, j.log[from:to]...), Next: to, Status: j.status}
	if to-from < logPiece {
		v.Result = j.result // with the last piece of the log
	}
	return v, nil
}

// jobRequest is the request of job-start.
type jobRequest struct {
	ID       string          `json:"id"`
	Ask      string          `json:"ask"` // this request's own name
	By       string          `json:"by"`
	Kind     string          `json:"kind"`
	RunAs    string          `json:"runAs"`
	Wait     int             `json:"wait"`
	Run      string          `json:"run"`      // whose job it is
	Ticket   string          `json:"ticket"`   // by which it may be started
	NotAfter int64           `json:"notAfter"` // in ticks of this host
	Work     string          `json:"work"`     // what makes it the same work as another job
	Request  json.RawMessage `json:"request"`
}

func jobStart(ctx context.Context, h *Host, c call) (any, error) {
	r, err := decode[jobRequest](c.request)
	if err != nil {
		return nil, err
	}
	if !jobID.MatchString(r.ID) {
		return nil, errNoID
	}
	var w work
	switch r.Kind {
	case "cmdlet":
		w, err = h.cmdletJob(r.Request)
	case "copy":
		w, err = h.copyJob(r.ID, r.Request)
	case "probe":
		w, err = h.probeJob(r.ID, r.RunAs, r.Request)
	default:
		err = refused("There is no job of kind %.100q.", r.Kind)
	}
	if err != nil {
		return nil, err
	}
	j, made, err := h.claim(r, c.secret, w)
	if err != nil {
		return nil, err
	}
	v, err := h.view(ctx, j, 0, r.Wait)
	if err != nil { // it is there, and more is not known
		v = jobView{Exists: true, State: queued, Log: []byte{}}
	}
	started := made || (r.Ask != "" && r.Ask == j.Ask)
	v.Started = &started
	return v, nil
}

// claim gives the job of an id, and starts it where there is none.
func (h *Host) claim(r jobRequest, password string, w work) (j *job, made bool, err error) {
	now := h.Estate.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	switch j := h.jobs[r.ID]; {
	case j != nil:
		return j, false, nil
	case !h.on:
		return nil, false, errors.New("the host is shutting down")
	case r.Kind != "probe" && h.refusal(r) != nil:
		return nil, false, h.refusal(r)
	case h.fault == "register":
		return nil, false, failureOf(errDenied, jobFolder+r.ID)
	}
	if err := h.logon(r.RunAs, password); err != nil {
		return nil, false, failureOf(err, jobFolder+r.ID)
	}
	return h.start(r, now, w), true, nil
}

func jobPoll(ctx context.Context, h *Host, c call) (any, error) {
	r, err := decode[struct {
		ID     string `json:"id"`
		Offset int    `json:"offset"`
		Wait   int    `json:"wait"`
	}](c.request)
	if err != nil {
		return nil, err
	}
	if !jobID.MatchString(r.ID) {
		return nil, errNoID
	}
	h.mu.Lock()
	j := h.jobs[r.ID]
	h.mu.Unlock()
	if j == nil {
		return jobView{Log: []byte{}}, nil
	}
	return h.view(ctx, j, r.Offset, r.Wait)
}

type idRequest struct {
	ID string `json:"id"`
}

func jobStop(_ context.Context, h *Host, c call) (any, error) {
	r, err := decode[idRequest](c.request)
	if err != nil {
		return nil, err
	}
	if !jobID.MatchString(r.ID) {
		return nil, errNoID
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	j := h.jobs[r.ID]
	if j != nil && h.fault == "query" {
		return nil, errRPC
	}
	return struct {
		Stopped bool `json:"stopped"`
	}{j != nil && j.kill()}, nil
}
