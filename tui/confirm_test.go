package tui_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
	"pchatops/tui/drive"
	"pchatops/tui/tuitest"
)

const phrase = "lose 15 minutes of chat"

// lossy is the plan of a step that cannot be undone.
func lossy() *engine.Plan {
	p := plan(`SQL11\RTC`, "RESTORE DATABASE [mgc] WITH RECOVERY", phrase)
	p.Loss = "chat since 02:45:00 UTC, 15 minutes"
	p.Gates = []engine.Gate{{Name: "primary is gone", Holds: true, Seen: "no answer from SQL01\\RTC", Want: "no online principal"}}
	return p
}

// choose selects a step from the top of the checklist.
func choose(d *drive.Console, n int) *drive.Console {
	d.Press("g")
	for range n {
		d.Press("j")
	}
	return d
}

// calm presses a key that opens a dialog by itself, and waits until it listens.
func calm(d *drive.Console) *drive.Console {
	return d.Press("enter").Expect("keys are not taken yet").Advance(500 * time.Millisecond).Lacks("keys are not taken yet")
}

func TestAStepThatOnlyReadsRunsAtOnce(t *testing.T) {
	f := tuitest.NewIncident(failover())
	d := console(t, f, 80, 24)
	choose(d, 8).Press("enter").Shows("✓ FX")
	require.Equal(t, []string{"run FX"}, f.Requests())
}

func TestAReversibleStepShowsItsPlanAndOpensOnCancel(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.Plans["F1"] = plan(`SQL11\RTC`, "exec sp_delete_log_shipping_secondary_database N'mgc'", "")
	d := console(t, f, 80, 24)
	calm(d).Shows("LIVE · Run F1 Remove log shipping", `on SQL11\RTC:`, "exec sp_delete_log_shipping_secondary_database N'mgc'", "▸[ Cancel ]")
	d.Press("enter").Lacks("LIVE · Run")
	require.Empty(t, f.Confirmed(), "Enter on a fresh dialog must cancel")

	calm(d).Press("tab").Shows("▸[ Run F1 ]").Press("enter").Lacks("LIVE · Run").Shows("✓ F1", "2.3s")
	require.Equal(t, []tuitest.Run{{Step: "F1", Confirmation: engine.Confirmation{Accepted: true, Overrides: map[string]string{}, By: "alice"}}}, f.Confirmed())

	choose(d, 1)
	f.Plans["F2"] = plan("SQL11", "copy 3 files", "")
	calm(d).Press("n")
	require.Len(t, f.Confirmed(), 1)
	calm(d).Press("y")
	require.Equal(t, "F2", f.Confirmed()[1].Step)
}

func TestALossIsConfirmedByTypingItsPhraseAndByNothingElse(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.Plans["F4b"] = lossy()
	d := console(t, f, 80, 24)
	choose(d, 4)
	calm(d).Shows("This cannot be undone", "Loss: chat since 02:45:00 UTC, 15 minutes", "✓ holds: primary is gone",
		"RESTORE DATABASE [mgc] WITH RECOVERY", "To go ahead, type:", phrase)
	d.Press("enter").Shows("a text is needed")
	d.Type("y").Press("enter").Shows("that is not the text asked for").Press("backspace")
	d.Type("Lose 15 minutes of chat").Press("enter").Shows("that is not the text asked for")
	d.Press("esc").Lacks("Run F4b")
	require.Empty(t, f.Confirmed())

	calm(d).Paste(phrase).Press("enter").Shows("a text is needed")
	require.Empty(t, f.Confirmed(), "a pasted phrase was read by nobody")

	d.Type(phrase).Press("enter").Lacks("Run F4b").Shows("✓ F4b")
	require.Equal(t, phrase, f.Confirmed()[0].Typed)
}

