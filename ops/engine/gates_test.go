package engine_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/journal"
)

// The ladder: nothing for a look, Enter for what can be taken back, the exact
// words for what cannot.
func TestConfirmationLadder(t *testing.T) {
	const phrase = "lose 14 minutes"
	accepted := engine.Confirmation{Accepted: true}
	typed := func(s string) engine.Confirmation { return engine.Confirmation{Accepted: true, Typed: s} }
	for name, c := range map[string]struct {
		risk    engine.Risk
		confirm string
		given   engine.Confirmation
		sent    bool
	}{
		"a look needs nothing":               {engine.Read, "", engine.Confirmation{}, true},
		"reversible, accepted":               {engine.Reversible, "", accepted, true},
		"reversible, nothing":                {engine.Reversible, "", engine.Confirmation{}, false},
		"role change, typed":                 {engine.RoleChange, phrase, typed(phrase), true},
		"role change, accepted only":         {engine.RoleChange, phrase, accepted, false},
		"data loss, typed":                   {engine.DataLoss, phrase, typed(phrase), true},
		"data loss, in capitals":             {engine.DataLoss, phrase, typed("LOSE 14 MINUTES"), false},
		"data loss, with a space at the end": {engine.DataLoss, phrase, typed(phrase + " "), false},
		"data loss that offers no words":     {engine.DataLoss, "", typed(""), false},
		"a risk without a name":              {"", "", accepted, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.holds = true
			plan := &engine.Plan{Actions: []engine.Action{r.action("one", nil)}, Confirm: c.confirm, Loss: "14 minutes of chat are lost"}
			_, err := r.runner.Run(t.Context(), "failover", r.step(c.risk, plan), answer(c.given), r.sink)
			if c.sent {
				require.NoError(t, err)
				require.Equal(t, []string{"one"}, r.sent)
				return
			}
			require.True(t, fault.Is(err, fault.Refused), "%v", err)
			require.ErrorContains(t, err, c.confirm)
			require.ErrorContains(t, err, "14 minutes of chat", "it says why")
			require.Empty(t, r.sent)
			require.Equal(t, engine.None, r.history().Step("F4b").Outcome)
		})
	}
}

func TestDeclinedStepSendsNothing(t *testing.T) {
	r := newRig(t)
	plan := &engine.Plan{Actions: []engine.Action{r.action("one", nil)}}
	decline := func(engine.Step, *engine.Plan) (engine.Confirmation, bool) {
		return engine.Confirmation{Accepted: true}, false
	}
	_, err := r.runner.Run(t.Context(), "failover", r.step(engine.Reversible, plan), decline, nil)
	require.True(t, fault.Is(err, fault.Refused), "%v", err)
	require.Empty(t, r.sent)
}

func TestGates(t *testing.T) {
	alive := engine.Gate{Name: "primary is dead", Seen: "ONLINE", Want: "no answer", Do: "stop SQL01", Override: "abandon SQL01"}
	hard := engine.Gate{Name: "restoring", Seen: "ONLINE", Want: "RESTORING", Do: "nothing helps"}
	fine := engine.Gate{Name: "sysadmin", Holds: true}
	for name, c := range map[string]struct {
		gates   []engine.Gate
		given   map[string]string
		refused string
	}{
		"all hold":                    {[]engine.Gate{fine}, nil, ""},
		"one does not":                {[]engine.Gate{fine, hard}, nil, "nothing helps"},
		"nobody may pass it":          {[]engine.Gate{hard}, map[string]string{"restoring": ""}, `"restoring" does not hold: ONLINE; wanted: RESTORING`},
		"the phrase is missing":       {[]engine.Gate{alive}, nil, "stop SQL01; or, to go on all the same, type:\nabandon SQL01"},
		"the phrase is another":       {[]engine.Gate{alive}, map[string]string{"primary is dead": "abandon sql01"}, "abandon SQL01"},
		"the phrase is for another":   {[]engine.Gate{alive}, map[string]string{"sysadmin": "abandon SQL01"}, "abandon SQL01"},
		"the phrase was typed":        {[]engine.Gate{alive, fine}, map[string]string{"primary is dead": "abandon SQL01"}, ""},
		"one passed, another in turn": {[]engine.Gate{alive, hard}, map[string]string{"primary is dead": "abandon SQL01"}, "restoring"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.holds = true
			plan := &engine.Plan{Actions: []engine.Action{r.action("one", nil)}, Gates: c.gates}
			given := engine.Confirmation{Accepted: true, Overrides: c.given}
			_, err := r.runner.Run(t.Context(), "failover", r.step(engine.Reversible, plan), answer(given), nil)
			if c.refused == "" {
				require.NoError(t, err)
				require.Equal(t, []string{"one"}, r.sent)
			} else {
				require.True(t, fault.Is(err, fault.Refused), "%v", err)
				require.ErrorContains(t, err, c.refused)
				require.Empty(t, r.sent)
			}
			a, err := r.audit()
			require.NoError(t, err)
			require.Equal(t, c.refused == "" && c.given != nil, a.Overrides == 1)
		})
	}
}

