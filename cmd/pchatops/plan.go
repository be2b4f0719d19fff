package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
	"pchatops/ops/journal"
)

// planLine is what plan prints for a step.
type planLine struct {
	Type    string        `json:"type"` // "step"
	Step    string        `json:"step"`
	Title   string        `json:"title"`
	Risk    engine.Risk   `json:"risk"`
	Confirm string        `json:"confirm,omitempty"`
	Why     string        `json:"why"`
	Source  string        `json:"source"`
	Already string        `json:"already,omitempty"`
	Skip    string        `json:"skip,omitempty"`
	Loss    string        `json:"loss,omitempty"`
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
	return g.reading("plan", "Show every step with exactly what it would send; change nothing", func(cmd *cobra.Command, _ string, steps []engine.Step) error {
		failed := 0
		for _, s := range steps {
			line := planned(cmd.Context(), s)
			if line.Error != nil {
				failed++
			}
			g.out(cmd).line(line, line.words())
		}
		if failed > 0 {
			return &exit{exitFailed, fmt.Errorf("%d of %d steps could not be planned: the lines above say why", failed, len(steps))}
		}
		return nil
	})
}

// reading makes a command that reads the steps of a procedure and changes
// nothing.
func (g *global) reading(verb, short string, read func(cmd *cobra.Command, procedure string, steps []engine.Step) error) *cobra.Command {
	return &cobra.Command{
		Use: verb + " PROCEDURE", Short: short, Args: cobra.ExactArgs(1), ValidArgs: procedureNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			steps, done, err := g.readOnly(args[0])
			if err != nil {
				return err
			}
			defer done()
			return read(cmd, args[0], steps)
		},
	}
}

// readOnly gives the steps of a procedure on the configured site, to plan and
// verify. It takes no lock and writes no journal; what earlier steps observed
// is read from the incident's journal where there is one.
func (g *global) readOnly(procedure string) ([]engine.Step, func(), error) {
	a, err := g.ask(procedure)
	if err != nil {
		return nil, nil, err
	}
	chronicle := incident.NewChronicle()
	info, found, err := journal.Latest(a.dir, a.site.Name, procedure)
	if err == nil && found {
		err = replay(info.Path, chronicle.Apply)
	}
	if err != nil {
		return nil, nil, err
	}
	e := reach(a.site, a.secrets, "reader")
	p, err := e.procedure(procedure, chronicle.Recall, nil)
	if err != nil {
		e.close()
		return nil, nil, err
	}
	return p.Steps, e.close, nil
}

func planned(ctx context.Context, s engine.Step) planLine {
	l := planLine{Type: "step", Step: s.ID, Title: s.Title, Risk: s.Risk, Why: s.Why, Source: s.Source, Actions: []actionLine{}}
	p, err := engine.Planned(ctx, s)
	if err != nil {
		l.Error = engine.Fault(err)
		return l
	}
	l.Confirm, l.Already, l.Skip, l.Loss = p.Confirm, p.Already, p.Skip, p.Loss
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
		if !g.Holds {
			add("gate %q does not hold: %s; wanted: %s. %s", g.Name, g.Seen, g.Want, g.Do)
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
	for _, a := range l.Actions {
		add("on %s: %s", a.Target, oneLine(a.Text))
	}
	if n := l.Total - len(l.Actions); n > 0 {
		add("and about %d more, known while it runs", n)
	}
	return text
}
