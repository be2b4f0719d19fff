package mgmt

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"

	"pchatops/ops/await"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/inventory"
	"pchatops/ops/lease"
	"pchatops/ops/pause"
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
// good, or the host has been silent for longer than the options allow. Then, when
// the servers that the job changes tell that it is done, and when ctx ends or the
// right to drive is gone for good, the outcome is unknown: a fault of class Lost.
func (j *jobs) patiently(ctx context.Context, a attempt, r engine.Reporter, work func(context.Context) error) error {
	h, quiet := a.host, silence{attempt: a, options: j.options, most: j.options.patience(a.work)}
	beats := backoff.NewExponentialBackOff()
	beats.InitialInterval = j.options.Retry
	beats.MaxInterval = 10 * time.Second
	answers := func() {}
	defer func() { answers() }()
	for {
		asked := j.options.Now()
		err := quiet.within(ctx, work)
		var last finalError
		switch {
		case err == nil:
			if !quiet.since.IsZero() {
				r.Log(fmt.Sprintf("%s answers again after %s", h.Name(), inventory.Span(j.options.Now().Sub(quiet.since))))
			}
			return nil
		case errors.As(err, &last):
			return last.error
		case ctx.Err() != nil:
			return lost(h, "the console stopped following the job", ctx.Err())
		case lease.Of(ctx).Gone():
			return lost(h, "the right to drive this site is gone, and the host does not answer: "+err.Error(), err)
		}
		if quiet.since.IsZero() {
			quiet.since = asked
			answers = await.From(ctx, asked, h.Name()+" to answer again", quiet.most)
		}
		if err := quiet.heard(ctx, err, r); err != nil {
			return err
		}
		if err := pause.For(ctx, min(beats.NextBackOff(), quiet.left())); err != nil {
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
