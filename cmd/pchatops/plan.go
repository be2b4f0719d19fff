package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
	"pchatops/ops/journal"
	"pchatops/ops/status"
)

// planLine is what plan prints for a step.
type planLine struct {
	Type    string        `json:"type"` // "step"
	Step    string        `json:"step"`
	Title   string        `json:"title"`
	Risk    engine.Risk   `json:"risk"`
	Confirm string        `json:"confirm,omitempty"`
	Digest  string        `json:"digest,omitempty"` // stands for what is shown, in --confirm
	Why     string        `json:"why"`
	Source  string        `json:"source"`
	Already string        `json:"already,omitempty"`
	Skip    string        `json:"skip,omitempty"`
	Loss    string        `json:"loss,omitempty"`
	Lost    []string      `json:"lost,omitempty"`
	Notes   []string      `json:"notes,omitempty"`
	Gates   []engine.Gate `json:"gates,omitempty"`
	Total   int           `json:"total"`
	Actions []actionLine  `json:"actions"`
	Error   *fault.Error  `json:"error,omitempty"`
}

type actionLine struct {
	Target string      `json:"target"`
	Kind   engine.Kind `json:"kind"`
	Text   string      `json:"text"`
}

// planCommand shows every step with what it would send.
func planCommand(g *global) *cobra.Command {
	return g.reading("plan", "Show every step with exactly what it would send; change nothing", lookOn, func(cmd *cobra.Command, p *consulted) error {
		failed := 0
		for _, s := range p.Steps {
			line := planned(cmd.Context(), s)
			if line.Error != nil {
				failed++
			}
			g.out(cmd).line(line, line.words())
		}
		if failed > 0 {
			return &exit{exitFailed, fmt.Errorf("%d of %d steps could not be planned: the lines above say why", failed, len(p.Steps))}
		}
		return nil
	})
}

// attention is how much a command that reads a failover looks at the site besides.
type attention int

const (
	lookless attention = iota // not at all
	lookOnce                  // once, at every server
	lookOn                    // all the time: it waits for the verdicts on silent servers
)

// consulted is a procedure on a site that is only read.
type consulted struct {
	*engine.Procedure
	critical []status.Finding // where it was looked at once
}

// reading makes a command that reads a procedure on the site and changes
// nothing.
func (g *global) reading(verb, short string, how attention, read func(*cobra.Command, *consulted) error) *cobra.Command {
	return &cobra.Command{
		Use: verb + " PROCEDURE", Short: short, Args: oneProcedure, ValidArgs: procedureNames,
		Long: short + ".\n" + procedureHelp,
		RunE: func(cmd *cobra.Command, args []string) error {
			defer g.waiting(cmd)()
			care := how
			if args[0] != "failover" {
				care = lookless
			}
			p, done, err := g.readOnly(cmd.Context(), args[0], care)
			if err != nil {
				return err
			}
			defer done()
			return read(cmd, p)
		},
	}
}

// readOnly gives a procedure on the configured site, to plan and verify. It takes no lock and writes no journal; what earlier steps observed
// is read from the incident's journal where there is one, and else what a new one
// would take over.
func (g *global) readOnly(ctx context.Context, procedure string, how attention) (*consulted, func(), error) {
	a, err := g.ask(procedure)
	if err != nil {
		return nil, nil, err
	}
	chronicle := incident.NewChronicle()
	now := time.Now()
	found, err := journal.Unfinished(a.dir, opening(a.site, procedure, now))
	switch {
	case err != nil:
	case len(found) > 0 && doubtful(found[0], now) == "":
		err = replay(found[0].Path, chronicle.Apply)
	default:
		var lines []journal.Line
		lines, err = a.carried("")
		for _, l := range lines {
			err = errors.Join(err, chronicle.Apply(l))
		}
	}
	if err != nil {
		return nil, nil, err
	}
	e := a.reach("reader")
	p, err := e.procedure(procedure, chronicle.Recall, nil)
	if err != nil {
		e.close()
		return nil, nil, err
	}
	c := &consulted{Procedure: &p}
	switch how {
	case lookOn:
		return c, e.watched(ctx), nil
	case lookOnce:
		seen := e.prober().Look(ctx, 0)
		e.store(seen)
		c.critical = slices.DeleteFunc(status.Diagnose(seen, a.site, time.Now()), func(f status.Finding) bool { return f.Severity != status.Critical })
	case lookless:
	}
	return c, e.close, nil
}

func planned(ctx context.Context, s engine.Step) planLine {
	l := planLine{Type: "step", Step: s.ID, Title: s.Title, Risk: s.Risk, Why: s.Why, Source: s.Source, Actions: []actionLine{}}
	p, err := engine.Planned(ctx, s)
	if err != nil {
		l.Error = engine.Fault(err)
		return l
	}
	l.Already, l.Skip, l.Loss, l.Lost = p.Already, p.Skip, p.Loss, p.Lost
	if !engine.Nothing(p) {
		l.Confirm, l.Digest = engine.Demanded(s.Risk, p).Text(), engine.Show(s.ID, p).Digest()
	}
	l.Notes, l.Gates, l.Total = p.Notes, p.Gates, max(p.Total, len(p.Actions))
	for _, a := range p.Actions {
		l.Actions = append(l.Actions, actionLine{Target: a.Target, Kind: a.Kind, Text: a.Text})
	}
	return l
}

// words renders the plan of a step, one meaningful line each.
func (l planLine) words() string {
	text := fmt.Sprintf("%s %s [%s]", l.Step, l.Title, l.Risk)
	add := func(format string, args ...any) { text += "\n" + l.Step + "   " + fmt.Sprintf(format, args...) }
	switch {
	case l.Error != nil:
		add("cannot be planned: %v", l.Error)
	case l.Skip != "":
		add("skipped: %s", l.Skip)
	case l.Already != "":
		add("nothing left to do: %s", l.Already)
	}
	for _, g := range l.Gates {
		if g.Holds {
			continue
		}
		add("gate %q does not hold: %s; wanted: %s", g.Name, g.Seen, g.Want)
		for _, way := range g.Way() {
			if way == g.Override {
				add("phrase that passes it: %s", way)
			} else {
				add("to do: %s", way)
			}
		}
	}
	for _, n := range l.Notes {
		add("note: %s", n)
	}
	if l.Loss != "" {
		add("loss: %s", l.Loss)
	}
	if l.Confirm != "" {
		add("confirm by typing: %s", l.Confirm)
	}
	if l.Digest != "" {
		add("or, of exactly this plan, its digest: %s", l.Digest)
	}
	for _, a := range l.Actions {
		add("on %s: %s", a.Target, oneLine(a.Text))
	}
	if n := l.Total - len(l.Actions); n > 0 {
		add("and about %d more, known while it runs", n)
	}
	return text
}
