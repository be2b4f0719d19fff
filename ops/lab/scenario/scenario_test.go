package scenario

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func nothing(string) (Scenario, bool) { return Scenario{}, false }

const whole = `version: 1
name: share-gone
title: The file server dies while F3 restores.
procedure: failover
site: {history: 2h, interval: 15m, mirror-time: 20s}
start:
  - clock: {advance: 52m}
  - power: {target: dc1, on: false}
when:
  - request: {target: 'SQL11\RTC', kind: sql, text: RESTORE LOG, n: 2}
    fate: cut-after
    do:
      - share: {state: offline}
  - step: {id: F4b, at: end}
    do:
      - power: {target: dc1, on: true}
  - state: {instance: secondary, is: online}
    do:
      - agent: {instance: secondary, on: false}
  - after: 10m
    do:
      - standby: {}
gates:
  F2: [backup share readable]
lift:
  - share: {state: online}
expect:
  findings: [primary-site-lost]
  exit: 6
  stopped: F6
  says: [backup share]
  left: [not copied]
  lost: 30
  again: 6
`

func TestAScenarioFileSaysWhatTheWorldIsAndWhatHappensWhen(t *testing.T) {
	s, err := Parse("x.yaml", []byte(whole), nothing)
	require.NoError(t, err)
	require.Equal(t, Scenario{
		Name: "share-gone", Title: "The file server dies while F3 restores.", Procedure: "failover",
		Site: Site{History: 2 * time.Hour, Interval: 15 * time.Minute, MirrorTime: 20 * time.Second},
		Start: []Step{
			{"clock", map[string]string{"advance": "52m"}},
			{"power", map[string]string{"target": "dc1", "on": "false"}},
		},
		When: []Event{
			{
				Request: &Request{Target: `SQL11\RTC`, Kind: "sql", Text: "RESTORE LOG", N: 2}, Fate: "cut-after",
				Do: []Step{{"share", map[string]string{"state": "offline"}}},
			},
			{Moment: &Moment{Step: "F4b", End: true}, Do: []Step{{"power", map[string]string{"target": "dc1", "on": "true"}}}},
			{State: &State{Instance: "secondary", Is: "ONLINE"}, Do: []Step{{"agent", map[string]string{"instance": "secondary", "on": "false"}}}},
			{After: 10 * time.Minute, Do: []Step{{"standby", map[string]string{}}}},
		},
		Gates: map[string][]string{"F2": {"backup share readable"}},
		Lift:  []Step{{"share", map[string]string{"state": "online"}}},
		Expect: Expect{
			Findings: []string{"primary-site-lost"}, Exit: 6, Stopped: "F6", Says: []string{"backup share"}, Left: []string{"not copied"}, Lost: 30, Again: 6,
		},
	}, s)
}

func TestAScenarioStartsFromAnother(t *testing.T) {
	base, err := Parse("x.yaml", []byte(whole), nothing)
	require.NoError(t, err)
	s, err := Parse("y.yaml", []byte("version: 1\nname: more\ntitle: More.\nfrom: share-gone\nstart:\n  - slow: {factor: 3}\nexpect: {exit: 3}\n"),
		func(name string) (Scenario, bool) { return base, name == "share-gone" })
	require.NoError(t, err)
	require.Equal(t, "failover", s.Procedure)
	require.Equal(t, base.Site, s.Site)
	require.Equal(t, append(base.Start[:2:2], Step{"slow", map[string]string{"factor": "3"}}), s.Start)
	require.Equal(t, Expect{Findings: base.Expect.Findings, Exit: 3}, s.Expect, "what is to come of it is its own")
	require.Empty(t, s.When)
	require.Equal(t, base.Gates, s.Gates)
}

