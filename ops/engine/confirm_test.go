package engine_test

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/journal"
)

// What is sent is read again first. More than was confirmed is not sent, and
// is told; what only moves by itself holds nothing up.
func TestNothingIsSentThatWasNotConfirmed(t *testing.T) {
	gone := engine.Gate{Name: "share readable", Override: "go on without the share"}
	alive := engine.Gate{Name: "no live primary", Override: `abandon SQL01\RTC`}
	for name, c := range map[string]struct {
		before, after func(*engine.Plan)
		news          string // "": it is sent
	}{
		"all as it was":                       {nil, nil, ""},
		"a file becomes unread":               {nil, func(p *engine.Plan) { p.Lost = []string{"mgc_2.trn"} }, "mgc_2.trn would be lost, too"},
		"another file becomes unread":         {func(p *engine.Plan) { p.Lost = []string{"mgc_1.trn"} }, func(p *engine.Plan) { p.Lost = []string{"mgc_2.trn"} }, "mgc_2.trn would be lost, too"},
		"a gate fails instead of another":     {func(p *engine.Plan) { p.Gates = []engine.Gate{gone} }, func(p *engine.Plan) { p.Gates = []engine.Gate{alive} }, "no live primary"},
		"a gate holds again":                  {func(p *engine.Plan) { p.Gates = []engine.Gate{gone, alive} }, func(p *engine.Plan) { p.Gates = []engine.Gate{alive} }, ""},
		"another server":                      {nil, func(p *engine.Plan) { p.Actions[0].Target = `SQL12\RTC` }, `sql on SQL12\RTC`},
		"another session":                     {nil, func(p *engine.Plan) { p.Actions[0].ID, p.Actions[0].Text = "kill 52", "KILL 52" }, ""},
		"a database comes online on the way":  {nil, func(p *engine.Plan) { p.Lost = []string{`mgc on SQL12\RTC, ONLINE`} }, `mgc on SQL12\RTC, ONLINE would be lost, too`},
		"it is in use now, not only restored": {func(p *engine.Plan) { p.Lost = []string{`mgc on SQL12\RTC, RESTORING`} }, func(p *engine.Plan) { p.Lost = []string{`mgc on SQL12\RTC, ONLINE`} }, "ONLINE would be lost, too"},
		"seconds go by":                       {loses("mgc, fork 3f9a at LSN 48:1:1", 15*time.Minute), loses("mgc, fork 3f9a at LSN 48:1:1", 15*time.Minute+9*time.Second), ""},
		"less is lost":                        {loses("mgc, fork 3f9a at LSN 48:1:1", 5*time.Hour), loses("mgc, fork 3f9a at LSN 48:1:1", time.Hour), ""},
		"hours more are lost":                 {loses("mgc, fork 3f9a at LSN 48:1:1", 15*time.Minute), loses("mgc, fork 3f9a at LSN 48:1:1", 5*time.Hour), "less than 22m 00s of chat would have been lost, and less than 5h 52m is now"},
		"nobody knows any more how much":      {loses("mgc, fork 3f9a at LSN 48:1:1", 15*time.Minute), loses("mgc, fork 3f9a at LSN 48:1:1", 0), "an unknown amount is now"},
		"nobody knew how much":                {loses("mgc, fork 3f9a at LSN 48:1:1", 0), loses("mgc, fork 3f9a at LSN 48:1:1", 5*time.Hour), ""},
		"somebody restored an older one":      {loses("mgc, fork 3f9a at LSN 48:1:1", time.Minute), loses("mgc, fork 3f9a at LSN 31:1:1", time.Minute), "at LSN 48:1:1, and is mgc, fork 3f9a at LSN 31:1:1"},
		"another database of its name":        {loses("mgc, fork 3f9a at LSN 48:1:1", time.Minute), loses("mgc, fork 77c0 at LSN 48:1:1", time.Minute), "and is mgc, fork 77c0"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.holds = true
			plan := func(change func(*engine.Plan)) *engine.Plan {
				p := &engine.Plan{Confirm: `SQL11\RTC of litware-pchat`, Actions: []engine.Action{r.action("kill 51", nil)}}
				if change != nil {
					change(p)
				}
				return p
			}
			seen, err := engine.Planned(t.Context(), r.step(engine.DataLoss, plan(c.before)))
			require.NoError(t, err)
			given := engine.Granted("F4b", engine.DataLoss, seen)
			res, err := r.runner.Run(t.Context(), "failover", r.step(engine.DataLoss, plan(c.after)), engine.Given(given), nil)
			_, audited := r.audit()
			require.NoError(t, audited)
			if c.news == "" {
				require.NoError(t, err)
				require.Len(t, r.sent, 1)
				return
			}
			require.True(t, fault.Is(err, fault.Refused), "%v", err)
			var changed *engine.Changed
			require.ErrorAs(t, err, &changed)
			require.Contains(t, changed.Error(), c.news)
			require.ErrorContains(t, err, "type:\n", "it says what has to be typed now")
			require.Empty(t, r.sent)
			require.Equal(t, engine.None, res.Outcome)
			require.Equal(t, []journal.Type{journal.Open, journal.Plan}, r.types(), "the refusal is on record")
		})
	}
}

