package engine_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/journal"
)

// The verifier names the first line of which the promise is not true, in
// journals whose chain is whole.
func TestAuditNamesTheFirstLineThatIsNotTrue(t *testing.T) {
	shown := engine.Shown{Step: "F4b", Confirm: "mgc"}
	plan := engine.PlanRecord{Step: "F4b", Risk: engine.DataLoss, Confirm: "mgc", Typed: "mgc", Shown: &shown, Digest: shown.Digest()}
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
		"what was shown is not kept": {[]journal.Line{with(func(p *engine.PlanRecord) { p.Shown = nil }), intent}, "line 1: F4b went on without a record of what was shown"},
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

// What has no beginning is no journal, however unbroken the rest of it is.
func TestAuditOfAFileWithoutAnOpenLineFails(t *testing.T) {
	for _, file := range []string{
		"", "\x00\x00\x00",
		`{"seq":1,"time":"2026-11-21T03:00:00Z","type":"note","data":"x","prev":""}` + "\n",
	} {
		_, err := engine.Audited(strings.NewReader(file))
		require.ErrorContains(t, err, "open line", "%q", file)
	}
}
