package engine_test

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
	named := engine.Ask{Want: "mgc"}
	for name, c := range map[string]struct {
		plan    engine.Plan
		risk    engine.Risk
		asks    []engine.Ask
		refused string
		nothing bool
	}{
		"can be undone":                       {engine.Plan{Actions: act}, engine.Reversible, nil, "", false},
		"can be undone, and names its target": {engine.Plan{Actions: act, Confirm: "mgc"}, engine.Reversible, nil, "", false},
		"a target":                            {engine.Plan{Actions: act, Confirm: "mgc"}, engine.DataLoss, []engine.Ask{named}, "", false},
		"a gate that holds asks for nothing":  {engine.Plan{Actions: act, Gates: []engine.Gate{holds}}, engine.Reversible, nil, "", false},
		"a gate comes before the target":      {engine.Plan{Actions: act, Gates: []engine.Gate{passable}, Confirm: "mgc"}, engine.DataLoss, []engine.Ask{{Gate: "no live primary", Want: "abandon SQL01"}, named}, "", false},
		"a gate that nobody may pass":         {engine.Plan{Actions: act, Gates: []engine.Gate{closed}}, engine.Reversible, nil, "chain complete", false},
		"a role that has no name to type":     {engine.Plan{Actions: act}, engine.RoleChange, nil, "no text", false},
		"nothing left to do":                  {engine.Plan{Already: "mgc is ONLINE"}, engine.Reversible, nil, "", true},
		"nothing to send, but a gate is shut": {engine.Plan{Gates: []engine.Gate{passable}}, engine.Reversible, []engine.Ask{{Gate: "no live primary", Want: "abandon SQL01"}}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			d := engine.Demanded(c.risk, &c.plan)
			require.Equal(t, c.asks, d.Asks)
			require.Contains(t, d.Refused, c.refused)
			require.Equal(t, c.refused == "", d.Refused == "")
			require.Equal(t, c.nothing, engine.Nothing(&c.plan))
		})
	}
	plan := &engine.Plan{Confirm: "mgc", Gates: []engine.Gate{passable}}
	shown := engine.Show("F4b", plan)
	require.Equal(t, engine.Confirmation{
		Accepted: true, Typed: "mgc", Overrides: map[string]string{"no live primary": "abandon SQL01"}, Shown: &shown,
	}, engine.Granted("F4b", engine.DataLoss, plan))
}

// The sets of a confirmation: what moves by itself is no part of them, and what
// was not shown was not confirmed.
func TestAConfirmationIsOfWhatWasShown(t *testing.T) {
	kill := func(n ...string) (out []engine.Action) {
		for _, id := range n {
			out = append(out, engine.Action{ID: "kill " + id, Kind: engine.SQL, Target: `SQL11\RTC`, Text: "KILL " + id})
		}
		return out
	}
	gate := func(name, phrase string) engine.Gate {
		return engine.Gate{Name: name, Seen: "seen 3m ago", Override: phrase}
	}
	was := engine.Plan{
		Confirm: `SQL11\RTC of litware-pchat`, Actions: kill("51", "52"), Lost: []string{"a.trn", "b.trn"}, Loss: "2 files, 3m of chat",
		Gates: []engine.Gate{gate("unread", "lose a.trn"), gate("alive", "abandon SQL01")},
	}
	for name, c := range map[string]struct {
		change func(*engine.Plan)
		news   string // "": it passes
	}{
		"nothing":                 {func(*engine.Plan) {}, ""},
		"sessions came and went":  {func(p *engine.Plan) { p.Actions = kill("90", "91", "92") }, ""},
		"counts and ages":         {func(p *engine.Plan) { p.Loss, p.Notes = "2 files, 4m of chat", []string{"9 sessions"} }, ""},
		"what a gate saw":         {func(p *engine.Plan) { p.Gates[1].Seen = "seen 4m ago" }, ""},
		"less is lost":            {func(p *engine.Plan) { p.Lost = []string{"b.trn"} }, ""},
		"a gate holds again":      {func(p *engine.Plan) { p.Gates[0].Holds = true }, ""},
		"the order":               {func(p *engine.Plan) { p.Lost = []string{"b.trn", "a.trn"} }, ""},
		"another file is lost":    {func(p *engine.Plan) { p.Lost = []string{"a.trn", "c.trn"} }, "c.trn would be lost, too"},
		"a gate failed instead":   {func(p *engine.Plan) { p.Gates[0] = gate("mirror", "lose the mirror") }, "mirror"},
		"the phrase of a gate":    {func(p *engine.Plan) { p.Gates[1] = gate("alive", "abandon SQL01 and SQL02") }, "what has to be typed for a gate is another text: alive (abandon SQL01 and SQL02)"},
		"another server":          {func(p *engine.Plan) { p.Actions[1].Target = `SQL12\RTC` }, `sql on SQL12\RTC`},
		"a server that is spared": {func(p *engine.Plan) { p.Actions = kill("51")[:0:0] }, "what is sent was"},
		"another kind of action":  {func(p *engine.Plan) { p.Actions[1].Kind = engine.PowerShell }, `powershell on SQL11\RTC`},
		"another site":            {func(p *engine.Plan) { p.Confirm = `SQL11\RTC of other-pchat` }, "other-pchat"},
	} {
		t.Run(name, func(t *testing.T) {
			now := was
			now.Actions = append([]engine.Action(nil), was.Actions...)
			now.Gates = append([]engine.Gate(nil), was.Gates...)
			c.change(&now)
			seen, is := engine.Show("F4b", &was), engine.Show("F4b", &now)
			if news := seen.Beyond(is); c.news == "" {
				require.Empty(t, news)
			} else {
				require.Len(t, news, 1)
				require.Contains(t, news[0], c.news)
				require.NotEqual(t, seen.Digest(), is.Digest())
			}
		})
	}
}

