package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/pause"
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
	cmd := g.reading("verify", "Prove every step from the servers; change nothing", lookOnce, func(cmd *cobra.Command, p *consulted) error {
		open, served, sum := 0, false, engine.Summary{Outcome: engine.EndDone}
		steps, err := oneOf(p.Steps, only)
		if err != nil {
			return err
		}
		for _, s := range steps {
			l := verified(cmd.Context(), s)
			if l.Outcome != engine.Done && l.Outcome != engine.Skipped {
				open++
			}
			served = served || p.Service != nil && s.ID == p.Service.Step && l.Outcome == engine.Done
			sum.Take(l.Proof)
			g.out(cmd).line(l, l.words())
		}
		for _, f := range p.critical {
			g.out(cmd).line(findingLine{"finding", f}, f.Title+": "+f.Why+" → "+f.Do)
		}
		away := false
		if served {
			l := noticed(cmd.Context(), p.Service)
			away = l.Outcome != engine.Done
			g.out(cmd).line(l, l.words())
		}
		switch {
		case open > 0:
			return &exit{exitFailed, fmt.Errorf("%d of %d steps are not proven", open, len(steps))}
		case away:
			return &exit{exitFailed, errors.New("every step is proven, and nobody was seen to have the service back")}
		case len(p.critical) > 0:
			return &exit{exitFailed, fmt.Errorf("every step is proven, and there is something critical (%d), first %s: %s", len(p.critical), p.critical[0].Title, p.critical[0].Why)}
		case sum.Outcome == engine.EndIncomplete:
			return &exit{exitIncomplete, fmt.Errorf("every step is proven, and something is lost or unknown: %s", fault.Said(unsaved(sum)...))}
		}
		return nil
	})
	cmd.Flags().StringVar(&only, "step", "", "this step only")
	return cmd
}

// serviceLine is what verify prints of what the procedure brings back, where the
// step is proven that brings it.
type serviceLine struct {
	Type    string         `json:"type"` // "service"
	Outcome engine.Outcome `json:"outcome"`
	Says    string         `json:"says"`
}

func (l serviceLine) words() string { return fmt.Sprintf("%-4s %-8s %s", "", l.Outcome, l.Says) }

// glances and between are how often verify looks for somebody who has the service:
// whoever has just lost a connection makes another.
const (
	glances = 6
	between = time.Second
)

// noticed looks whether somebody has the service.
func noticed(ctx context.Context, svc *engine.Service) serviceLine {
	l := serviceLine{Type: "service"}
	for n := 0; n < glances && l.Outcome != engine.Done; n++ {
		if n > 0 {
			_ = pause.For(ctx, between) // it ends with ctx, which the look tells
		}
		switch who, err := svc.Seen(ctx); {
		case err != nil:
			l.Outcome, l.Says = engine.Unknown, "whether anybody has the service back cannot be seen: "+err.Error()
		case who != "":
			l.Outcome, l.Says = engine.Done, who
		default:
			l.Outcome, l.Says = engine.Failed, "nobody was seen to have the service back"
		}
	}
	return l
}

// oneOf gives the step with an identifier, or all of them where none is named.
func oneOf(steps []engine.Step, id string) ([]engine.Step, error) {
	if id == "" {
		return steps, nil
	}
	k := slices.IndexFunc(steps, func(s engine.Step) bool { return s.ID == id })
	if k < 0 {
		return nil, usage("--step %q: the procedure has no such step, but %s", id, stepIDs(steps))
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

// stepIDs names the steps of a procedure.
func stepIDs(all []engine.Step) string {
	var ids []string
	for _, s := range all {
		ids = append(ids, s.ID)
	}
	return strings.Join(ids, ", ")
}
