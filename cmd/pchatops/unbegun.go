package main

import (
	"context"
	"errors"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
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
		class := fault.Refused
		if code == exitUsage {
			class = fault.Config
		}
		sum.Error = &fault.Error{Class: class, Tried: "run " + procedure, Text: sum.Error.Text, Do: "do what it says, then run again"}
	}
	o.line(sum, sentence(sum))
	return err
}
