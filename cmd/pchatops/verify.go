package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
)

// verifyLine is what verify prints for a step.
type verifyLine struct {
	Type    string         `json:"type"` // "step"
	Step    string         `json:"step"`
	Title   string         `json:"title"`
	Outcome engine.Outcome `json:"outcome"`
	Proof   *engine.Proof  `json:"proof,omitempty"`
	Error   *fault.Error   `json:"error,omitempty"`
}

// verifyCommand proves every step from the servers.
func verifyCommand(g *global) *cobra.Command {
	var only string
	cmd := g.reading("verify", "Prove every step from the servers; change nothing", func(cmd *cobra.Command, _ string, steps []engine.Step) error {
		open := 0
		steps, err := oneOf(steps, only)
		if err != nil {
			return err
		}
		for _, s := range steps {
			l := verified(cmd.Context(), s)
			if l.Outcome != engine.Done && l.Outcome != engine.Skipped {
				open++
			}
			g.out(cmd).line(l, l.words())
		}
		if open > 0 {
			return &exit{exitFailed, fmt.Errorf("%d of %d steps are not proven", open, len(steps))}
		}
		return nil
	})
	cmd.Flags().StringVar(&only, "step", "", "this step only")
	return cmd
}

// oneOf gives the step with an identifier, or all of them where none is named.
func oneOf(steps []engine.Step, id string) ([]engine.Step, error) {
	if id == "" {
		return steps, nil
	}
	k := slices.IndexFunc(steps, func(s engine.Step) bool { return s.ID == id })
	if k < 0 {
		return nil, usage("--step %q: the procedure has no such step", id)
	}
	return steps[k : k+1], nil
}

// verified proves a step. One that has something left to do is asked for its
// proof as well: it says what is missing.
func verified(ctx context.Context, s engine.Step) verifyLine {
	l := verifyLine{Type: "step", Step: s.ID, Title: s.Title}
	res, err := engine.Inferred(ctx, s)
	if err == nil && res.Outcome == engine.None && res.Proof == nil {
		res.Proof, err = engine.Proved(ctx, s)
	}
	switch l.Outcome, l.Proof = res.Outcome, res.Proof; {
	case err != nil:
		l.Outcome, l.Error = engine.Unknown, engine.Fault(err)
	case res.Outcome == engine.None:
		l.Outcome = engine.Failed
	}
	return l
}

func (l verifyLine) words() string {
	text := fmt.Sprintf("%-4s %-8s %s", l.Step, l.Outcome, l.Title)
	if l.Proof != nil {
		text += ": " + l.Proof.Says
	}
	if l.Error != nil {
		text += ": " + l.Error.Error()
	}
	return text
}
