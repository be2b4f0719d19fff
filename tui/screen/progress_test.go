package screen_test

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
)

func TestTheRunningStepSaysHowMuchIsLeft(t *testing.T) {
	ran := func(s incident.StepState, d time.Duration) incident.StepState {
		s.ID, s.Title, s.Running, s.Started = "F3", "Apply", true, now.Add(-d)
		return s
	}
	for name, c := range map[string]struct {
		step incident.StepState
		want string
	}{
		"count":      {ran(incident.StepState{Sent: 6, Total: 10}, 50*time.Second), "6/10 · about 50s left"},
		"percent":    {ran(incident.StepState{Total: 1, Progress: &engine.Progress{Percent: 25}}, time.Minute), "25 % · about 3m left"},
		"both":       {ran(incident.StepState{Sent: 6, Total: 10, Progress: &engine.Progress{Percent: 50}}, 55*time.Second), "6/10 50 % · about 40s left"},
		"last bit":   {ran(incident.StepState{Sent: 99, Total: 100}, 50*time.Second), "99/100 · about 10s left"},
		"bytes":      {ran(incident.StepState{Progress: &engine.Progress{Percent: 50, Done: 1 << 29, Total: 1 << 30, Unit: "bytes"}}, time.Minute), "50 % · 0.5 of 1.0 GB · about 1m left"},
		"small":      {ran(incident.StepState{Progress: &engine.Progress{Percent: -1, Done: 3 << 20, Total: 12 << 20, Unit: "bytes"}}, 0), "3.0 of 12.0 MB"},
		"files":      {ran(incident.StepState{Progress: &engine.Progress{Percent: -1, Done: 3, Total: 14, Unit: "files"}}, 0), "3 of 14 files"},
		"too early":  {ran(incident.StepState{Sent: 6, Total: 10}, 2*time.Second), "6/10 "},
		"too little": {ran(incident.StepState{Sent: 1, Total: 400}, time.Hour), "1/400 "},
	} {
		t.Run(name, func(t *testing.T) {
			v := view(t, incident.State{Steps: []incident.StepState{c.step}, Running: "F3"})
			require.Contains(t, ansi.Strip(v.Steps("", 60)[0])+" ", c.want)
			if !strings.Contains(c.want, "left") {
				require.NotContains(t, ansi.Strip(v.Steps("", 60)[0]), "left", "nobody knows yet")
			}
			if c.step.Total > 1 {
				require.NotContains(t, ansi.Strip(v.Steps("", 26)[0]), "left", "a narrow list keeps to the count")
			}
		})
	}
}
