package main

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/ops/lab"
	"pchatops/themes"
	"pchatops/tui/layout"
	"pchatops/tui/part/box"
	panels "pchatops/tui/screen"
	"pchatops/tui/style"
)

// People name steps by their identifiers, on the phone and in the record. The
// checklist of no procedure may cut one, on the smallest terminal and beside
// the longest word on how a step stands. From 134 columns on the list is as
// wide as it gets.
func TestNoChecklistCutsAnIdentifier(t *testing.T) {
	s := sessionOn(t, startSite(t, "healthy", lab.Options{History: time.Hour}))
	theme, err := themes.Load("dark")
	require.NoError(t, err)
	procedures := s.choices()
	require.Len(t, procedures, len(procedureNames))
	for _, p := range procedures {
		for cols := layout.LeastWidth; cols <= 140; cols++ {
			w := layout.Compute(cols, 24, 8).Steps.W - box.Margin
			for name, standing := range standings {
				v := panels.View{State: checklist(p, standing), Style: style.New(theme, s.site.Danger)}
				for i, line := range v.Steps(p.Steps[0].ID, w) {
					id := p.Steps[i].ID
					require.Truef(t, strings.HasPrefix(string([]rune(ansi.Strip(line))[2:]), " "+id+" "), "%s, %s, %d columns: %q", p.ID, name, cols, line)
				}
			}
		}
	}
}

// standings are how a step can stand, in the longest words of the checklist.
var standings = map[string]incident.StepState{
	"open":       {},
	"already so": {Outcome: engine.Done, Already: true},
	"unknown":    {Outcome: engine.Unknown},
	"waits":      {Blocked: "the step before it is not done"},
	"restoring":  {Running: true, Sent: 1000, Total: 1000, Progress: &engine.Progress{Percent: 100, Done: 1 << 30, Total: 1 << 30, Unit: "bytes"}},
}

// checklist is a procedure all of whose steps stand the same.
func checklist(p engine.Procedure, standing incident.StepState) *incident.State {
	s := &incident.State{}
	for _, step := range p.Steps {
		standing.ID, standing.Title = step.ID, step.Title
		s.Steps = append(s.Steps, standing)
	}
	return s
}
