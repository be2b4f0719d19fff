package engine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/journal"
)

// brittle fails at its nth line and ever after.
type brittle struct {
	engine.Recorder
	left int
}

func (b *brittle) Append(l journal.Line) (journal.Line, error) {
	if b.left--; b.left < 0 {
		return l, &fault.Error{Class: fault.Disk, Tried: "write the journal"}
	}
	return b.Recorder.Append(l)
}

// Wherever the journal fails, no action follows, the caller is told, and what
// is on record never claims more than what was proven.
func TestNothingIsSentOnceTheJournalFails(t *testing.T) {
	whole := 6 // plan, two intents, two outcomes, step
	for n := range whole {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			r := newRig(t)
			r.runner.Journal = &brittle{Recorder: r.journal, left: n}
			_, err := r.run(r.step(engine.Reversible, &engine.Plan{Actions: []engine.Action{r.action("one", nil), r.action("two", nil)}}))
			require.True(t, fault.Is(err, fault.Disk), "%v", err)
			require.Len(t, r.sent, n/2, "an action is sent exactly when its intent is on the disk")
			past := r.history().Step("F4b")
			require.Equal(t, n == 2 || n == 4, past.Outcome == engine.Unknown, "an intent alone means unknown")
			require.Equal(t, n == 2 || n == 4, len(past.Unsettled) == 1)
		})
	}
}

func TestUnknownStepRunAgainIsDone(t *testing.T) {
	r := newRig(t)
	lost := func(context.Context, engine.Reporter) error { return &fault.Error{Class: fault.Lost} }
	_, err := r.run(r.step(engine.Reversible, &engine.Plan{Actions: []engine.Action{r.action("one", lost)}}))
	require.NoError(t, err)
	r.holds = true
	_, err = r.run(r.step(engine.Reversible, &engine.Plan{Already: "it is so"}))
	require.NoError(t, err)
	past := r.history().Step("F4b")
	require.Equal(t, engine.Done, past.Outcome)
	require.True(t, past.Already)
	require.Empty(t, past.Unsettled)
}

func TestHistoryOfALongRunIsBounded(t *testing.T) {
	h := engine.NewHistory()
	require.NoError(t, h.Apply(line(t, journal.Plan, engine.PlanRecord{Step: "F3", Total: 5_000})))
	for i := range 5_000 {
		rec := engine.ActionRecord{Step: "F3", ID: fmt.Sprint("restore ", i)}
		require.NoError(t, h.Apply(line(t, journal.Intent, rec)))
		rec.Outcome = engine.Done
		require.NoError(t, h.Apply(line(t, journal.Action, rec)))
	}
	past := h.Step("F3")
	require.Equal(t, 5_000, past.Sent)
	require.LessOrEqual(t, len(past.Actions), 500)
	require.Equal(t, "restore 4999", past.Actions[len(past.Actions)-1].ID)
	require.Empty(t, past.Unsettled)
}

func TestHistoryRefusesWhatItCannotRead(t *testing.T) {
	for _, typ := range []journal.Type{journal.Open, journal.Plan, journal.Intent, journal.Action, journal.Step, journal.Skip, journal.Close} {
		err := engine.NewHistory().Apply(journal.Line{Type: typ, Data: json.RawMessage(`{"step":7,"site":7,"steps":7}`)})
		require.ErrorContains(t, err, string(typ))
	}
}

func line(t *testing.T, typ journal.Type, data any) journal.Line {
	t.Helper()
	raw, err := json.Marshal(data)
	require.NoError(t, err)
	return journal.Line{Type: typ, By: "alice", Data: raw}
}

