package inventory

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
)

const primary, secondary = `SQL01\RTC`, `SQL11\RTC`

// dated are backups that were taken every quarter of an hour, the last of them
// fifteen minutes before the disaster, copied or restored half an hour after
// that, and dated by a clock that was ahead by wrong at the i-th of n.
func dated(n int, wrong func(i int) time.Duration) []chain.Header {
	var out []chain.Header
	for i := range n {
		taken := disaster.Add(time.Duration(i-n) * 15 * time.Minute)
		told := taken.Add(wrong(i))
		h := chain.Header{File: told.Format("mgc_20060102150405.trn"), Position: 1, Server: primary, Finished: told}
		if i < n-2 {
			h.Held = taken.Add(30 * time.Minute)
		}
		out = append(out, h)
	}
	return out
}

func always(d time.Duration) func(int) time.Duration { return func(int) time.Duration { return d } }

func TestAClockThatIsWrongDoesNotMoveWhenABackupWasTaken(t *testing.T) {
	measured := func(ahead time.Duration) map[string]Writer { return map[string]Writer{`sql01\rtc`: {Ahead: ahead}} }
	const ahead, behind = 62 * time.Minute, -62 * time.Minute
	for name, c := range map[string]struct {
		wrong   func(int) time.Duration
		writers map[string]Writer
		at      time.Time // the last was taken at 02:45
		loose   bool
		says    string
	}{
		"right":                     {always(0), measured(0), disaster.Add(-15 * time.Minute), false, ""},
		"right within a minute":     {always(0), measured(50 * time.Second), disaster.Add(-15 * time.Minute), false, ""},
		"ahead, and measured":       {always(ahead), measured(ahead), disaster.Add(-15 * time.Minute), false, `the clock of SQL01\RTC was 1h 02m ahead of that of SQL11\RTC, which is allowed for`},
		"behind, and measured":      {always(behind), measured(behind), disaster.Add(-15 * time.Minute), false, `was 1h 02m behind that of SQL11\RTC`},
		"days behind, and measured": {always(-70 * time.Hour), measured(-70 * time.Hour), disaster.Add(-15 * time.Minute), false, "70h 00m behind"},
		"right, and nobody knows":   {always(0), nil, disaster.Add(-15 * time.Minute), false, `by the clock of SQL01\RTC, which nobody has compared with another`},
		"behind, and nobody knows":  {always(behind), nil, disaster.Add(-77 * time.Minute), false, "which nobody has compared"}, // the larger loss
		"ahead, and nobody knows":   {always(ahead), nil, disaster.Add(0), true, `the clocks of SQL01\RTC and SQL11\RTC differ by 47m 00s or more, since one was set or is wrong: nobody knows how much`},
		"ahead until a while ago, and measured since": {func(i int) time.Duration {
			if i < 6 {
				return 10 * time.Hour
			}
			return 0
		}, measured(0), disaster.Add(-15 * time.Minute), false, ""},
		"ahead when the last was taken, and put right since": {func(i int) time.Duration {
			if i < 6 {
				return 0
			}
			return ahead
		}, measured(0), disaster, true, "by 47m 00s or more"},
		"ahead for as long as anybody knows, and put right since": {always(ahead), measured(0), disaster, true, "or more"},
		"behind when the last was taken, and put right since": {func(i int) time.Duration {
			if i < 6 {
				return 0
			}
			return behind
		}, measured(0), disaster.Add(-77 * time.Minute), false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := Clocks{Ours: secondary, Now: disaster, Writers: c.writers}.Date(dated(8, c.wrong))
			require.Equal(t, c.loose, got.Loose)
			require.Equal(t, c.at, got.At)
			require.Contains(t, got.Says, c.says)
			if c.says == "" {
				require.Empty(t, got.Says)
			}
		})
	}
	require.Zero(t, Clocks{}.Date(nil))
}

// An hour by which restores lag shows a clock that is ahead even where the
// disaster is long ago.
func TestTheHistoryOfRestoresShowsAClockThatIsAhead(t *testing.T) {
	c := Clocks{Ours: secondary, Now: disaster.Add(24 * time.Hour)}
	got := c.Date(dated(8, always(62*time.Minute)))
	require.True(t, got.Loose)
	require.Equal(t, disaster.Add(15*time.Minute), got.At, "it was copied at the latest when the one before shows it")
	require.False(t, c.Date(dated(8, always(0))).Loose)
	log := dated(8, always(62*time.Minute))
	c.Now = disaster
	require.True(t, c.Date(log[:3], log[3:]...).Loose, "one that is not applied yet comes from the future")
}

