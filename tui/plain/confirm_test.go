package plain

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
	"pchatops/tui/tuitest"
)

const phrase = "lose 15 minutes of chat"

// asks is the line that a question ends with.
const asks = "type the next line as it stands; Enter alone cancels."

// lossy is the plan of a step that cannot be undone.
func lossy() *engine.Plan {
	p := plan("RESTORE DATABASE [mgc] WITH RECOVERY", phrase)
	p.Loss = "chat since 02:45:00 UTC, 15 minutes"
	p.Gates = []engine.Gate{{Name: "primary is gone", Holds: true, Seen: "no answer from SQL01", Want: "no online principal"}}
	return p
}

// passable is a plan with a gate that does not hold and may be passed.
func passable() *engine.Plan {
	p := plan("Set-CsPersistentChatState", `SQL11\RTC`)
	p.Gates = []engine.Gate{{Name: "no second principal", Seen: "SQL02 answers", Want: "none", Do: "fail over by plan", Override: "two primaries"}}
	return p
}

// gated is a plan that can be undone, with a gate to pass.
func gated(text, phrase string) *engine.Plan {
	p := plan(text, "")
	p.Gates = []engine.Gate{{Name: "share readable", Override: phrase}}
	return p
}

// What is answered to the questions of a step, and what of it runs the step.
func TestAStepRunsOnlyOnWhatItsRiskAsksFor(t *testing.T) {
	first := engine.Confirmation{Accepted: true, Overrides: map[string]string{}, By: "alice"}
	with := func(typed string, overrides map[string]string) engine.Confirmation {
		c := first
		c.Typed = typed
		if overrides != nil {
			c.Overrides = overrides
		}
		return c
	}
	for name, c := range map[string]struct {
		step    string
		plan    *engine.Plan
		answers []string
		sent    *engine.Confirmation
	}{
		"a bare Enter cancels what can be undone": {"F1", plan("exec …", ""), []string{""}, nil},
		"y is not yes":                            {"F1", plan("exec …", ""), []string{"y", "Yes", "ok", ""}, nil},
		"yes runs what can be undone":             {"F1", plan("exec …", ""), []string{"yes"}, &first},
		"what can be undone may ask for a phrase": {"F1", gated("copy", "go on without the share"), []string{"yes", ""}, nil},
		"yes does not lose data":                  {"F4b", lossy(), []string{"yes", "LOSE 15 minutes of chat", phrase + " please", ""}, nil},
		"the phrase does":                         {"F4b", lossy(), []string{"no", phrase}, ref(with(phrase, nil))},
		"a role is changed by its name":           {"F5", plan("Set", `SQL11\RTC`), []string{`SQL12\RTC`, `SQL11\RTC`}, ref(with(`SQL11\RTC`, nil))},
		"a gate is passed by its phrase, then the step": {
			"F5", passable(),
			[]string{`SQL11\RTC`, "two primaries", `SQL11\RTC`},
			ref(with(`SQL11\RTC`, map[string]string{"no second principal": "two primaries"})),
		},
		"after the gate one can still turn back": {"F5", passable(), []string{"two primaries", ""}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			f := tuitest.NewIncident(failover())
			f.Plans[c.step] = c.plan
			y := sit(t, f, 80).reads("1 runs F1").types("2").reads("Type the number of a step").types(c.step)
			y.reads("about "+c.step, "1 runs").types("1")
			for _, a := range c.answers {
				y.reads(asks).types(a)
			}
			if c.sent == nil {
				y.reads("Cancelled. Nothing was sent.").types("0")
				require.NoError(t, y.end())
				require.Empty(t, f.Confirmed())
				return
			}
			y.reads(c.step, "done in 2.3 s", "read back as it should be").types("0")
			require.NoError(t, y.end())
			require.Equal(t, []tuitest.Run{{Step: c.step, Confirmation: *c.sent}}, f.Confirmed())
		})
	}
}