// A digest stands for one plan, and a phrase for one loss, however many files it has.
func TestALossIsStatedByATextThatStandsForNoOther(t *testing.T) {
	seen := map[string]bool{}
	for _, lost := range [][]string{{"a"}, {"b"}, {"a", "b"}, {"a", "c"}, {"a", "b", "c"}, {"a", "b", "d"}, {"a", "b", "c", "d"}, {"a and 2 more"}} {
		phrase := engine.LosePhrase(lost)
		require.False(t, seen[phrase], phrase)
		seen[phrase] = true
	}
	require.Equal(t, engine.LosePhrase([]string{"b", "a", "c"}), engine.LosePhrase([]string{"c", "b", "a", "a"}))

	many := func(n, last int) []string {
		var out []string
		for i := range n - 1 {
			out = append(out, string(rune('a'+i%26))+string(rune('a'+i/26)))
		}
		return append(out, string(rune('A'+last)))
	}
	big := engine.Show("F4b", &engine.Plan{Lost: many(500, 0)})
	require.Len(t, big.Lost, 60, "it has to fit into a line of the journal")
	require.Empty(t, big.Beyond(engine.Show("F4b", &engine.Plan{Lost: many(500, 0)})))
	require.NotEmpty(t, big.Beyond(engine.Show("F4b", &engine.Plan{Lost: many(500, 1)})), "nothing hides among the many")
}

// What is given beforehand: the text of the plan, the phrase of a loss, or the
// digest of all that was shown, and each for that only.
func TestWhatIsGivenBeforehandConfirmsThatOnly(t *testing.T) {
	dropping := func(state string) *engine.Plan {
		return &engine.Plan{Confirm: `SQL12\RTC of litware-pchat`, Actions: []engine.Action{{ID: "install", Kind: engine.PowerShell, Target: "fe01"}}, Lost: []string{`mgc on SQL12\RTC, ` + state}}
	}
	digest := func(p *engine.Plan) string { return engine.Show("F4b", p).Digest() }
	for name, c := range map[string]struct {
		given []string
		sent  bool
	}{
		"text and phrase":      {[]string{`SQL12\RTC of litware-pchat`, `lose mgc on SQL12\RTC, ONLINE`}, true},
		"the text alone":       {[]string{`SQL12\RTC of litware-pchat`}, false},
		"the phrase alone":     {[]string{`lose mgc on SQL12\RTC, ONLINE`}, false},
		"of another loss":      {[]string{`SQL12\RTC of litware-pchat`, `lose mgc on SQL12\RTC, OFFLINE`}, false},
		"the digest":           {[]string{"DIGEST"}, true},
		"digest of other loss": {[]string{digest(dropping("OFFLINE"))}, false},
		"digest of no loss":    {[]string{digest(&engine.Plan{Confirm: `SQL12\RTC of litware-pchat`, Actions: dropping("").Actions})}, false},
		"half a digest":        {[]string{"deadbeef"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.holds = true
			plan := dropping("ONLINE")
			plan.Actions[0] = r.action("install", nil)
			step := r.step(engine.RoleChange, plan)
			_, err := engine.Planned(t.Context(), step) // as plan shows it: with the gate that states the loss
			require.NoError(t, err)
			for i := range c.given {
				if c.given[i] == "DIGEST" {
					c.given[i] = digest(plan)
				}
			}
			ask := func(s engine.Step, p *engine.Plan) (engine.Confirmation, bool) {
				return engine.Answered(s, p, c.given), true
			}
			_, err = r.runner.Run(t.Context(), "failover", step, ask, nil)
			if !c.sent {
				require.Error(t, err)
				require.Empty(t, r.sent)
				return
			}
			require.NoError(t, err)
			require.Equal(t, []string{"install"}, r.sent)
			_, err = r.audit()
			require.NoError(t, err)
		})
	}
}
