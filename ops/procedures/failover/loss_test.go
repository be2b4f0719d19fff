package failover

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/site"
	"pchatops/ops/status"
)

// F4b, asked once all is applied: the last backup was taken at 02:45, and the
// primary was last seen alive at 02:58.
func TestTheLossThatF4bStatesIsOfNoWrongClock(t *testing.T) {
	loss := func(primary, secondary, console time.Duration, saw bool) string {
		e := newEstate(t)
		for path, h := range e.secondary.files {
			h.Server, h.Finished = `SQL01\RTC`, h.Finished.Add(primary)
			e.secondary.files[path] = h
		}
		for i := range e.secondary.applied {
			h := &e.secondary.applied[i]
			h.Server, h.Held, h.Finished = `SQL01\RTC`, h.Finished.Add(secondary+30*time.Minute), h.Finished.Add(primary)
		}
		e.Now = func() time.Time { return disaster.Add(console) }
		e.secondary.facts.ServerTime = disaster.Add(secondary)
		seen := status.Node{Role: site.Primary, Address: `SQL01\RTC`, Answered: disaster.Add(console - 2*time.Minute)}
		seen.Facts.ServerTime, seen.Facts.Database = disaster.Add(primary-2*time.Minute), status.Database{Exists: true, State: "ONLINE"}
		e.Seen = func(r site.Role) (status.Node, bool) {
			if saw && r == site.Primary {
				return seen, true
			}
			return status.Node{}, false
		}
		_, err := e.run(t, "F2")
		require.NoError(t, err)
		_, err = e.run(t, "F3")
		require.NoError(t, err)
		return e.plan(t, "F4b").Loss
	}
	const wrong = 50 * time.Minute // the names keep the right time, and tell no zone
	for _, c := range []struct{ primary, secondary, console time.Duration }{
		{}, {primary: wrong}, {primary: -wrong}, {secondary: wrong}, {secondary: -wrong}, {console: wrong}, {console: -wrong}, {wrong, -wrong, 3 * wrong},
	} {
		says := loss(c.primary, c.secondary, c.console, true)
		require.Contains(t, says, `up to 13m 00s of chat, counted to when SQL01\RTC was last seen alive`, c)
		if c.primary != c.secondary {
			require.Contains(t, says, `that of SQL11\RTC, which is allowed for`, c)
		}
	}
	const due = "up to 15m 00s of chat, counted to when its next backup was due"
	for _, secondary := range []time.Duration{0, -20 * time.Minute, 40 * time.Hour} {
		says := loss(0, secondary, 0, false)
		require.Contains(t, says, due, "two clocks that nobody compared measure nothing")
	}
	require.Contains(t, loss(0, 0, 0, false), `by the clock of SQL01\RTC, which nobody has compared with another`)
	require.Contains(t, loss(wrong, 0, 0, false), due+": all that was written after the last applied backup; up to when is not known")
}

// The next console of the incident, which never saw the primary alive either, counts
// from the silence that the one before has put on record; and not, if it came back.
func TestTheLossDoesNotGrowFromConsoleToConsole(t *testing.T) {
	e := newEstate(t)
	for i := range e.secondary.applied {
		h := &e.secondary.applied[i]
		h.Server, h.Held = `SQL01\RTC`, h.Finished.Add(30*time.Second)
	}
	var now, silent, answered time.Time
	e.Now = func() time.Time { return now }
	e.Seen = func(r site.Role) (status.Node, bool) {
		n := status.Node{Role: r, Address: `SQL01\RTC`, Asked: now, Answered: answered, Life: status.Life{Verdict: status.Dead, Since: silent}}
		s := (&status.Snapshot{Nodes: []status.Node{n}}).Noting(func(name string) string { return e.remembered[name] })
		return s.Nodes[0], r == site.Primary
	}
	e.Life = func(_ context.Context, r site.Role) (status.Node, bool) { return e.Seen(r) }
	at := func(after time.Duration) (loss string) {
		now = disaster.Add(after)
		e.secondary.facts.ServerTime = now.Add(time.Hour) // the site's clock is not the console's
		p := e.plan(t, "F4b")
		for _, f := range p.Facts {
			e.remembered[f.Name] = f.Value
		}
		return p.Loss
	}
	now, silent = disaster, disaster
	for _, id := range []string{"F2", "F3"} {
		_, err := e.run(t, id)
		require.NoError(t, err)
	}
	silent = disaster.Add(time.Hour)
	first := at(2 * time.Hour)
	require.Contains(t, first, "counted to when the primary fell silent")
	require.NotEmpty(t, e.remembered[status.SilentFact(`SQL01\RTC`)])
	silent = disaster.Add(5 * time.Hour)
	later := at(6 * time.Hour)
	require.Contains(t, later, "as this incident has on record")
	amount := func(says string) string { before, _, _ := strings.Cut(says, ","); return before }
	require.Equal(t, amount(first), amount(later))
	answered, silent = disaster.Add(7*time.Hour), disaster.Add(8*time.Hour)
	require.NotEqual(t, amount(first), amount(at(9*time.Hour)), "it came back, and took chat")
	answered = time.Time{}
	require.NotContains(t, at(10*time.Hour), "on record", "what is on record is the last silence")
}
