package ladder

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
)

// Plans by what they ask for, and what confirms them.
func TestWhatAPlanAsksForIsWhatConfirmsIt(t *testing.T) {
	act := []engine.Action{{ID: "restore"}}
	holds := engine.Gate{Name: "no live primary", Holds: true, Override: "abandon SQL01"}
	passable := engine.Gate{Name: "no live primary", Override: "abandon SQL01"}
	closed := engine.Gate{Name: "chain complete"}
	for name, c := range map[string]struct {
		plan    engine.Plan
		risk    engine.Risk
		asks    []Ask
		refused string
		nothing bool
	}{
		"can be undone":                       {engine.Plan{Actions: act}, engine.Reversible, nil, "", false},
		"a phrase":                            {engine.Plan{Actions: act, Confirm: "mgc"}, engine.DataLoss, []Ask{{Want: "mgc"}}, "", false},
		"a gate that holds asks for nothing":  {engine.Plan{Actions: act, Gates: []engine.Gate{holds}}, engine.Reversible, nil, "", false},
		"a gate comes before the phrase":      {engine.Plan{Actions: act, Gates: []engine.Gate{passable}, Confirm: "mgc"}, engine.DataLoss, []Ask{{"no live primary", "abandon SQL01"}, {Want: "mgc"}}, "", false},
		"a gate that nobody may pass":         {engine.Plan{Actions: act, Gates: []engine.Gate{closed}}, engine.Reversible, []Ask{{Gate: "chain complete"}}, "chain complete", false},
		"a role that has no name to type":     {engine.Plan{Actions: act}, engine.RoleChange, nil, "no text", false},
		"nothing left to do":                  {engine.Plan{Already: "mgc is ONLINE"}, engine.Reversible, nil, "", true},
		"nothing to send, but a gate is shut": {engine.Plan{Gates: []engine.Gate{passable}}, engine.Reversible, []Ask{{"no live primary", "abandon SQL01"}}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.asks, Asks(&c.plan))
			require.Contains(t, Refusal(&c.plan, c.risk), c.refused)
			require.Equal(t, c.refused == "", Refusal(&c.plan, c.risk) == "")
			require.Equal(t, c.nothing, Nothing(&c.plan))
		})
	}
	given := Given([]Ask{{"no live primary", "abandon SQL01"}, {Want: "mgc"}})
	require.Equal(t, engine.Confirmation{Accepted: true, Typed: "mgc", Overrides: map[string]string{"no live primary": "abandon SQL01"}}, given)
}
