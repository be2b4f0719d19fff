package mgmt

import (
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
	if r.err == nil || r.secret != secret || now.Sub(r.at) >= refusedFor {
		return nil
	}
	return &fault.Error{
		Class: fault.Login, Tried: "log in", Target: host, Cause: r.err,
		Text: "this password was refused at " + r.at.UTC().Format(time.TimeOnly) + " UTC and is not sent again before " + r.at.Add(refusedFor).UTC().Format(time.TimeOnly) + " UTC, to spare the account from being locked",
		Do:   "correct user or password (the console notices), or have the account unlocked",
	}
}