func TestWhatIsWrongInAScenarioIsToldWithItsLine(t *testing.T) {
	const head = "version: 1\nname: x\ntitle: X.\n"
	for text, wants := range map[string][]string{
		"":          {"x.yaml:1: the file is empty"},
		"a: [":      {"x.yaml:", "no valid YAML"},
		"- a\n":     {"x.yaml:1: names with values belong here", "x.yaml:1: version is missing"},
		"name: x\n": {"x.yaml:1: version is missing", "x.yaml:1: title is missing"},
		"version: 2\nname: X y\ntitle: no end\n": {
			"x.yaml:1: version 2: this program reads version 1", `x.yaml:2: "X y"`, "x.yaml:3: title: a sentence ends with a full stop",
		},
		head + "titel: y\n":                        {`x.yaml:4: no "titel" here`},
		head + "name: y\n":                         {"x.yaml:4: name is there twice"},
		head + "from: z\n":                         {`x.yaml:4: from: there is no scenario "z"`},
		head + "site: {bare: yes}\n":               {`x.yaml:4: "yes": true or false`},
		head + "site: {history: 6}\n":              {`x.yaml:4: "6" is no duration`},
		head + "start:\n  - pwer: {}\n":            {`x.yaml:5: no step "pwer"`},
		head + "start:\n  - power: {target: a}\n":  {"x.yaml:5: power: on is missing"},
		head + "start:\n  - standby: {now: a}\n":   {`x.yaml:5: no "now" here`},
		head + "start: {power: off}\n":             {"x.yaml:4: a list belongs here"},
		head + "when:\n  - do:\n    - standby: {}": {"x.yaml:5: an event has one of begin, request"},
		head + "when:\n  - after: 1m\n    fate: cut-before\n": {
			"x.yaml:5: only a request has a fate",
		},
		head + "when:\n  - request: {text: a}\n    fate: lost\n":                  {"x.yaml:6: fate: one of cut-before"},
		head + "when:\n  - request: {n: 0}\n    fate: pass\n":                     {"x.yaml:5: n counts from 1", "x.yaml:5: a request has a target, a kind or a text"},
		head + "when:\n  - request: {kind: ftp}\n    fate: pass\n":                {"x.yaml:5: kind: sql or powershell"},
		head + "when:\n  - step: {id: F3, at: middle}\n    do: [{standby: {}}]\n": {"x.yaml:5: at: start or end"},
		head + "when:\n  - step: {id: three, at: end}\n    do: [{standby: {}}]\n": {`x.yaml:5: "three": a step such as F4b`},
		head + "when:\n  - after: 1m\n":                                           {"x.yaml:5: an event has do, fate or delay"},
		head + "gates: {F2: share}\n":                                             {"x.yaml:4: a list belongs here"},
		head + "expect: {exit: -1, lost: some}\n":                                 {`x.yaml:4: "-1" is no whole number`, `x.yaml:4: "some" is no whole number`},
		head + "expect: {outcome: done}\n":                                        {`x.yaml:4: no "outcome" here`},
		head + "---\nversion: 1\n":                                                {"a second document begins here"},
		head + "start:\n  - share: {state: online, state: offline}\n":             {"x.yaml:5: state is there twice"},
		head + "start:\n  - share: {state: [online]}\n":                           {"x.yaml:5: a text belongs here"},
	} {
		_, err := Parse("x.yaml", []byte(text), nothing)
		require.Error(t, err, text)
		for _, want := range wants {
			require.ErrorContains(t, err, want, text)
		}
	}
}

func TestTheScenariosOfThisProgramLoad(t *testing.T) {
	names := map[string]bool{}
	for _, s := range append(All(), World()...) {
		require.False(t, names[s.Name], "%s is there twice", s.Name)
		names[s.Name] = true
		found, err := Find(s.Name)
		require.NoError(t, err)
		require.Equal(t, s.Title, found.Title)
	}
	require.Equal(t, "healthy", Names()[0], "the most ordinary first")
	_, err := Find("nonsense")
	require.ErrorContains(t, err, "healthy, failover")
}