// loses makes a plan recover a database and lose some chat; 0: nobody knows how much.
func loses(recovers string, most time.Duration) func(*engine.Plan) {
	return func(p *engine.Plan) { p.Recovers, p.Most = recovers, most }
}

// A digest is of one loss. It passes for no other that the same texts would confirm,
// and the record says that it was given and nothing was typed.
func TestADigestIsOfTheLossThatItWasShownWith(t *testing.T) {
	r := newRig(t)
	r.holds = true
	plan := func(most time.Duration) *engine.Plan {
		p := &engine.Plan{Confirm: `SQL11\RTC of litware-pchat`, Actions: []engine.Action{r.action("recover", nil)}}
		loses("mgc, fork 3f9a at LSN 48:1:1", most)(p)
		return p
	}
	digest := engine.Show("F4b", plan(15*time.Minute)).Digest()
	giving := func(s engine.Step, p *engine.Plan) (engine.Confirmation, bool) {
		return engine.Answered(s, p, []string{digest}), true
	}
	_, err := r.runner.Run(t.Context(), "failover", r.step(engine.DataLoss, plan(5*time.Hour)), giving, nil)
	require.True(t, fault.Is(err, fault.Refused), "%v", err)
	require.Empty(t, r.sent)
	_, err = r.runner.Run(t.Context(), "failover", r.step(engine.DataLoss, plan(16*time.Minute)), giving, nil)
	require.NoError(t, err)
	var last engine.PlanRecord
	f, err := os.Open(r.path)
	require.NoError(t, err)
	defer f.Close()
	_, err = journal.Replay(f, func(l journal.Line) error {
		if l.Type != journal.Plan {
			return nil
		}
		return json.Unmarshal(l.Data, &last)
	})
	require.NoError(t, err)
	require.Equal(t, digest, last.Given)
}

// Who confirmed nothing to do did not confirm what has become of it since.
func TestNothingToDoIsNotAcceptedForSomething(t *testing.T) {
	r := newRig(t)
	given := engine.Granted("F4b", engine.Reversible, &engine.Plan{Already: "it is so"})
	plan := &engine.Plan{Actions: []engine.Action{r.action("one", nil)}}
	for _, c := range []engine.Confirmation{given, {Accepted: true}} {
		_, err := r.runner.Run(t.Context(), "failover", r.step(engine.Reversible, plan), engine.Given(c), nil)
		require.True(t, fault.Is(err, fault.Refused), "%v", err)
		require.Empty(t, r.sent)
	}
}

// An action that becomes known on the way is sent where the others are.
func TestAnActionThatIsFoundOnTheWayStaysWhereTheOthersAre(t *testing.T) {
	r := newRig(t)
	more := []engine.Action{r.action("two", nil), r.action("three", nil)}
	more[1].Target = `SQL12\RTC`
	plan := &engine.Plan{Actions: []engine.Action{r.action("one", nil)}, More: func(context.Context) (*engine.Action, error) {
		if len(more) == 0 {
			return nil, io.EOF
		}
		a := more[0]
		more = more[1:]
		return &a, nil
	}}
	_, err := r.run(r.step(engine.Reversible, plan))
	require.NoError(t, err)
	h := r.history().Step("F4b")
	require.Equal(t, []string{"one", "two"}, r.sent)
	require.Equal(t, engine.Failed, h.Outcome)
	require.Contains(t, h.Err.Error(), `sql on SQL12\RTC, which was not confirmed`)
}

// The audit holds what was sent against what was confirmed.
func TestAuditFindsWhatWasNotConfirmed(t *testing.T) {
	seen := engine.Shown{Step: "F4b", Confirm: "mgc", Targets: []string{`sql on SQL11\RTC`}}
	more := seen
	more.Lost = []string{"mgc_2.trn"}
	record := engine.PlanRecord{Step: "F4b", Risk: engine.DataLoss, Confirm: "mgc", Typed: "mgc", Shown: &seen, Digest: seen.Digest()}
	with := func(change func(*engine.PlanRecord)) engine.PlanRecord {
		p := record
		change(&p)
		return p
	}
	for name, c := range map[string]struct {
		plan   engine.PlanRecord
		target string
		want   string
	}{
		"all is true":            {record, `SQL11\RTC`, ""},
		"less than was seen":     {with(func(p *engine.PlanRecord) { p.Confirmed = &more }), `SQL11\RTC`, ""},
		"more than was seen":     {with(func(p *engine.PlanRecord) { p.Shown, p.Digest, p.Confirmed = &more, more.Digest(), &seen }), `SQL11\RTC`, "mgc_2.trn would be lost"},
		"a digest of other sets": {with(func(p *engine.PlanRecord) { p.Digest = more.Digest() }), `SQL11\RTC`, "digest"},
		"another target":         {record, `SQL12\RTC`, "not confirmed"},
	} {
		t.Run(name, func(t *testing.T) {
			j, err := journal.Create(t.TempDir(), journal.Opening{ID: "i1"}, journal.Options{By: "alice"})
			require.NoError(t, err)
			defer j.Close()
			require.NoError(t, j.AppendData(journal.Plan, c.plan))
			require.NoError(t, j.AppendData(journal.Intent, engine.ActionRecord{Step: "F4b", ID: "recover", Kind: engine.SQL, Target: c.target}))
			_, err = (&rig{t: t, path: j.Path()}).audit()
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
		})
	}
}
