package tui_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/ops/status"
	"pchatops/tui/tuitest"
)

func TestTheFirstStepThatIsStillToBeDoneIsSelected(t *testing.T) {
	s := failover()
	s.Steps[0].Outcome, s.Steps[1].Outcome = engine.Done, engine.Skipped
	console(t, tuitest.NewIncident(s), 80, 24).Shows("▸· F3", "2 of 9 done", "F3 Apply remaining log backups ━")
}

// What the servers say of the steps comes a moment after the first screen.
func TestTheSelectionFollowsWhatIsFoundUntilAKeyIsPressed(t *testing.T) {
	f := tuitest.NewIncident(failover())
	d := console(t, f, 80, 24)
	d.Shows("▸· F1")
	f.Step("F1", func(s *incident.StepState) { s.Outcome, s.Already = engine.Done, true })
	d.Idle().Shows("▸· F2", "F2 Copy remaining backups ━").Press("x")
	f.Step("F2", func(s *incident.StepState) { s.Outcome = engine.Done })
	d.Idle().Shows("▸✓ F2")
}

func TestARefreshDoesNotMoveTheSelection(t *testing.T) {
	f := tuitest.NewIncident(failover())
	d := console(t, f, 80, 24)
	d.Press("j", "j").Shows("▸· F3")
	f.Change(func(s *incident.State) {
		s.Steps = append([]incident.StepState{{ID: "F0", Title: "Take stock"}}, s.Steps...)
	})
	d.Advance(pause).Shows("· F0", "▸· F3", "F3 Apply remaining log backups ━")
	f.Change(func(s *incident.State) { s.Steps = s.Steps[:2] })
	d.Idle().Shows("▸· F0")
}

func TestKeysMoveAsFingersExpect(t *testing.T) {
	d := console(t, tuitest.NewIncident(failover()), 80, 24)
	d.Press("down").Shows("▸· F2").Press("up", "up").Shows("▸· F1")
	d.Press("G").Shows("▸· FX").Press("j").Shows("▸· FX")
	d.Press("g").Shows("▸· F1").Press("end").Shows("▸· FX").Press("home").Shows("▸· F1")
	d.Press("pgdown").Shows("▸· FX").Press("pgup").Shows("▸· F1")
}

func TestTheDetailScrollsWhenItHasTheKeys(t *testing.T) {
	s := failover()
	long := &engine.Plan{Total: 30}
	for i := range 30 {
		long.Actions = append(long.Actions, engine.Action{Kind: engine.SQL, Target: `SQL11\RTC`, Text: fmt.Sprintf("RESTORE LOG %02d", i)})
	}
	s.Steps[0].Plan, s.Steps[0].PlanAt = long, night
	d := console(t, tuitest.NewIncident(s), 80, 24)
	d.Shows("RESTORE LOG 00", "of 39").Lacks("RESTORE LOG 29")
	d.Press("tab", "G").Shows("RESTORE LOG 29", "▸ F1 Remove").Lacks("RESTORE LOG 00")
	d.Press("k", "k").Lacks("RESTORE LOG 29").Press("g").Shows("RESTORE LOG 00")
	d.Press("pgdown").Lacks("RESTORE LOG 00").Press("tab", "j").Advance(pause).Press("k").Advance(pause).Shows("RESTORE LOG 00")
}

func TestEscClosesOneLayerAtATime(t *testing.T) {
	f := tuitest.NewIncident(failover())
	d := console(t, f, 80, 24)
	d.Press("?").Shows("Help", "Keys: main screen").Press("esc").Lacks("Keys: main screen").Shows("▸ Failover")
	d.Press("f1").Shows("Keys: main screen").Press("q").Shows("▸ Failover")
	d.Press("n").Shows("LIVE · Note").Press("esc").Lacks("LIVE · Note").Press("esc", "esc").Shows("▸ Failover")
	require.Empty(t, f.Requests())
}

func TestHelpSaysWhyAKeyCannotBeUsedNow(t *testing.T) {
	s := failover()
	s.Steps[0].Blocked = "SQL11 does not answer"
	s.ReadOnly = ""
	console(t, tuitest.NewIncident(s), 100, 40).Press("?").Shows("not now: SQL11 does not answer").Press("esc").
		Press("enter").Shows("run: SQL11 does not answer")
}

func TestAnObserverSeesAllAndDrivesNothing(t *testing.T) {
	s := failover()
	s.ReadOnly = "bob drives from ops1"
	f := tuitest.NewIncident(s)
	d := console(t, f, 100, 30)
	d.Shows("observer", "drives: alice").Lacks("enter run", "s skip", "v verify").Shows("p plan")
	d.Press("enter").Shows("this console only observes: bob drives from ops1")
	d.Press("v", "s", "n").Lacks("LIVE ·")
	require.Empty(t, f.Requests())
	require.Equal(t, "LIVE litware-pchat – pchatops, observer", d.Title())
}

