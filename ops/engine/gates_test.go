package engine_test

import (
	"os"
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
			_, err := r.runner.Run(t.Context(), "failover", r.step(c.risk, plan), engine.Given(c.given), r.sink)
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
		"nobody may pass it":          {[]engine.Gate{hard}, map[string]string{"restoring": ""}, `"restoring" does not hold: ONLINE, wanted RESTORING`},
		"the phrase is missing":       {[]engine.Gate{alive}, nil, "stop SQL01; or, to go on all the same, type: abandon SQL01"},
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
			_, err := r.runner.Run(t.Context(), "failover", r.step(engine.Reversible, plan), engine.Given(given), nil)
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
		_, err := r.runner.Run(t.Context(), "failover", r.step(engine.DataLoss, plan), engine.Given(c), nil)
		require.True(t, fault.Is(err, fault.Refused), "%v", err)
		require.NotContains(t, err.Error(), secret)
	}
	raw, err := os.ReadFile(r.path)
	require.NoError(t, err)
	require.NotContains(t, string(raw), secret)
	require.Equal(t, []journal.Type{journal.Open, journal.Plan, journal.Plan}, r.types(), "the refusals are on record")
}