func ref[T any](v T) *T { return &v }

func TestTheQuestionSaysWhereAndWhatIsLostBeforeItIsAsked(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.Plans["F4b"] = lossy()
	y := sit(t, f, 80).reads("1 runs F1").types("2").reads("Type the number").types("3").reads("1 runs F4b").types("1")
	y.reads("LIVE litware-pchat: run F4b Bring mgc online?", "THIS CANNOT BE UNDONE", "LOSS: chat since 02:45:00 UTC, 15 minutes.",
		"Gate holds: primary is gone", `Will send 1 of 1 on SQL11\RTC:`, "RESTORE DATABASE [mgc] WITH RECOVERY",
		"on LIVE litware-pchat", asks, phrase)
}

func TestABareEnterAtTheMenuListsTheChoicesAndRunsNothing(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.Plans["F1"] = plan("exec …", "")
	y := sit(t, f, 80).reads("1 runs F1")
	for range 3 {
		y.types("").reads("0: quit", "1: run F1 Remove log shipping", "10: ask every server now", "1 runs F1")
	}
	require.Empty(t, f.Requests())
}

func TestWhatNobodyMayPassIsNotAskedFor(t *testing.T) {
	gap := plan("RESTORE", phrase)
	gap.Gates = []engine.Gate{{Name: "chain complete", Seen: "a gap from 02:15 to 02:30", Want: "no gap"}}
	for name, p := range map[string]*engine.Plan{"a gate without a phrase": gap, "a risk without a phrase": plan("RESTORE DATABASE", "")} {
		t.Run(name, func(t *testing.T) {
			f := tuitest.NewIncident(failover())
			f.Plans["F4b"] = p
			y := sit(t, f, 80).reads("1 runs F1").types("2").reads("Type the number").types("F4b").reads("1 runs F4b").types("1")
			y.reads("This step is refused", "1 runs").types(phrase).reads("There is no choice")
			require.Empty(t, f.Confirmed())
		})
	}
}

func TestWhatWasTypedBeforeTheQuestionDoesNotAnswerIt(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.Hold, f.Plans["F1"] = true, plan("exec …", "")
	y := sit(t, f, 80).reads("1 runs F1").types("1").reads("Planning F1").types("yes").reads("Not taken, nothing was asked yet: yes")
	f.Publish("F1")
	y.reads("run F1 Remove log shipping?", asks)
	require.Empty(t, f.Confirmed())
	y.types("").reads("Cancelled")
}

func TestWaitingForAPlanCanBeGivenUp(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.Hold, f.Plans["F1"] = true, plan("exec …", "")
	y := sit(t, f, 80).reads("1 runs F1").types("1").reads("Planning F1").types("").reads("No longer waiting", "1 runs F1")
	f.Publish("F1")
	y.types("yes").reads("There is no choice yes")
	require.Empty(t, f.Confirmed())
}

func TestWhatIsConfirmedIsWhatWasReadOut(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.Plans["F4b"] = lossy()
	y := sit(t, f, 80).reads("1 runs F1").types("2").reads("Type the number").types("F4b").reads("1 runs F4b").types("1").reads(asks)
	f.Change(func(s *incident.State) {
		s.Steps[2].Plan = plan("DROP DATABASE [mgc]", "lose everything")
		s.Steps[0], s.Steps[2] = s.Steps[2], s.Steps[0]
		s.Driver = "bob"
	})
	y.reads("bob drives").types("lose everything").reads("That is not the text asked for").types(phrase).reads("F4b Bring mgc online: done")
	require.Equal(t, "F4b", f.Confirmed()[0].Step)
	require.Equal(t, phrase, f.Confirmed()[0].Typed)
}