func TestNoNameTellsTheTimeZoneAlone(t *testing.T) {
	c := Clocks{Now: disaster.Add(24 * time.Hour), Zone: time.Hour}
	east := func(name string) chain.Header { // taken at 02:45 UTC by a server two hours ahead of that
		return chain.Header{File: name, Position: 1, Server: primary, Finished: time.Date(2026, 11, 21, 4, 45, 1, 0, time.UTC)}
	}
	at := func(log ...chain.Header) string { return c.Date(log).At.Format("15:04:05") }
	require.Equal(t, "02:45:01", at(east("mgc_20261121024500.trn")), "the name tells the zone")
	require.Equal(t, "03:45:01", at(east("mgc_20261225000000.trn")), "this one tells nothing")
	before := func(minutes int) chain.Header {
		taken := time.Date(2026, 11, 21, 2, 45, 0, 0, time.UTC).Add(-time.Duration(minutes) * time.Minute)
		h := east(taken.Format("mgc_20060102150405.trn"))
		h.Finished = taken.Add(2 * time.Hour)
		return h
	}
	for _, lies := range []string{"mgc_20261121034500.trn", "mgc_20261121014500.trn", "mgc_20261121044500.trn"} {
		require.Equal(t, "02:45:01", at(before(45), before(30), east(lies)), lies)
	}
	c.Writers = map[string]Writer{`sql01\rtc`: {Zone: 2 * time.Hour}}
	require.Equal(t, "02:45:01", at(east("mgc_20261121034500.trn")), "the server has told its zone")
}

// Where the clock that dated the last backup was wrong by nobody knows how much,
// only the next backup that was due bounds the loss.
func TestALossBehindABackupOfUnknownTimeIsNotToldSmaller(t *testing.T) {
	b := Bound{After: disaster, Loose: true, Now: disaster.Add(time.Minute)}
	for _, c := range []struct {
		change func()
		want   string
	}{
		{func() {}, "nobody knows how much chat"},
		{func() { b.Every = 15 * time.Minute }, "up to 15m 00s of chat, counted to when its next backup was due"},
		{func() { b.Dead = disaster }, "up to 15m 00s of chat, counted to when its next backup was due"},
		{func() { b.Alive, b.Who = disaster.Add(20*time.Minute), primary }, "nobody knows how much chat"},
	} {
		c.change()
		require.Equal(t, c.want, fmt.Sprint(b))
	}
}

// What is known and not applied is lost too, and tells that the primary lived on:
// when the next backup was due counts from the last that is known, not from the last
// that is applied.
func TestALossCountsFromTheLastBackupThatIsKnown(t *testing.T) {
	w := newWorld() // two are applied
	w.on(Folder, "mgc_3.trn", log(300, 400)).on(Folder, "mgc_4.trn", log(400, 500))
	applied := len(Take(w.Observed).History)
	last, whole := Take(w.Observed).Known()
	require.True(t, whole)
	require.Len(t, last, applied+2)

	w.bad(Folder, "mgc_3.trn", "access is denied")
	last, whole = Take(w.Observed).Known()
	require.False(t, whole, "nobody knows when it was taken")
	require.NotEmpty(t, last)

	b := Bound{After: disaster, Foreign: true, Beside: time.Hour, Every: 15 * time.Minute, Now: disaster.Add(time.Minute)}
	require.Equal(t, "up to 1h 15m of chat, counted to when its next backup was due", b.String())
	b.Blind = true
	require.Equal(t, "nobody knows how much chat", b.String())
	b.Foreign, b.Now = false, disaster.Add(40*time.Minute)
	require.Equal(t, "up to 1h 40m of chat, counted to this moment", b.String())
	b.Blind = false
	require.Contains(t, b.String(), "(1h 15m if its log backups came on time until it died")
}

// Where no backup is known to be applied, nobody knows how much is lost.
func TestNothingThatIsKnownToBeAppliedBoundsNoLoss(t *testing.T) {
	_, _, known := Bound{Now: disaster, Every: time.Minute}.Most()
	require.False(t, known)
}