// The verifier names the first line of which the promise is not true, in
// journals whose chain is whole.
func TestAuditNamesTheFirstLineThatIsNotTrue(t *testing.T) {
	plan := engine.PlanRecord{Step: "F4b", Risk: engine.DataLoss, Confirm: "mgc", Typed: "mgc"}
	with := func(change func(*engine.PlanRecord)) journal.Line {
		p := plan
		change(&p)
		return line(t, journal.Plan, p)
	}
	intent := line(t, journal.Intent, engine.ActionRecord{Step: "F4b", ID: "recover"})
	outcome := line(t, journal.Action, engine.ActionRecord{Step: "F4b", ID: "recover", Outcome: engine.Done})
	done := line(t, journal.Step, engine.StepRecord{Step: "F4b", Outcome: engine.Done, Proof: &engine.Proof{Holds: true}})
	planned := line(t, journal.Plan, plan)
	for name, c := range map[string]struct {
		lines []journal.Line
		want  string
	}{
		"all is true":                {[]journal.Line{planned, intent, outcome, done}, ""},
		"no plan":                    {[]journal.Line{intent}, "line 1: F4b was to send"},
		"plan of another step":       {[]journal.Line{with(func(p *engine.PlanRecord) { p.Step = "F1" }), intent}, "line 2: "},
		"plan was refused":           {[]journal.Line{with(func(p *engine.PlanRecord) { p.Refused = &fault.Error{} }), intent}, "line 2: "},
		"plan of a step that ended":  {[]journal.Line{planned, intent, outcome, done, intent}, "line 5: "},
		"plan of the console before": {[]journal.Line{planned, {Type: journal.Driver, By: "bob"}, intent}, "line 3: "},
		"typed something else":       {[]journal.Line{with(func(p *engine.PlanRecord) { p.Typed = "mcg" }), intent}, "risk data-loss"},
		"a gate that did not hold":   {[]journal.Line{with(func(p *engine.PlanRecord) { p.Gates = []engine.Gate{{Name: "dead"}} }), intent}, `gate "dead" did not hold`},
		"a gate passed by its phrase": {[]journal.Line{with(func(p *engine.PlanRecord) {
			p.Gates, p.Overrides = []engine.Gate{{Name: "dead", Override: "x"}}, map[string]string{"dead": "x"}
		}), intent, outcome, done}, ""},
		"outcome without intent":    {[]journal.Line{planned, outcome}, "line 2: F4b has an outcome"},
		"outcome of another action": {[]journal.Line{planned, intent, line(t, journal.Action, engine.ActionRecord{Step: "F4b", ID: "other"})}, "line 3: "},
		"two intents at once":       {[]journal.Line{planned, intent, intent}, "line 3: "},
		"done without a proof":      {[]journal.Line{line(t, journal.Step, engine.StepRecord{Step: "F4b", Outcome: engine.Done})}, "without a proof"},
		"done against its proof": {[]journal.Line{line(t, journal.Step, engine.StepRecord{
			Step: "F4b", Outcome: engine.Done, Proof: &engine.Proof{},
		})}, "without a proof"},
		"skipped without a reason": {[]journal.Line{line(t, journal.Skip, engine.StepRecord{Step: "F6"})}, "without a reason"},
	} {
		t.Run(name, func(t *testing.T) {
			j, err := journal.Create(t.TempDir(), journal.Opening{ID: "i1"}, journal.Options{By: "alice"})
			require.NoError(t, err)
			defer j.Close()
			for _, l := range c.lines {
				_, err := j.Append(l)
				require.NoError(t, err)
			}
			_, err = (&rig{t: t, path: j.Path()}).audit()
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, shifted(c.want))
		})
	}
}

// shifted counts the open line in.
func shifted(want string) string {
	var n int
	if _, err := fmt.Sscanf(want, "line %d:", &n); err != nil {
		return want
	}
	return strings.Replace(want, fmt.Sprintf("line %d:", n), fmt.Sprintf("line %d:", n+1), 1)
}

func TestAuditOfAChangedJournalFails(t *testing.T) {
	_, err := engine.Audited(bytes.NewReader([]byte("{}\n{}\n")))
	require.ErrorContains(t, err, "line 1")
}

func TestWhereAStepStandsIsInferredFromTheServers(t *testing.T) {
	r := newRig(t)
	r.holds = true
	infer := func(p *engine.Plan) engine.Result {
		res, err := engine.Inferred(t.Context(), r.step(engine.DataLoss, p))
		require.NoError(t, err)
		return res
	}
	require.Equal(t, engine.Done, infer(&engine.Plan{Already: "so"}).Outcome)
	require.True(t, infer(&engine.Plan{}).Already)
	require.Equal(t, engine.Skipped, infer(&engine.Plan{Skip: "no mirror"}).Outcome)
	require.Equal(t, engine.None, infer(&engine.Plan{Actions: []engine.Action{r.action("one", nil)}}).Outcome)
	r.holds = false
	require.Equal(t, engine.None, infer(&engine.Plan{Already: "so"}).Outcome)
	require.Empty(t, r.sent)
	require.Equal(t, []journal.Type{journal.Open}, r.types(), "what is inferred is not recorded")
}
