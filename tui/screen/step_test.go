package screen_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/ops/status"
	"pchatops/tui/part/cell"
)

func TestAStepIsSaidBySignAndWord(t *testing.T) {
	for name, c := range map[string]struct {
		step incident.StepState
		want string
	}{
		"open":       {incident.StepState{}, "· F3 Apply"},
		"done":       {incident.StepState{Outcome: engine.Done, Took: 12 * time.Second}, "✓ F3 Apply             12.0s"},
		"long":       {incident.StepState{Outcome: engine.Done, Took: 243 * time.Second}, "4m 03s"},
		"already":    {incident.StepState{Outcome: engine.Done, Already: true, Took: time.Second}, "✓ F3 Apply        already so"},
		"plan empty": {incident.StepState{Plan: &engine.Plan{Already: "seen"}}, "= F3 Apply        already so"},
		"failed":     {incident.StepState{Outcome: engine.Failed, Took: time.Second}, "✗ F3 Apply            failed"},
		"unknown":    {incident.StepState{Outcome: engine.Unknown}, "? F3 Apply           unknown"},
		"skipped":    {incident.StepState{Outcome: engine.Skipped}, "– F3 Apply           skipped"},
		"running":    {incident.StepState{Running: true, Started: now.Add(-72 * time.Second)}, "► F3 Apply            1m 12s"},
		"counted":    {incident.StepState{Running: true, Sent: 3, Total: 14}, "3/14"},
		"percent":    {incident.StepState{Running: true, Progress: &engine.Progress{Percent: 45.4}}, "45 %"},
		"both":       {incident.StepState{Running: true, Sent: 20, Total: 14, Progress: &engine.Progress{Percent: 140}}, "14/14 100 %"},
		"waits":      {incident.StepState{Blocked: "F2 is not done"}, "· F3 Apply             waits"},
		"no percent": {incident.StepState{Running: true, Started: now, Progress: &engine.Progress{Percent: -1}}, "0s"},
	} {
		t.Run(name, func(t *testing.T) {
			c.step.ID, c.step.Title = "F3", "Apply"
			line := view(t, incident.State{Steps: []incident.StepState{c.step}}).Steps("", 30)[0]
			require.Contains(t, ansi.Strip(line), c.want)
			require.Equal(t, 30, cell.Width(line))
		})
	}
}

func TestNoNameIsCutForTheWordThatAStepWaits(t *testing.T) {
	s := incident.State{Steps: []incident.StepState{
		{ID: "F2", Title: "Copy remaining backups", Blocked: "F1 is not done"}, {ID: "F4b", Title: "Bring mgc online", Blocked: "F1 is not done"},
	}}
	v := view(t, s)
	require.NotContains(t, strings.Join(v.Steps("", 35), "\n"), "waits", "not here and there either")
	require.Contains(t, ansi.Strip(v.Steps("", 36)[0]), "Copy remaining backups waits ")
	require.Contains(t, ansi.Strip(v.Steps("", 36)[1]), "waits ")
	s.Steps[0].Outcome, s.Steps[0].Took = engine.Done, 4*time.Second
	require.Contains(t, ansi.Strip(view(t, s).Steps("", 26)[0]), "Copy remaini… 4.0s ")
}

func TestTheDetailSaysWhatMattersNowFirst(t *testing.T) {
	step := incident.StepState{
		ID: "F3", Title: "Apply", Why: "Chat up to the last backup is kept.", Source: "step 3", Risk: engine.Reversible,
		Plan: &engine.Plan{
			Actions: []engine.Action{
				{Target: `SQL11\RTC`, Kind: engine.SQL, Text: "RESTORE LOG [mgc]\nWITH NORECOVERY"},
				{Target: `SQL11\RTC`, Kind: engine.SQL, Text: "RESTORE LOG 2"},
				{Target: "FE11", Kind: engine.PowerShell, Text: "Set-CsPersistentChatState"},
				{Target: "SQL11", Kind: engine.File, Text: "copy a.trn"},
			},
			Total: 9, Notes: []string{"mgccomp is not failed over"},
			Gates: []engine.Gate{{Name: "chain", Seen: "gap", Want: "none", Do: "copy it"}},
		},
		Actions: []incident.ActionState{
			{Target: `SQL11\RTC`, Text: "RESTORE LOG 0", Outcome: engine.Failed, Took: time.Second, Err: errors.New("4305: too recent")},
			{Target: `SQL11\RTC`, Text: "RESTORE LOG 1", Outcome: engine.Unknown},
		},
		Sent: 7, Output: []string{"Processed 8 pages", "Processed 9 pages"},
		Proof: &engine.Proof{Holds: true, Says: "restored to 02:45", Facts: []engine.Fact{{Name: "redo LSN", Value: "42"}}},
	}
	order(t, detail(t, step), "· not run", "Chat up to", "Plan", "✗ chain: saw gap; wanted: none", "→ copy it", `on SQL11\RTC:`, "  RESTORE LOG [mgc]",
		"  WITH NORECOVERY", "RESTORE LOG 2", "on FE11 (Management Shell):", "on SQL11 (files):", "and 5 more, planned while it runs",
		"mgccomp is not failed over", "Proof", "✓ restored to 02:45", "redo LSN: 42")
	step.Running, step.Started = true, now
	order(t, detail(t, step), "► running for 0s", "Output, newest first", "Processed 9 pages", "Processed 8 pages", "Sent, newest first", "RESTORE LOG 1", "? outcome unknown",
		"RESTORE LOG 0", "✗ failed after 1.0s", "4305: too recent", "… and 5 earlier ones", "Chat up to", "Plan")
	step.Running, step.Outcome, step.Err = false, engine.Failed, errors.New("disk full on SQL11")
	order(t, detail(t, step), "✗ failed", "✗ disk full on SQL11", "Proof", "Sent", "RESTORE LOG 0", "RESTORE LOG 1", "Output", "Plan", "Chat up to")
	step.Outcome, step.Reason, step.Proof.Holds = engine.Skipped, "no share", false
	order(t, detail(t, step), "– skipped", "– skipped: no share", "does not hold: restored")
	step.Plan, step.PlanErr = nil, errors.New("no answer from SQL11")
	order(t, detail(t, step), "Plan", "✗ no answer from SQL11")
}