func TestALongPlanIsShortenedAndReadOutInFullWhenAskedFor(t *testing.T) {
	f := tuitest.NewIncident(failover())
	long := &engine.Plan{Total: 1000}
	for range 64 {
		long.Actions = append(long.Actions, plan("RESTORE LOG [mgc]", "").Actions...)
	}
	f.Plans["F1"] = long
	y := sit(t, f, 80).reads("1 runs F1").types("1")
	y.reads("Will send 12 of 1000", "And 52 more: type all to hear them.", "And 936 more that are planned while it runs.", asks)
	require.Zero(t, y.count("Will send 13 of"))
	y.types("all").reads("Will send 64 of 1000", asks).types("").reads("Cancelled")
	require.Empty(t, f.Confirmed())
}

func TestWhatNeedsNoConfirmationIsSentAtOnce(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.Plans["F4b"] = &engine.Plan{Already: "mgc is ONLINE"}
	y := sit(t, f, 80)
	for _, step := range []string{"FX", "F4b"} {
		y.reads("1 runs F1").types("2").reads("Type the number").types(step).reads("1 runs "+step).types("1").reads(step, "done in")
	}
	require.Equal(t, []string{"run FX", "plan F4b", "run F4b"}, f.Requests())
}

func TestAPlanThatCannotBeMadeAsksNothing(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.PlanErr = &fault.Error{Class: fault.Timeout, Tried: "read headers", Target: `SQL11\RTC`, Do: "plan again"}
	sit(t, f, 80).reads("1 runs F1").types("1").reads(`F1 could not be planned. read headers on SQL11\RTC: timeout. To do: plan again.`, "1 runs F1")
	require.Empty(t, f.Confirmed())
}

// A database came online where the mirror is to be, between the reading of the
// plan and the answer: the new plan is read out, and asked about.
func TestAPlanThatIsNotWhatWasConfirmedIsReadOutAndAskedAgain(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.Plans["F5"] = plan("Install-CsMirrorDatabase", `SQL12\RTC`)
	y := sit(t, f, 80).reads("1 runs F1").types("2").reads("Type the number").types("F5").reads("1 runs F5").types("1").reads(asks)
	f.Changes = plan("Install-CsMirrorDatabase -DropExistingDatabasesOnMirror", `SQL12\RTC`)
	f.Changes.Gates = []engine.Gate{{Name: "nothing is lost", Seen: "mgc on SQL12, ONLINE", Want: "none", Override: "lose mgc on SQL12, ONLINE"}}
	y.types(`SQL12\RTC`).reads("Nothing was sent. Since F5 was confirmed, this has changed: mgc on SQL12, ONLINE would be lost, too.",
		"-DropExistingDatabasesOnMirror", asks, "lose mgc on SQL12, ONLINE")
	y.types(`SQL12\RTC`).reads("That is not the text asked for").types("").reads("Cancelled. Nothing was sent.")
	require.Len(t, f.Confirmed(), 1)
	require.Equal(t, []string{`sql on SQL11\RTC`}, f.Shown()[0].Targets, "the confirmation says what was seen")
}

// What a step has left to decide is read out and asked about by itself.
func TestWhatAStepHasLeftToDecideIsAskedAtOnce(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.Plans["F1"] = plan("RESTORE LOG mgc", "")
	f.Left = &incident.Left{Why: "restore mgc_3.trn: the media family is incorrectly formed"}
	y := sit(t, f, 80).reads("1 runs F1").types("1").reads(asks)
	anew := plan("RESTORE LOG mgc", "")
	anew.Gates = []engine.Gate{{Name: "nothing is left out", Seen: "mgc_3.trn is damaged", Want: "all is applied", Override: "lose mgc_3.trn"}}
	f.Plans["F1"] = anew
	y.types("yes").reads("F1 has done what it could. This is left to decide: restore mgc_3.trn: the media family is incorrectly formed.",
		"Planning F1", asks, "lose mgc_3.trn").types("").reads("Cancelled. Nothing was sent.")
	require.Len(t, f.Confirmed(), 1)
}
