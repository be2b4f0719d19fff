package tui_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/tui/tuitest"
)

func TestASkipIsRecordedWithItsReason(t *testing.T) {
	f := tuitest.NewIncident(failover())
	d := console(t, f, 80, 24)
	d.Press("j", "s").Shows("LIVE · Skip F2 Copy remaining backups", "Why is this step left out?")
	d.Press("enter").Shows("a text is needed").Type("  ").Press("enter").Shows("a text is needed")
	d.Type("share is gone, jq?").Press("enter").Lacks("LIVE · Skip")
	require.Equal(t, []string{"skip F2: share is gone, jq?"}, f.Requests())
}

func TestLettersThatAreTypedAreNoCommands(t *testing.T) {
	f := tuitest.NewIncident(failover())
	d := console(t, f, 80, 24)
	d.Press("n").Type("quick verify, poll rlpdsG?").Shows("> quick verify, poll rlpdsG?").Press("enter")
	require.Equal(t, []string{"note: quick verify, poll rlpdsG?"}, f.Requests())
}

func TestANoteMayBePastedButNothingElse(t *testing.T) {
	f := tuitest.NewIncident(failover())
	d := console(t, f, 80, 24)
	d.Paste("enter\ryq")
	require.Empty(t, f.Requests())
	d.Press("n").Paste("ticket 4711\nsecond line").Press("enter")
	require.Equal(t, []string{"note: ticket 4711 second line"}, f.Requests())
}

func TestPollAndVerifyAskTheIncident(t *testing.T) {
	f := tuitest.NewIncident(failover())
	s := console(t, f, 80, 24)
	s.Press("r").Shows("asking every node").Press("v").Shows("verifying F1").Press("p").Shows("planning F1")
	require.Equal(t, []string{"poll", "verify F1", "plan F1"}, f.Requests())
}

// Where a step is not done, a small screen shows nothing new: the operator who asked
// is told.
func TestVerifyingAStepThatIsNotDoneSaysSo(t *testing.T) {
	f := tuitest.NewIncident(failover())
	d := console(t, f, 80, 24)
	d.Press("v").Shows("verifying F1")
	f.Step("F1", func(s *incident.StepState) { s.Running = true })
	d.Idle().Lacks("is not done")
	f.Step("F1", func(s *incident.StepState) { s.Running, s.Proof = false, &engine.Proof{Says: "the jobs are there"} })
	d.Idle().Shows("F1 is not done: the jobs are there")
	d.Press("j").Lacks("is not done")
	f.Step("F1", func(s *incident.StepState) { s.Proof = &engine.Proof{Says: "the jobs are there still"} })
	d.Idle().Lacks("is not done")
}

func TestAnUnknownOutcomePointsToVerify(t *testing.T) {
	s := failover()
	s.Steps[0].Outcome = engine.Unknown
	console(t, tuitest.NewIncident(s), 80, 24).Shows("▸? F1", "unknown", "Press v to verify")
	s.ReadOnly = "the right to drive this site was lost"
	console(t, tuitest.NewIncident(s), 80, 24).Shows("▸? F1", "Only a console that drives can").Lacks("Press v")
}

func TestQuitAsksWhileAStepRuns(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.State.Running = "F6"
	d := console(t, f, 80, 24)
	d.Press("q").Shows("LIVE · Quit", "F6 is running. It runs to its end", "▸[ Cancel ]").Press("enter").Shows("▸ Failover")
	require.NoError(t, d.Leave("q", "y"))
}

func TestQuitLeavesAtOnceWhereNothingRuns(t *testing.T) {
	d := console(t, tuitest.NewIncident(failover()), 80, 24)
	require.NoError(t, d.Leave("q"))
}

func TestCtrlCTwiceLeavesFromAnywhere(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.State.Running = "F6"
	d := console(t, f, 80, 24)
	d.Press("n", "ctrl+c").Shows("ctrl+c again leaves", "LIVE · Note")
	d.Type("x").Press("ctrl+c").Shows("ctrl+c again leaves")
	require.NoError(t, d.Leave("ctrl+c"))
}

func TestTheConsoleEndsWithTheIncident(t *testing.T) {
	f := tuitest.NewIncident(failover())
	d := console(t, f, 80, 24)
	f.Finish()
	require.NoError(t, d.Ended())
}

func TestHostileTextsDoNotLeaveTheirPlace(t *testing.T) {
	const evil = "\x1b[2J\x1b]0;owned\x07\u202egnp\u200b数据库\r\n\t\x9b31mA\x00"
	s := failover()
	s.Site, s.Driver, s.Title, s.Findings[0].Title, s.Findings[0].Do = evil, evil, evil, evil, evil
	s.Snapshot.Pool.FQDN, s.Snapshot.Pool.State = evil, evil
	for i := range s.Snapshot.Nodes {
		n := &s.Snapshot.Nodes[i]
		n.Address, n.DataCentre, n.Facts.Database.State = evil, evil, evil
	}
	for i := range s.Steps {
		st := &s.Steps[i]
		st.Title, st.Why, st.Source, st.Reason, st.Blocked = evil, evil, evil, evil, ""
		st.Output = []string{evil, evil}
		st.Proof = &engine.Proof{Says: evil, Facts: []engine.Fact{{Name: evil, Value: evil}}}
		st.Actions = []incident.ActionState{{Target: evil, Text: evil, Kind: engine.Kind(evil)}}
	}
	s.Notes[0].Text, s.Notes[0].Step = evil, evil
	f := tuitest.NewIncident(s)
	f.Plans["F1"] = plan(evil, evil, evil)
	f.Plans["F1"].Loss, f.Plans["F1"].Notes = evil, []string{evil}
	d := console(t, f, 120, 40)
	d.Press("l").Shows(`\u{1b}[2J`).Press("esc", "d").Shows(`\u{1b}[2J`).Press("esc")
	d.Press("enter")
	d.Shows("LIVE · Run F1").Shows(`\u{202e}gnp`).Resize(40, 12).Resize(80, 24).Press("esc", "esc", "esc")
	require.Contains(t, d.Title(), `\u{1b}]0,owned`)
	require.NotContains(t, d.Title(), "\x1b")
}