func TestWhatCannotBeDoneSaysWhy(t *testing.T) {
	order(t, detail(t, incident.StepState{Blocked: "F2 is not done"}), "! cannot run now: F2 is not done", "not planned yet (p)")
	order(t, detail(t, incident.StepState{Plan: &engine.Plan{Skip: "no secondary mirror"}}), "– Does not apply: no secondary mirror")
	order(t, detail(t, incident.StepState{Plan: &engine.Plan{Already: "ONLINE"}}), "= Nothing left to do: ONLINE")
}

func detail(t *testing.T, s incident.StepState) string {
	t.Helper()
	lines := view(t, incident.State{}).Detail(&s, 60)
	for _, l := range lines {
		require.LessOrEqual(t, cell.Width(l), 60)
	}
	return ansi.Strip(strings.Join(lines, "\n"))
}

// order demands texts one after the other.
func order(t *testing.T, text string, parts ...string) {
	t.Helper()
	rest := text
	for _, p := range parts {
		_, after, found := strings.Cut(rest, p)
		require.True(t, found, "%q is missing after what comes before it in:\n%s", p, text)
		rest = after
	}
}

func TestTheHeaderKeepsTheEnvironmentWhateverTheWidth(t *testing.T) {
	s := incident.State{
		Site: "litware-pchat", Driver: "alice", Started: now.Add(-2 * time.Hour), Snapshot: &status.Snapshot{Taken: now},
		Exposure: status.Exposure{Known: true, Loss: true, Seconds: 4000},
	}
	for w, want := range map[int][2]string{
		120: {" pchatops  LAB  litware-pchat  ", "  loss: up to 1h 06m of chat  elapsed 2:00:00  driver alice "},
		60:  {"  LAB  litware-pchat  ", "  loss ≤ 1h 06m  elapsed 2:00:00 "},
		40:  {"  LAB  litware-pchat  ", "  loss ≤ 1h 06m "},
		30:  {"  LAB  litwa…", "  loss ≤ 1h 06m "},
		15:  {"  LAB  litwar…", " "},
	} {
		got := ansi.Strip(view(t, s).Header(w))
		require.True(t, strings.HasPrefix(got, want[0]) && strings.HasSuffix(got, want[1]), "%d: %q", w, got)
		require.Equal(t, w, cell.Width(got))
	}
	frozen := view(t, s)
	frozen.Frozen = "03:00:12"
	require.Contains(t, ansi.Strip(frozen.Header(40)), "FROZEN since 03:00:12 ")
	s.Exposure.Known = false
	require.Contains(t, ansi.Strip(view(t, s).Header(80)), "? loss: unknown")
}

// Whoever only watches has to know who drives, at each size that people use and
// whatever else there is to say.
func TestTheHeaderNamesWhoElseDrives(t *testing.T) {
	for driver, want := range map[string]string{
		"alice": "alice", "nobody": "nobody", "": "observer", `LITWARE\a-very-long-account-name`: `LITWARE\a-very-long…`,
	} {
		s := incident.State{
			Site: "litware-pchat", Driver: driver, ReadOnly: "alice drives", Started: now.Add(-2 * time.Hour),
			Snapshot: &status.Snapshot{Taken: now, Chat: status.Chat{State: status.ChatDown, Since: now.Add(-99 * time.Minute), Least: true}},
			Exposure: status.Exposure{Known: true, Loss: true, Seconds: 4000},
		}
		for _, w := range []int{80, 100, 120, 160} {
			got := ansi.Strip(view(t, s).Header(w))
			require.Contains(t, got, want, w)
			require.Contains(t, got, "CHAT DOWN 1h 39m or longer", w)
			require.Equal(t, w, cell.Width(got))
		}
		s.Retaking = &incident.Retaking{Since: now}
		require.Contains(t, ansi.Strip(view(t, s).Header(80)), "RIGHT LOST")
	}
}