func TestAGateThatMayBePassedAsksForItsOwnPhraseFirst(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.Plans["F5"] = plan("fe11", "Set-CsPersistentChatState", `SQL11\RTC`)
	f.Plans["F5"].Gates = []engine.Gate{{
		Name: "no second principal", Seen: `SQL02\RTC answers as PRINCIPAL`, Want: "none", Do: "fail over by plan", Override: "two primaries",
	}}
	d := console(t, f, 100, 30)
	choose(d, 5)
	calm(d).Shows(`✗ no second principal: saw SQL02\RTC answers as PRINCIPAL; wanted: none`, "→ fail over by plan", "two primaries")
	d.Type(`SQL11\RTC`).Press("enter").Shows("that is not the text asked for").Press("esc")
	calm(d).Type("two primaries").Press("enter").Shows("To go ahead, type:").Type(`SQL11\RTC`).Press("enter")
	require.Equal(t, []tuitest.Run{{Step: "F5", Confirmation: engine.Confirmation{
		Accepted: true, Typed: `SQL11\RTC`, Overrides: map[string]string{"no second principal": "two primaries"}, By: "alice",
	}}}, f.Confirmed())
}

func TestWhatNobodyMayPassLeavesOnlyTheWayBack(t *testing.T) {
	for name, p := range map[string]*engine.Plan{
		"gate": {
			Actions: plan("x", "RESTORE", "").Actions, Confirm: phrase,
			Gates: []engine.Gate{{Name: "chain complete", Seen: "a gap from 02:15 to 02:30", Want: "no gap"}},
		},
		"no phrase": plan(`SQL11\RTC`, "RESTORE DATABASE", ""),
	} {
		t.Run(name, func(t *testing.T) {
			f := tuitest.NewIncident(failover())
			f.Plans["F4b"] = p
			d := console(t, f, 80, 24)
			choose(d, 4)
			calm(d).Shows("This step is refused", "▸[ Close ]").Lacks("[ Run F4b ]", "type:")
			d.Press("y", "tab").Shows("▸[ Close ]").Press("enter").Lacks("refused")
			require.Empty(t, f.Confirmed())
		})
	}
}

func TestWhatIsConfirmedIsWhatIsRead(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.Plans["F4b"] = lossy()
	d := console(t, f, 80, 24)
	choose(d, 4)
	calm(d)
	f.Change(func(s *incident.State) {
		s.Steps[4].Plan = plan(`SQL99\RTC`, "DROP DATABASE [mgc]", "lose everything")
		s.Steps[0], s.Steps[4] = s.Steps[4], s.Steps[0]
	})
	d.Idle().Shows("Run F4b Bring mgc online", `on SQL11\RTC:`, "RESTORE DATABASE [mgc] WITH RECOVERY", phrase)
	d.Type(phrase).Press("enter")
	require.Equal(t, "F4b", f.Confirmed()[0].Step)
	require.Equal(t, phrase, f.Confirmed()[0].Typed)
}

func TestKeysThatWereMeantForSomethingElseDoNotAnswerADialog(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.Plans["F1"] = plan(`SQL11\RTC`, "exec …", "")
	d := console(t, f, 80, 24)
	d.Press("enter").Expect("keys are not taken yet").Press("y", "y").Shows("Run F1")
	require.Empty(t, f.Confirmed(), "a dialog that opens by itself must swallow keys until they end")
	d.Press("y").Lacks("keys are not taken yet").Shows("Run F1")
	require.Empty(t, f.Confirmed())
	d.Press("y")
	require.Len(t, f.Confirmed(), 1, "after a while it listens, though somebody keeps typing")
}

func TestNothingLeftToDoNeedsNoConfirmation(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.Plans["F4b"] = &engine.Plan{Already: "mgc is ONLINE since 03:01 UTC"}
	d := console(t, f, 80, 24)
	choose(d, 4).Press("enter").Lacks("type:").Shows("✓ F4b")
	require.Equal(t, "F4b", f.Confirmed()[0].Step)
}

func TestAPlanThatCannotBeMadeOpensNoDialog(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.PlanErr = &fault.Error{Class: fault.Timeout, Tried: "read headers", Target: `SQL11\RTC`, Do: "press r, then plan again"}
	d := console(t, f, 80, 24)
	d.Press("enter").Lacks("LIVE · Run").Shows("F1 could not be planned", "read headers on")
}