func TestTheLogFollowsWhatIsRecorded(t *testing.T) {
	f := tuitest.NewIncident(failover())
	d := console(t, f, 80, 24)
	d.Press("l").Shows("02:59:32  incident opened")
	f.Change(func(s *incident.State) {
		for i := range 100 {
			s.Notes = append(s.Notes, incident.Entry{Time: night, Step: "F3", Kind: "action", Text: fmt.Sprintf("restored %d", i)})
		}
	})
	d.Idle().Shows("F3  restored 99")
	d.Press("k")
	f.Change(func(s *incident.State) {
		s.Notes = append(s.Notes, incident.Entry{Time: night, Kind: "note", Text: "phone rang"})
	})
	d.Idle().Lacks("note: phone rang").Press("G").Shows("note: phone rang")
}

func TestFindingsShowEvidenceAndRemedy(t *testing.T) {
	s := failover()
	s.Findings = append(s.Findings, status.Finding{
		Code: "agent-stopped", Severity: status.Warning, Subject: `SQL11\RTC`, Title: "Agent is stopped",
		Why: "no job can run", Do: "start SQL Server Agent",
	})
	s.Exposure.Why = "age of the newest backup on the share"
	d := console(t, tuitest.NewIncident(s), 80, 24)
	d.Shows("+1 (d)").Press("d").Shows("PRIMARY SITE LOST  (critical, primary-site-lost)", "primary and mirror do not answer",
		`Agent is stopped  SQL11\RTC`, "→ start SQL Server Agent", "Loss: age of the newest backup")
}

func TestTimePassesOnceASecond(t *testing.T) {
	s := failover()
	s.Started = night.Add(-time.Minute)
	d := console(t, tuitest.NewIncident(s), 100, 30)
	d.Shows("loss: up to 14m 32s of chat", "elapsed 01:00").Advance(time.Second).Shows("loss: up to 14m 32s of chat", "elapsed 01:01")
	d.Advance(-time.Hour).Shows("elapsed 01:01")
}

func TestAnIncidentThatEndsStandsStill(t *testing.T) {
	s := failover()
	s.Started, s.Ended = night.Add(-401*time.Second), night
	d := console(t, tuitest.NewIncident(s), 100, 30)
	d.Shows("elapsed 06:41").Advance(10*time.Second).Shows("elapsed 06:41", "loss: up to 14m 32s")
}

func TestWhatIsUnderWayIsNoFault(t *testing.T) {
	s := failover()
	s.Running, s.Busy = "F3", map[string]string{`SQL11\RTC`: "F3", `SQL12\RTC`: "F3"}
	s.Snapshot.Nodes[3].Reachable = false
	s.Steps[2].Running, s.Steps[2].Started, s.Steps[2].Total, s.Steps[2].Sent = true, night.Add(-12*time.Second), 3, 2
	s.Steps[2].Progress = &engine.Progress{Percent: 45}
	s.Steps[2].Actions = []incident.ActionState{
		{ID: "1", Target: `SQL11\RTC`, Kind: engine.SQL, Text: "RESTORE LOG [mgc] FROM DISK = N'1.trn'", Outcome: engine.Done, Took: 2100 * time.Millisecond},
		{ID: "2", Target: `SQL11\RTC`, Kind: engine.SQL, Text: "RESTORE LOG [mgc] FROM DISK = N'2.trn'", Percent: 45},
	}
	d := console(t, tuitest.NewIncident(s), 100, 30)
	d.Shows(`SQL11\RTC            ► RESTORING   in progress (F3)`, "► NO ANSWER   in progress (F3)", "► F3")
	d.Shows("2/3 45 %").Press("j", "j").Advance(pause).Shows("running for 12s  2/3 45 %", "✓ 2.1s", "► under way")
	d.Press("enter").Shows("F3 is running").Press("j", "p").Lacks("F3 is running")
}

// Where the operator has gone meanwhile is where he wants to be.
func TestAMarkThatWasMovedStaysWhenAStepEnds(t *testing.T) {
	f := tuitest.NewIncident(failover())
	d := console(t, f, 80, 24)
	f.Step("F1", func(s *incident.StepState) { s.Running, s.Started = true, night })
	d.Idle().Press("j", "j", "j").Shows("▸· F4a")
	f.Step("F1", func(s *incident.StepState) { s.Running, s.Outcome = false, engine.Done })
	d.Idle().Shows("✓ F1", "▸· F4a")
}
