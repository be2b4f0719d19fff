package mgmt

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"

	"pchatops/ops/engine"
)

// The two kinds of jobs.
const (
	cmdletJob = "cmdlet"
	copyJob   = "copy"
)

// work is what a job does: its kind and the request of that kind.
type work struct {
	kind    string
	name    string // begins the job's id: "install-mirror"
	request any
}

// startRequest is the request of job-start.
type startRequest struct {
	ID      string `json:"id"`
	Kind    string `json:"kind"`
	RunAs   string `json:"runAs"`
	Request any    `json:"request"`
}

// idRequest is the request of job-stop and job-clean.
type idRequest struct {
	ID string `json:"id"`
}

// pollRequest is the request of job-poll.
type pollRequest struct {
	ID     string `json:"id"`
	Offset int64  `json:"offset"`
}

// The states of a job.
const (
	jobQueued  = "queued"
	jobRunning = "running"
	jobDone    = "done"
	jobFailed  = "failed"
	jobKilled  = "killed" // its host went down while it ran
)

// jobView is the answer of job-poll.
type jobView struct {
	Exists bool       `json:"exists"`
	State  string     `json:"state"`
	Log    []byte     `json:"log"`
	Next   int64      `json:"next"`
	Status *jobStatus `json:"status"`
	Result *jobResult `json:"result"`
}

// under reports whether the job is still to end.
func (v jobView) under() bool { return v.State == jobQueued || v.State == jobRunning }

// jobStatus is what a copy job says about itself.
type jobStatus struct {
	File       string `json:"file"`
	Bytes      int64  `json:"bytes"`
	TotalBytes int64  `json:"totalBytes"`
	FilesDone  int    `json:"filesDone"`
	FilesTotal int    `json:"filesTotal"`
}

func (s jobStatus) progress() engine.Progress {
	p := engine.Progress{Percent: -1, Done: s.Bytes, Total: s.TotalBytes, Unit: "bytes"}
	if s.TotalBytes > 0 {
		p.Percent = min(100, 100*float64(s.Bytes)/float64(s.TotalBytes))
	}
	p.Note = fmt.Sprintf("%d of %d files  %s", s.FilesDone, s.FilesTotal, clip(s.File, 200))
	return p
}

// jobResult is what a job leaves at its end.
type jobResult struct {
	OK     bool         `json:"ok"`
	Error  *failure     `json:"error"`
	Files  []copied     `json:"files"`
	Failed []failedFile `json:"failed"`
}

// copied is a file that is in the copy folder and proven.
type copied struct {
	Name   string `json:"n"`
	Bytes  int64  `json:"len"`
	SHA256 string `json:"sha256"`
	Kept   bool   `json:"kept"` // it was there already
}

type failedFile struct {
	Name  string  `json:"n"`
	Error failure `json:"error"`
}

// jobID is what the hosts' scripts take for an id.
var jobID = regexp.MustCompile(`^[a-z0-9-]{1,80}$`)

// baseID makes the id of the first attempt: the same work in the same incident
// always has the same.
func baseID(o Options, w work) (string, error) {
	document, err := encode(w.request)
	if err != nil {
		return "", fmt.Errorf("encode the job: %w", err)
	}
	sum := sha256.Sum256(append([]byte(w.kind), document...))
	id := o.JobID(w.name + "-" + hex.EncodeToString(sum[:4]))
	if !jobID.MatchString(attemptID(id, maxAttempts)) {
		return "", fmt.Errorf("%q makes no job id", clip(id, 100))
	}
	return id, nil
}

// maxAttempts bounds how often the same work is started in one incident.
const maxAttempts = 99

// attemptID numbers the attempts from the second.
func attemptID(base string, attempt int) string {
	if attempt == 1 {
		return base
	}
	return fmt.Sprintf("%s-%d", base, attempt)
}

// start starts a job under its id; a job that is there already stays as it is.
func (h *Host) start(ctx context.Context, id string, w work) error {
	return h.callAs(ctx, JobStart, func(account string) any {
		return startRequest{ID: id, Kind: w.kind, RunAs: account, Request: w.request}
	}, nil)
}

// poll looks at a job and takes its log from an offset on.
func (h *Host) poll(ctx context.Context, id string, offset int64) (jobView, error) {
	var view jobView
	err := h.Call(ctx, JobPoll, pollRequest{ID: id, Offset: offset}, "", &view)
	return view, err
}

// StopJob ends a running job. What it was doing stays half done.
func (h *Host) StopJob(ctx context.Context, id string) (stopped bool, err error) {
	var answer struct {
		Stopped bool `json:"stopped"`
	}
	err = h.Call(ctx, JobStop, idRequest{id}, "", &answer)
	return answer.Stopped, err
}
