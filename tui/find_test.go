package tui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/tui/tuitest"
)

// long is an incident whose first step has a plan of many statements.
func long(n int) incident.State {
	s := failover()
	p := &engine.Plan{Total: n}
	for i := range n {
		p.Actions = append(p.Actions, engine.Action{
			Kind: engine.SQL, Target: `SQL11\RTC`,
			Text: fmt.Sprintf("RESTORE LOG [mgc] FROM DISK = N'E:\\LogShip\\mgc_%04d.trn' WITH NORECOVERY, STATS = 5", i),
		})
	}
	s.Steps[0].Plan, s.Steps[0].PlanAt = p, night
	return s
}

func TestAStepIsSearchedOnTheWholeScreen(t *testing.T) {
	d := console(t, tuitest.NewIncident(long(300)), 80, 24)
	d.Press("/").Type("mgc_0123").Shows(" /mgc_0123", "mgc_0123.trn", "match 1 of 1").Press("enter").Shows("mgc_0123.trn")
	d.Press("/").Type("_001").Shows("match 1 of 10").Press("enter", "n", "n").Shows("match 3 of 10", "mgc_0012")
	d.Press("N").Shows("match 2 of 10").Press("N", "N").Shows("match 10 of 10", "mgc_0019").Press("n").Shows("match 1 of 10")
	d.Press("/").Type("nothing like it").Shows("match 0 of 0").Press("esc").Shows("match 1 of 10").Press("esc").Shows("▸ Failover")
	d.Press("f").Shows("Needed so that").Press("q").Shows("▸ Failover")
}

func TestOnlyLinesThatHoldATextAreShown(t *testing.T) {
	s := long(300)
	s.Notes = append(s.Notes, incident.Entry{Time: night.Add(time.Second), Kind: "note", Text: "alice: phone rang"})
	d := console(t, tuitest.NewIncident(s), 80, 24)
	d.Press("f", "&").Type("_0299").Shows("mgc_0299").Lacks("mgc_0001").Press("enter").Shows("& _0299").Press("&", "enter").Shows("mgc_0001").Press("esc")
	d.Press("l", "&").Type("phone").Shows("phone rang").Lacks("incident opened").Press("esc").Shows("incident opened").Press("esc")
	d.Press("d", "&").Type("quiet").Shows(`nothing was found with "quiet"`).Press("esc").Shows("primary-site-lost")
}

func TestTheLogHoldsEveryStatementThatWasSent(t *testing.T) {
	s := failover()
	s.Steps[0].Actions = []incident.ActionState{
		{Target: `SQL11\RTC`, Text: "exec sp_one", Kind: engine.SQL, Started: night.Add(-time.Second), Outcome: engine.Done, Took: time.Second},
		{Target: "FE11", Text: "Set-CsTwo", Kind: engine.PowerShell, Started: night.Add(2 * time.Second)},
	}
	d := console(t, tuitest.NewIncident(s), 100, 30)
	d.Press("l").Shows(`02:59:31  F1  on SQL11\RTC  exec sp_one  ✓ 1.0s`, "02:59:32  incident opened",
		"02:59:34  F1  on FE11 (Management Shell)  Set-CsTwo  ► under way")
	require.Less(t, strings.Index(d.Screen(), "sp_one"), strings.Index(d.Screen(), "incident opened"))
}

func TestWhatIsReadCanBeCopied(t *testing.T) {
	f := tuitest.NewIncident(long(3))
	d := console(t, f, 80, 24)
	d.Press("y").Shows("handed to the terminal's clipboard (OSC 52); it may refuse")
	require.Contains(t, d.Clipboard(), "  RESTORE LOG [mgc] FROM DISK = N'E:\\LogShip\\mgc_0002.trn' WITH NORECOVERY, STATS = 5\n", "a statement stays on one line")
	d.Press("f", "&").Type("_0001").Press("enter", "y")
	line := d.Clipboard()
	require.Equal(t, 1, strings.Count(line, "\n"))
	require.NotContains(t, line, "\x1b")
}

func TestACopyStaysWithinWhatTerminalsTake(t *testing.T) {
	d := console(t, tuitest.NewIncident(long(2000)), 80, 24)
	d.Press("y").Shows("only the first")
	copied := d.Clipboard()
	require.LessOrEqual(t, len(copied), 56_000)
	require.True(t, strings.HasSuffix(copied, "STATS = 5\n"), "whole statements only")
}

func TestScrollingUpStopsFollowingTheLog(t *testing.T) {
	f := tuitest.NewIncident(failover())
	add := func(n int) {
		f.Change(func(s *incident.State) {
			for range n {
				s.Notes = append(s.Notes, incident.Entry{Time: night, Kind: "journal", Text: fmt.Sprintf("line %d", len(s.Notes))})
			}
		})
	}
	add(50)
	d := console(t, f, 80, 24)
	d.Press("l").Shows("line 50", "following")
	d.Press("k").Lacks("line 50", "following")
	add(1)
	d.Idle().Lacks("line 51").Press("f").Shows("line 51", "following")
}
