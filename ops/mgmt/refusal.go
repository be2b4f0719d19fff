package mgmt

import (
	"context"
	"math"
	"strings"
	"sync"
	"time"

	"pchatops/ops/fault"
)

// refusal remembers a refused login, so that polling does not lock the account.
type refusal struct {
	secret string
	at     time.Time
	err    error
}

// refusedFor is how long a refused password is not sent again. Ten minutes stay
// below the usual lock-out of an account.
const refusedFor = 10 * time.Minute

// noteRefusal remembers a login fault, and lets the next call ask for the secret
// again.
func (h *Host) noteRefusal(err error) error {
	if fault.Is(err, fault.Login) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.refusal = refusal{secret: h.opened, at: h.options.Now(), err: err}
		if h.wire != nil {
			h.wire.close()
			h.wire = nil
		}
	}
	return err
}

// stands repeats a refusal while it is fresh and the secret is the same.
func (r refusal) stands(secret string, now time.Time, host string) error {
	if !r.same(secret, now, refusedFor) {
		return nil
	}
	return &fault.Error{
		Class: fault.Login, Tried: "log in", Target: host, Cause: r.err,
		Text: "this password was refused at " + r.at.UTC().Format(time.TimeOnly) + " UTC and is not sent again before " + r.at.Add(refusedFor).UTC().Format(time.TimeOnly) + " UTC, to spare the account from being locked",
		Do:   "correct user or password (the console notices), or have the account unlocked",
	}
}

// same reports whether a secret was refused no longer ago than that.
func (r refusal) same(secret string, now time.Time, within time.Duration) bool {
	return r.err != nil && r.secret == secret && now.Sub(r.at) < within
}

// Refusals are the run-as passwords that any host of a site has refused: they are
// the domain's, so no host is asked with one again.
type Refusals struct {
	mu  sync.Mutex
	all map[string]refusal // by account
}

// NewRefusals makes the memory that all hosts of a site share.
func NewRefusals() *Refusals { return &Refusals{all: map[string]refusal{}} }

// note remembers how a logon of the run-as account ended; nil: it was taken.
func (r *Refusals) note(account, password string, now time.Time, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.all, strings.ToLower(account))
	if err != nil {
		r.all[strings.ToLower(account)] = refusal{secret: password, at: now, err: err}
	}
}

// stands repeats a refusal of the same password within a time.
func (r *Refusals) stands(account, password, host string, now time.Time, within time.Duration) error {
	r.mu.Lock()
	refused := r.all[strings.ToLower(account)]
	r.mu.Unlock()
	if !refused.same(password, now, within) {
		return nil
	}
	return &fault.Error{
		Class: fault.Login, Tried: "go on the network as the run-as account " + account, Target: host, Cause: refused.err,
		Text: "its password was refused at " + refused.at.UTC().Format(time.TimeOnly) + " UTC and is not sent again by itself, to spare the account from being locked: " + refused.err.Error(),
		Do:   "correct its password (the console notices), or have the account unlocked: from " + refused.at.Add(refusedFor).UTC().Format(time.TimeOnly) + " UTC a step that starts a job asks with it once more",
	}
}

// ever is for whoever asks again and again by itself.
const ever time.Duration = math.MaxInt64

// readAs runs a reading script, with the run-as account behind it where there is
// one: the script itself uses it only where the shell's own logon does not reach the
// next server. Where the account cannot be used, the read is tried without it, and
// why it cannot comes back beside, for what only it could read.
func (h *Host) readAs(ctx context.Context, script Script, request func(account string) any, answer any) (unused, err error) {
	if h.site.RunAs.Empty() {
		return nil, h.Call(ctx, script, request(""), "", answer)
	}
	account, password, unused := h.runAs(ctx, ever)
	if unused != nil {
		err := h.Call(ctx, script, request(""), "", answer)
		if fault.Is(err, fault.Permission) || fault.Is(err, fault.Access) {
			err = unused
		}
		return unused, err
	}
	err = h.Call(ctx, script, request(account), password, answer)
	h.noteRunAs(account, password, err)
	return nil, err
}

// noteRunAs remembers that a host has told of a refused logon of the run-as account.
// A refusal of the console's own login at the host has its cause inside.
func (h *Host) noteRunAs(account, password string, err error) {
	if !fault.Is(err, fault.Login) || own(err) {
		return
	}
	h.options.Refused.note(account, password, h.options.Now(), err)
	h.mu.Lock()
	h.runAsSecret = "" // it may have been corrected when it is asked for next
	h.mu.Unlock()
}

// refusedBehind is noteRunAs for what is told inside an answer.
func (h *Host) refusedBehind(ctx context.Context, err error) {
	if !fault.Is(err, fault.Login) || h.site.RunAs.Empty() {
		return
	}
	if account, password, unused := h.runAs(ctx, ever); unused == nil {
		h.noteRunAs(account, password, err)
	}
}
