package main

import (
	"context"
	"errors"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/journal"
	"pchatops/ops/site"
)

// unbegun ends a run that came to no step: its end has a summary like any other.
func unbegun(ctx context.Context, o output, procedure string, began time.Time, err error) error {
	if err == nil {
		return nil
	}
	changed := false
	sum := engine.Summary{
		Type: "summary", Procedure: procedure, Outcome: engine.EndRefused, Steps: map[engine.Outcome]int{},
		Seconds: engine.Seconds(time.Since(began)), Changed: &changed, Error: engine.Fault(err),
	}
	code := codeOf(ctx, err)
	switch code {
	case exitFailed:
		sum.Outcome = engine.EndFailed
	case exitUnknown:
		sum.Outcome = engine.EndUnknown
	}
	if f := (*fault.Error)(nil); !errors.As(err, &f) {
		sum.Error = wrong(procedure, err)
	}
	o.line(sum, sentence(sum))
	return err
}

// wrong is what there is to do about an error that is no fault of a server.
func wrong(procedure string, err error) *fault.Error {
	f := &fault.Error{Class: fault.Config, Tried: "run " + procedure, Text: err.Error(), Do: "correct the options: `pchatops run --help` names what they take"}
	var held *journal.HeldError
	var problems site.Errors
	switch {
	case errors.As(err, &held):
		f.Class, f.Text, f.Do = fault.Refused, held.Says(), held.Do()
	case errors.As(err, &problems):
		f.Do = "correct the site file where it says so: `pchatops validate` shows each place"
	}
	return f
}
