package mgmt

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/procedures"
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
	what    string // in the field's words
	request any
	// same is what makes it the same work, whoever does it: no two jobs may do it
	// at the same time. "": that does no harm.
	same    string
	planned time.Time // when it was found to be needed
	brief   bool      // it takes seconds
	// effect tells whether it has taken effect, as the servers say that it changes;
	// nil: they cannot be asked.
	effect procedures.Effect
}

// startRequest is the request of job-start. Ask is this request's own name, by
// which a repetition of it is told from an earlier console's; By is who asks.
type startRequest struct {
	ID      string `json:"id"`
	Ask     string `json:"ask"`
	By      string `json:"by"`
	Kind    string `json:"kind"`
	RunAs   string `json:"runAs"`
	Wait    int64  `json:"wait"`
	Request any    `json:"request"`
	// Run is who asks, and Ticket by which leave; NotAfter bounds the start on the
	// host's clock.
	Run      string `json:"run"`
	Ticket   string `json:"ticket"`
	NotAfter int64  `json:"notAfter"`
	Work     string `json:"work"`
}

// idRequest is the request of job-stop.
type idRequest struct {
	ID string `json:"id"`
}

// pollRequest is the request of job-poll. Wait is how many milliseconds the host
// may wait for the end of the job before it answers.
type pollRequest struct {
	ID     string `json:"id"`
	Offset int64  `json:"offset"`
	Wait   int64  `json:"wait"`
}

// The states of a job.
const (
	jobQueued  = "queued"
	jobRunning = "running"
	jobDone    = "done"
	jobFailed  = "failed"
	jobKilled  = "killed" // it was ended, or its result is damaged: how it ended is not known
)

// jobView is the answer of job-poll and job-start.
type jobView struct {
	Exists bool       `json:"exists"`
	Ours   bool       `json:"started"` // by this very request
	State  string     `json:"state"`
	Log    []byte     `json:"log"`
	Next   int64      `json:"next"`
	Status *jobStatus `json:"status"`
	Result *jobResult `json:"result"`
	Task   bool       `json:"task"` // the ended job's task, with its password, could not be removed
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
	document := []byte(w.same)
	if w.same == "" {
		var err error
		if document, err = encode(w.request); err != nil {
			return "", fmt.Errorf("encode the job: %w", err)
		}
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

// start starts a job under its id and stays with it for a moment, so that one
// that ends soon needs no further call. A job that is there already stays as it
// is.
func (h *Host) start(ctx context.Context, id, ask string, w work, t ticket) (jobView, error) {
	var view jobView
	err := h.callAs(ctx, JobStart(w.kind), func(account string) any {
		return startRequest{
			ID: id, Ask: ask, By: h.options.By, Kind: w.kind, RunAs: account, Wait: h.options.Poll.Milliseconds(), Request: w.request,
			Run: t.run, Ticket: t.name, NotAfter: t.limit(), Work: w.same,
		}
	}, &view)
	return view, err
}

// poll looks at a job and takes its log from an offset on. The host answers once
// the job has ended, or after the time given.
func (h *Host) poll(ctx context.Context, id string, offset int64, stay time.Duration) (jobView, error) {
	var view jobView
	err := h.Call(ctx, JobPoll, pollRequest{ID: id, Offset: offset, Wait: stay.Milliseconds()}, "", &view)
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