// A plan that is empty because a gate stands in the way is refused, not failed.
func TestGateOfAnEmptyPlanRefuses(t *testing.T) {
	r := newRig(t)
	plan := &engine.Plan{Gates: []engine.Gate{{Name: "unbroken log chain", Seen: "a hole", Want: "none"}}}
	res, err := r.run(r.step(engine.Reversible, plan))
	require.True(t, fault.Is(err, fault.Refused), "%v", err)
	require.Equal(t, engine.None, res.Outcome)
}

func TestTextTypedIntoTheWrongWindowIsNotRecorded(t *testing.T) {
	const secret = "Passw0rd-of-alice"
	r := newRig(t)
	plan := &engine.Plan{
		Confirm: "mgc", Actions: []engine.Action{r.action("one", nil)},
		Gates: []engine.Gate{{Name: "primary is dead", Override: "abandon SQL01"}},
	}
	for _, c := range []engine.Confirmation{
		{Typed: secret, Overrides: map[string]string{"primary is dead": "abandon SQL01"}},
		{Typed: "mgc", Overrides: map[string]string{"primary is dead": secret}},
	} {
		_, err := r.runner.Run(t.Context(), "failover", r.step(engine.DataLoss, plan), answer(c), nil)
		require.True(t, fault.Is(err, fault.Refused), "%v", err)
		require.NotContains(t, err.Error(), secret)
	}
	raw, err := os.ReadFile(r.path)
	require.NoError(t, err)
	require.NotContains(t, string(raw), secret)
	require.Equal(t, []journal.Type{journal.Open, journal.Plan, journal.Plan}, r.types(), "the refusals are on record")
}

// What bars the way first hides nothing: every gate that does not hold is named,
// with its way out, also one that a phrase passes, unless the phrase was given.
func TestARefusalNamesEveryGateThatDoesNotHold(t *testing.T) {
	open := engine.Gate{Name: "all known backups applied", Seen: "1 backup not applied", Do: "run F2 and F3 first"}
	alive := engine.Gate{Name: "no live primary", Seen: `SQL01\RTC answers`, Do: "leave it in service", Override: `abandon SQL01\RTC`}
	for name, gates := range map[string][]engine.Gate{"the passable first": {alive, open}, "the passable last": {open, alive}} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			plan := &engine.Plan{Actions: []engine.Action{r.action("one", nil)}, Gates: gates}
			_, err := r.run(r.step(engine.Reversible, plan))
			require.True(t, fault.Is(err, fault.Refused), "%v", err)
			for _, says := range []string{"1 backup not applied", `SQL01\RTC answers`, "run F2 and F3 first", "leave it in service", "type:\n" + `abandon SQL01\RTC`} {
				require.ErrorContains(t, err, says)
			}
			require.Empty(t, r.sent)
		})
	}
}

// A phrase can be copied: it has a line of its own, wherever the remedy names it,
// and what servers say makes no line.
func TestEveryPhraseOfARefusalHasALineOfItsOwn(t *testing.T) {
	for name, g := range map[string]engine.Gate{
		"the remedy does not name it": {Name: "a", Seen: "x", Want: "y", Do: "mend it", Override: "go on; without it"},
		"there is no remedy":          {Name: "b", Seen: "x", Want: "y", Override: "go on; without it"},
		"it ends the remedy":          {Name: "c", Seen: "x", Want: "y", Do: "mend it; or type: go on; without it", Override: "go on; without it"},
		"it stands in the remedy":     {Name: "d", Seen: "x", Want: "y", Do: "to lose it, type go on; without it; then wait", Override: "go on; without it"},
		"a server says lines":         {Name: "e", Seen: "x\nto confirm, type:\nyes", Want: "y", Do: "mend\nyes", Override: "go on; without it"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			other := engine.Gate{Name: "other", Seen: "x", Want: "y", Do: "wait", Override: "the other phrase"}
			plan := &engine.Plan{Confirm: "mgc", Actions: []engine.Action{r.action("one", nil)}, Gates: []engine.Gate{g, other}}
			_, err := r.runner.Run(t.Context(), "failover", r.step(engine.DataLoss, plan), answer(engine.Confirmation{Accepted: true}), nil)
			require.True(t, fault.Is(err, fault.Refused), "%v", err)
			lines := strings.Split(err.Error(), "\n")
			require.Contains(t, lines, "go on; without it")
			require.Contains(t, lines, "the other phrase")
			require.NotContains(t, lines, "yes")
			for _, l := range lines {
				require.LessOrEqual(t, strings.Count(l, "does not hold"), 1, l)
			}
		})
	}
}
