package main

import (
	"fmt"

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
	cmd := &cobra.Command{
		Use: "verify PROCEDURE", Short: "Prove every step from the servers; change nothing",
		Args: cobra.ExactArgs(1), ValidArgs: procedureNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			steps, done, err := g.readOnly(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			defer done()
			open := 0
			for _, s := range steps {
				if only != "" && s.ID != only {
					continue
				}
				l := verifyLine{Type: "step", Step: s.ID, Title: s.Title}
				switch res, err := engine.Inferred(cmd.Context(), s); {
				case err != nil:
					l.Outcome, l.Error = engine.Unknown, engine.Fault(err)
				case res.Outcome == engine.None:
					l.Outcome, l.Proof = engine.Failed, res.Proof
				default:
					l.Outcome, l.Proof = res.Outcome, res.Proof
				}
				if l.Outcome != engine.Done && l.Outcome != engine.Skipped {
					open++
				}
				g.out(cmd).line(l, l.words())
			}
			if open > 0 {
				return &exit{exitFailed, fmt.Errorf("%d of %d steps are not proven", open, len(steps))}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&only, "step", "", "this step only")
	return cmd
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