func TestWaitingForAPlanCanBeGivenUp(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.Hold, f.Plans["F1"] = true, plan(`SQL11\RTC`, "exec …", "")
	d := console(t, f, 80, 24)
	d.Press("enter", "k").Shows("planning F1 … esc gives up").Press("esc").Lacks("planning F1")
	f.Step("F1", func(s *incident.StepState) { s.Plan, s.PlanAt = f.Plans["F1"], night })
	d.Idle().Lacks("LIVE · Run")
}

func TestARefusalIsSaidInItsOwnWords(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.Refuse = &fault.Error{Class: fault.Refused, Tried: "run FX", Text: "bob drives from ops1"}
	d := console(t, f, 80, 24)
	choose(d, 8).Press("enter").Shows("run FX: refused: bob drives from ops1")
	f.Refuse = errors.New("the journal cannot be written")
	d.Press("p").Shows("the journal cannot be written").Press("k").Lacks("the journal")
}

// A database came online where the mirror is to be while the dialog was open:
// nothing is sent, and the dialog opens again on what would be done now.
func TestAPlanThatIsNotWhatWasConfirmedIsShownAndAskedAgain(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.Plans["F5"] = plan("fe11", "Install-CsMirrorDatabase", `SQL12\RTC`)
	d := console(t, f, 80, 24)
	choose(d, 5)
	calm(d).Shows("To go ahead, type:")
	f.Changes = plan("fe11", "Install-CsMirrorDatabase -DropExistingDatabasesOnMirror", `SQL12\RTC`)
	f.Changes.Gates = []engine.Gate{{Name: "nothing is lost", Seen: "mgc on SQL12, ONLINE", Want: "none", Override: "lose mgc on SQL12, ONLINE"}}
	d.Type(`SQL12\RTC`).Press("enter").Expect("keys are not taken yet").Advance(500*time.Millisecond).
		Shows("Run F5", "Nothing was sent. Since you confirmed it, this has changed", "would be lost, too", "lose mgc on SQL12, ONLINE")
	d.Type(`SQL12\RTC`).Press("enter").Shows("that is not the text asked for").Press("esc").Lacks("Run F5")
	require.Len(t, f.Confirmed(), 1)
	require.Equal(t, []string{"sql on fe11"}, f.Shown()[0].Targets, "the confirmation says what was seen")
}

// RESTORE could not make sense of a backup: what it could, the step has done. The
// new plan asks about the rest by itself, and no key that was under way answers.
func TestWhatAStepHasLeftToDecideIsAskedAtOnce(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		f := tuitest.NewIncident(failover())
		f.Plans["F1"] = plan(`SQL11\RTC`, "RESTORE LOG mgc", "")
		f.Left = &incident.Left{Why: "restore mgc_3.trn: the media family is incorrectly formed"}
		d := console(t, f, size[0], size[1])
		choose(d, 0)
		calm(d).Shows("Run F1")
		anew := plan(`SQL11\RTC`, "RESTORE LOG mgc", "")
		anew.Gates = []engine.Gate{{Name: "nothing is left out", Seen: "mgc_3.trn is damaged", Want: "all is applied", Override: "lose mgc_3.trn"}}
		f.Plans["F1"] = anew
		d.Press("tab", "enter").Press("y", "enter").Expect("keys are not taken yet").Advance(500*time.Millisecond).
			Shows("Run F1", "F1 has done what it could. This is left to decide: restore mgc_3.trn", "incorrectly formed", "lose mgc_3.trn")
		require.Len(t, f.Confirmed(), 1)
		d.Press("esc").Lacks("left to decide")
		require.Len(t, f.Confirmed(), 1)

		// Somebody has seen to it meanwhile.
		f.Left = &incident.Left{Why: "restore mgc_3.trn: again"}
		f.Plans["F1"] = plan(`SQL11\RTC`, "RESTORE LOG mgc", "")
		calm(d).Shows("Run F1")
		f.Plans["F1"] = &engine.Plan{Already: "it is all applied"}
		d.Press("tab", "enter").Idle().Lacks("left to decide")
		require.Len(t, f.Confirmed(), 2, "what has nothing to send is not sent by itself")
	}
}
