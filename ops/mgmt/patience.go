package mgmt

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
)

// finalError ends patience at once.
type finalError struct{ error }

func (e finalError) Unwrap() error { return e.error }

func final(err error) error {
	if err == nil {
		return nil
	}
	return finalError{err}
}

// transient reports whether a host may answer better in a moment.
func transient(err error) bool {
	for _, class := range []fault.Class{fault.Unreachable, fault.Timeout, fault.Lost, fault.Busy} {
		if fault.Is(err, class) {
			return true
		}
	}
	return false
}

// own reports whether the console itself found the fault, on the way to the host;
// what a host has answered has no cause inside.
func own(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Cause != nil
}

// patiently does work that may safely be repeated, until it succeeds, fails for
// good, or the host has been silent for longer than the options allow. Then, and
// when ctx ends, the outcome is unknown: a fault of class Lost.
func (j *jobs) patiently(ctx context.Context, h *Host, r engine.Reporter, work func() error) error {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval = j.options.Retry
	pause.MaxInterval = 30 * time.Second
	var since time.Time
	for {
		err := work()
		var last finalError
		switch {
		case err == nil:
			if !since.IsZero() {
				r.Log(fmt.Sprintf("%s answers again after %s", h.Name(), j.options.Now().Sub(since).Round(time.Second)))
			}
			return nil
		case errors.As(err, &last):
			return last.error
		case ctx.Err() != nil:
			return lost(h, "the console stopped following the job", ctx.Err())
		}
		now := j.options.Now()
		if since.IsZero() {
			since = now
			r.Log(fmt.Sprintf("no answer from %s, asking again (a job goes on there meanwhile): %v", h.Name(), err))
		}
		if now.Sub(since) >= j.options.Patience {
			return lost(h, fmt.Sprintf("%s has not answered for %s: %v", h.Name(), now.Sub(since).Round(time.Second), err), err)
		}
		if err := wait(ctx, pause.NextBackOff()); err != nil {
			return lost(h, "the console stopped following the job", err)
		}
	}
}

// lost is the fault of a job whose outcome is not known.
func lost(h *Host, text string, cause error) error {
	return &fault.Error{
		Class: fault.Lost, Tried: "follow the job", Target: h.Name(), Text: text, Cause: cause,
		Do: "run the step again: it finds the job, or what the job has done",
	}
}

// wait sleeps unless ctx ends before.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
