package mgmt

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"pchatops/ops/doctor"
	"pchatops/ops/fault"
)

const (
	probeJob = "probe"
	// probeAnswer bounds one question to a host that may accept and never answer.
	probeAnswer = 15 * time.Second
	// never is a limit on any host's clock that does not come: a probe changes
	// nothing, so that it may begin late.
	never = 1 << 52
)

// Sent are the cmdlets of F5, F6 and F7 with the parameters that they may be sent.
var Sent = []doctor.ProbeCmdlet{
	{Name: "Set-CsPersistentChatState", Parameters: []string{"Identity", "PoolState", "Confirm", "Verbose"}},
	{Name: "Set-CsPersistentChatActiveServer", Parameters: []string{"Identity", "ActiveServers", "Confirm", "Verbose"}},
	{Name: "Install-CsMirrorDatabase", Parameters: []string{
		"DatabaseType", "SqlServerFqdn", "SqlInstanceName", "FileShare", "DropExistingDatabasesOnMirror", "Confirm", "Verbose",
	}},
}

// Greet asks the host for itself: the first thing that tells whether it answers.
func (h *Host) Greet(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeAnswer)
	defer cancel()
	var facts struct {
		Computer string `json:"computer"`
	}
	return h.Call(ctx, HostFacts, struct{}{}, "", &facts)
}

// probeView is the view of a probe job.
type probeView struct {
	Exists bool            `json:"exists"`
	State  string          `json:"state"`
	Status json.RawMessage `json:"status"`
	Result json.RawMessage `json:"result"`
	Task   bool            `json:"task"`
}

// Probing is a probe job on a host.
type Probing struct {
	host *Host
	id   string
	view probeView
}

// StartProbe starts the job that tries what the other jobs need. It takes no ticket
// of the host, so that whoever drives the site goes on driving it.
func (h *Host) StartProbe(ctx context.Context, r doctor.ProbeRequest) (*Probing, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*probeAnswer)
	defer cancel()
	p := &Probing{host: h, id: "pchatops-probe-" + strings.ToLower(rand.Text()[:16])}
	err := h.callAs(ctx, JobStart(probeJob), func(account string) any {
		return startRequest{
			ID: p.id, Ask: rand.Text(), By: h.options.By, Kind: probeJob, RunAs: account, Wait: 0, Request: r, Run: h.options.Run, NotAfter: never,
		}
	}, &p.view)
	return p, err
}

// Follow waits for the end of the job and fills in what it told.
func (p *Probing) Follow(ctx context.Context, into *doctor.Host) {
	var err error
	for err == nil && p.view.under() && ctx.Err() == nil {
		next := probeView{}
		ask, cancel := context.WithTimeout(ctx, probeAnswer)
		if err = p.host.Call(ask, JobPoll, pollRequest{ID: p.id, Wait: 3000}, "", &next); err == nil {
			p.view = next
		}
		cancel()
	}
	told := p.view.Result
	switch {
	case p.view.under():
		into.Late = "the job has not ended"
		if err != nil {
			into.Late = "the job cannot be followed: " + err.Error()
		}
		told = p.view.Status
	case p.view.State == jobKilled:
		into.Late = "the job was ended before its time"
		told = p.view.Status
	}
	p.take(told, into)
}

func (v probeView) under() bool { return v.State == jobQueued || v.State == jobRunning }

// maxTold bounds what a probe may tell.
const maxTold = 1 << 20

// take reads what a job told. Whatever is not what a probe tells is not known.
func (p *Probing) take(told json.RawMessage, into *doctor.Host) {
	const tried = "read the answer of the probe job"
	strange := func(text string) error {
		return &fault.Error{Class: fault.Other, Tried: tried, Target: p.host.Name(), Text: text, Do: "look at the host: its answer is not that of the console's script"}
	}
	var v verdict
	probe := &doctor.Probe{}
	switch {
	case len(told) == 0 || string(told) == "null":
		into.Started = strange(into.Late + ", and has told nothing")
	case len(told) > maxTold:
		into.Started = strange(fmt.Sprintf("the answer has %d bytes", len(told)))
	case json.Unmarshal(told, &v) != nil:
		into.Started = strange("it is no answer: " + clip(string(told), 200))
	case !v.OK && v.Error != nil:
		into.Started = v.Error.trouble("run the probe job", p.host.Name())
	case !v.OK:
		into.Started = strange("it failed and gave no reason")
	default:
		if err := json.Unmarshal(told, probe); err != nil {
			into.Started = strange(err.Error())
			return
		}
		into.Probe = plainly(probe)
	}
}

// plainly takes out of foreign text what is no text.
func plainly(p *doctor.Probe) *doctor.Probe {
	b, _ := json.Marshal(p) // it was made from JSON
	text := strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) {
			return -1
		}
		return r
	}, string(b))
	out := &doctor.Probe{}
	if json.Unmarshal([]byte(text), out) != nil {
		return p
	}
	return out
}

// Sweep takes away what the job left on its host, and says what is left.
func (p *Probing) Sweep(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), probeAnswer)
	defer cancel()
	var answer struct {
		Left []string `json:"left"`
	}
	err := p.host.Call(ctx, ProbeSweep, idRequest{p.id}, "", &answer)
	switch {
	case err != nil:
		return p.id + " may be left: " + err.Error()
	case len(answer.Left) > 0:
		return clip(strings.Join(answer.Left, ", "), 300) + " could not be deleted"
	}
	return ""
}

// Turnstile lets one attempt to log in with a credential through at a time, and none
// after it was refused: the same wrong password sent to all hosts would lock the
// account.
type Turnstile struct {
	mu      sync.Mutex
	turns   map[string]chan struct{}
	refused map[string]error
}

// stolen is how long an attempt waits for the one before.
const stolen = 2 * time.Second

// Pass runs an attempt under a credential's name.
func (t *Turnstile) Pass(ctx context.Context, name string, try func() error) error {
	turn := t.turn(name)
	timer := time.NewTimer(stolen)
	defer timer.Stop()
	select {
	case turn <- struct{}{}:
		defer func() { <-turn }()
	case <-timer.C: // a server that hangs keeps nobody
	case <-ctx.Done():
		return ctx.Err()
	}
	t.mu.Lock()
	refused := t.refused[name]
	t.mu.Unlock()
	if refused != nil {
		return refused
	}
	err := try()
	if f := new(fault.Error); errors.As(err, &f) && f.Class == fault.Login {
		t.mu.Lock()
		again := *f
		again.Text = "not tried here, as " + f.Target + " has refused this account and another attempt could lock it: " + f.Text
		t.refused[name] = &again
		t.mu.Unlock()
	}
	return err
}

func (t *Turnstile) turn(name string) chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.turns == nil {
		t.turns, t.refused = map[string]chan struct{}{}, map[string]error{}
	}
	if t.turns[name] == nil {
		t.turns[name] = make(chan struct{}, 1)
	}
	return t.turns[name]
}
