package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
)

// The summary and the exit code of a run that lost the right to drive say the same.
func TestTheSummaryOfARunEndsAsItsExitCode(t *testing.T) {
	away := &fault.Error{Class: fault.Unreachable, Tried: "connect"}
	for _, outcome := range []engine.Ending{engine.EndRefused, engine.EndFailed} {
		for sent, want := range map[bool]engine.Ending{true: engine.EndUnknown, false: engine.EndFailed} {
			r := newRight()
			r.err = away
			sum := engine.Summary{Outcome: outcome, Stopped: "F5", Error: away}
			code := codeOf(t.Context(), (&session{lease: r}).ending(t.Context(), &sum, sent))
			require.Equal(t, want, sum.Outcome)
			require.Equal(t, map[engine.Ending]int{engine.EndUnknown: exitUnknown, engine.EndFailed: exitFailed}[want], code)
		}
	}
}
