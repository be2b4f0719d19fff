package tui_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/ops/status"
	"pchatops/tui/drive"
	"pchatops/tui/tuitest"
)

// stale is a failover that was broken off before F4b, three days ago.
func stale() incident.State {
	s := failover()
	s.Old = &incident.Old{
		ID: "20261118t030000-000z-litware-pchat-failover", Last: night.Add(-72 * time.Hour), Why: "its last line is 3 days old (2026-11-18T03:00:00Z)",
		Changed: []string{"F1 was done, and is not so any more: mgc on SQL11 is a log shipping secondary"},
	}
	s.Steps[0].Outcome = engine.Undone
	s.Steps[0].Proof = &engine.Proof{Says: "mgc on SQL11 is a log shipping secondary"}
	for i := range s.Steps {
		s.Steps[i].Blocked = "this incident is unfinished, and 3 days old: say first whether to go on with it or to begin a new one"
	}
	return s
}

// opened waits for the dialog that opens by itself.
func opened(d *drive.Console) *drive.Console {
	return d.Expect("keys are not taken yet").Advance(500 * time.Millisecond).Lacks("keys are not taken yet")
}

func TestAnOldIncidentIsAskedAboutBeforeAnythingIsRun(t *testing.T) {
	f := tuitest.NewIncident(stale())
	d := console(t, f, 80, 24)
	opened(d).Shows("An earlier incident", "is unfinished", "3 days old", "≠ F1 was done, and is not so any more",
		"▸[ Decide later ]", "[ Begin a new one ]", "[ Go on with it ]").Lacks("y yes")
	d.Press("enter").Lacks("Begin a new one").Shows("≠ F1", "undone")
	require.Empty(t, f.Requests(), "Enter on a fresh dialog decides nothing")
	d.Press("enter").Shows("say first whether")
	require.Empty(t, f.Requests())

	d.Press("O")
	opened(d).Press("y").Shows("Go on with it")
	require.Empty(t, f.Requests(), "no letter decides between two ways")
	d.Press("tab").Shows("▸[ Begin a new one ]").Press("tab").Shows("▸[ Go on with it ]").Press("enter").Lacks("An earlier incident")
	require.Equal(t, []string{"resume"}, f.Requests())
}

func TestBeginningANewIncidentClosesTheOldOne(t *testing.T) {
	f := tuitest.NewIncident(stale())
	d := console(t, f, 80, 24)
	require.NoError(t, opened(d).Press("tab").Leave("enter"))
	require.Equal(t, "failover", d.Chosen(), "the same procedure is opened again")
	require.Equal(t, []string{"conclude: a new incident was begun instead of going on with it"}, f.Requests())
}

func TestAnIncidentIsClosedWithAReason(t *testing.T) {
	f := tuitest.NewIncident(failover())
	d := console(t, f, 80, 24)
	d.Press("O").Shows("nothing is asked about this incident")
	d.Press("X").Shows("Close the incident").Press("enter").Shows("a text is needed").Type("it was a drill")
	require.NoError(t, d.Leave("enter"))
	require.Equal(t, "failover", d.Chosen())
	require.Equal(t, []string{"conclude: it was a drill"}, f.Requests())
}

// The finding on top is what stops the chat. A journal that cannot be read would
// be one of "+2" then, and may be the record of what somebody has done already.
func TestWhatWasFoundBeforeTheServersWereAskedIsToldFirst(t *testing.T) {
	s := failover()
	s.Known = []status.Finding{status.JournalUnread("/var/lib/pchatops/20261121t030000-000z-litware-pchat-failback.jsonl", "it has no whole first line", "")}
	s.Findings = status.Ranked(s.Findings, s.Known)
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		f := tuitest.NewIncident(s)
		d := console(t, f, size[0], size[1])
		opened(d).Shows("Before you begin", "JOURNAL UNREAD", "20261121t030000-000z-litware-pchat-failback.jsonl", "no whole first line",
			"keep it as evidence", "▸[ Go on ]")
		d.Press("enter").Lacks("Before you begin").Shows("PRIMARY SITE LOST")
		require.Empty(t, f.Requests())
	}
}
