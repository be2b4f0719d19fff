package plain

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

func TestTheStateOfANodeIsAWord(t *testing.T) {
	up := func(role site.Role, f status.Facts) status.Node {
		return status.Node{Role: role, Address: "S", Reachable: true, Asked: night, Answered: night, Facts: f}
	}
	down := func(err *fault.Error) status.Node { return status.Node{Role: site.Primary, Asked: night, Err: err} }
	in := func(state string) status.Facts {
		return status.Facts{Database: status.Database{Exists: true, State: state}}
	}
	mirrored := in("ONLINE")
	mirrored.Mirroring = status.Mirroring{Configured: true, Role: "PRINCIPAL", State: "SYNCHRONIZED"}
	mirror := in("RESTORING")
	mirror.Mirroring = status.Mirroring{Configured: true, Role: "MIRROR", State: "SUSPENDED"}
	standby := in("ONLINE")
	standby.Database.Standby = true
	old := up(site.Secondary, in("RESTORING"))
	old.Answered = night.Add(-2 * time.Hour)
	for want, n := range map[string]status.Node{
		"ASKING":                 {Role: site.Primary},
		"DOWN":                   {Role: site.Primary, Asked: night, Life: status.Life{Verdict: status.Dead}},
		"DISPUTED":               {Role: site.Primary, Asked: night, Life: status.Life{Disputed: true}},
		"NO ANSWER":              down(&fault.Error{Class: fault.Unreachable}),
		"NO LOGIN, error 18456":  down(&fault.Error{Class: fault.Login, Number: 18456}),
		"CERTIFICATE":            down(&fault.Error{Class: fault.Certificate}),
		"NO RIGHT":               down(&fault.Error{Class: fault.Permission}),
		"ERROR, error 823":       down(&fault.Error{Class: fault.Other, Number: 823}),
		"ONLINE":                 up(site.Primary, in("ONLINE")),
		"RESTORING":              up(site.Secondary, in("RESTORING")),
		"SUSPECT":                up(site.Secondary, in("SUSPECT")),
		"STANDBY":                up(site.Secondary, standby),
		"PRINCIPAL synchronized": up(site.Primary, mirrored),
		"MIRROR suspended":       up(site.Mirror, mirror),
		"NO DATABASE":            up(site.Primary, status.Facts{}),
		"NO MIRROR":              up(site.SecondaryMirror, status.Facts{}),
		"UP":                     up(site.Witness, status.Facts{}),
		"STALE, was RESTORING":   old,
	} {
		c := newConsole(Options{Site: estate(), Clock: newClock()}, nil, nil)
		c.state = &incident.State{}
		require.Equal(t, want, c.nodeState(&n))
	}
}

func TestANodeThatAStepWorksOnIsNoFault(t *testing.T) {
	c := newConsole(Options{Site: estate(), Clock: newClock()}, nil, nil)
	c.state = &incident.State{Snapshot: lost(), Busy: map[string]string{`SQL01\RTC`: "F4b", `SQL11\RTC`: "F4b", "pchat.litwareinc.com": "F5"}}
	require.Equal(t, "NO ANSWER, in progress (F4b)", c.nodeState(&c.state.Snapshot.Nodes[0]))
	require.Equal(t, "RESTORING, in progress (F4b)", c.nodeState(&c.state.Snapshot.Nodes[1]))
	require.Equal(t, "NORMAL, 1 of 2 servers active, 1 in dc1, in progress (F5)", c.poolState(c.state.Snapshot.Pool))
	require.Len(t, c.nodeTopics(), 1, "only that a server is silent is worth a line")
}

func TestTheStandingOfAStepIsSaidInWords(t *testing.T) {
	for want, s := range map[string]incident.StepState{
		"not run":                            {},
		"running":                            {Running: true},
		"running, 45 percent":                {Running: true, Total: 1, Progress: &engine.Progress{Percent: 45}},
		"running, 50 percent, 2 of 4 sent":   {Running: true, Total: 4, Sent: 2},
		"running, 0 percent, 9 of 4000 sent": {Running: true, Total: 4000, Sent: 9, Progress: &engine.Progress{Percent: -1}},
		"done in 2.3 s":                      {Outcome: engine.Done, Took: 2300 * time.Millisecond},
		"done in 1 h 1 min":                  {Outcome: engine.Done, Took: 61 * time.Minute},
		"already so":                         {Outcome: engine.Done, Already: true, Took: time.Second},
		"FAILED":                             {Outcome: engine.Failed},
		"outcome UNKNOWN":                    {Outcome: engine.Unknown},
		"skipped":                            {Outcome: engine.Skipped},
	} {
		require.Equal(t, want, standing(&s))
	}
}

func TestTroubleIsToldInSentences(t *testing.T) {
	f := &fault.Error{Class: fault.ChainGap, Tried: "restore mgc_1.trn", Target: `SQL11\RTC`, Number: 4305, Text: "too recent to apply.", Do: "find the backup before it"}
	require.Equal(t, `restore mgc_1.trn on SQL11\RTC: chain-gap 4305: too recent to apply. To do: find the backup before it.`, trouble(f))
	require.Equal(t, "disk full", trouble(errors.New("disk full")))
	require.Contains(t, trouble(fmt.Errorf("F3 comes after F1: %w", f)), "F3 comes after F1: restore")
}

func TestTheEnvironmentIsLiveUnlessItIsKnownNotToBe(t *testing.T) {
	for want, s := range map[string][]incident.State{
		"LIVE":    {{Danger: "production"}, {Danger: "something new"}, {}},
		"STAGING": {{Danger: "staging"}},
		"LAB":     {{Danger: "lab"}, {Danger: "production", Lab: true}},
	} {
		for _, state := range s {
			require.Equal(t, want, environment(&state))
		}
	}
}

// What a server noted is still to come by its own clock: that was put back, and
// is no reason to say that nothing was ever copied.
func TestAMomentToComeIsNotNever(t *testing.T) {
	at := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	require.Equal(t, "never", ago(-1, 0, time.Time{}))
	require.Equal(t, "never", ago(-1, 0, time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)))
	require.Equal(t, "at a time that is not known", ago(-1, 0, at))
	require.Equal(t, "1 min 2 s ago", ago(time.Minute, 2*time.Second, at))
}

func TestARefusalSaysEachPhraseOnALineOfItsOwn(t *testing.T) {
	refused := &fault.Error{Class: fault.Refused, Tried: "F1 Remove log shipping", Text: "gate a does not hold\ngate b does not hold", Do: "wait; or type:\nlose it\nmend it; or type:\nsplit it"}
	require.Equal(t, "F1 Remove log shipping: refused:\ngate a does not hold\ngate b does not hold\nTo do:\nwait; or type:\nlose it\nmend it; or type:\nsplit it", trouble(refused))
	said := &fault.Error{Class: fault.Other, Tried: "ask", Text: "no\nTo do: type yes", Do: "look"}
	require.NotContains(t, trouble(said), "\n", "a server makes no line of the console's")
}

// A server whose clock was put back tells no age: that is not late.
func TestWhatIsNotKnownIsNotLate(t *testing.T) {
	at := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		age  time.Duration
		at   time.Time
		want string
	}{
		"not known": {-1, at, ""}, "never": {-1, time.Time{}, " (LATE)"}, "old": {time.Hour, at, " (LATE)"}, "new": {time.Minute, at, ""},
	} {
		require.Equal(t, c.want, late(c.age, 0, 30*time.Minute, c.at), name)
	}
}
