package inventory

import (
	"fmt"
	"time"
)

// Bound says how much chat there can be that no backup holds.
type Bound struct {
	After time.Time // when the last backup was finished that counts
	// Loose: the clocks contradict each other about After, and nobody knows when that was.
	Loose bool
	// Foreign: After is by a clock that nobody has compared with the others.
	Foreign bool
	// Held is when that backup was there for certain, by our own clock; zero: not known.
	Held  time.Time
	Alive time.Time     // when the primary was last known to live; zero: not known
	Who   string        // who that is
	Dead  time.Time     // since when all that could take chat are silent, where they are proved dead
	Every time.Duration // how often it takes a log backup; 0: not known
	Now   time.Time
	// Beside is the chat of backups before that one, which is lost with it.
	Beside time.Duration
	// Blind: behind that backup lie others of which nobody knows when they were taken,
	// or may lie some in a place that nobody can read. When the next one was due tells
	// nothing then.
	Blind bool
}

// Most is the most that can be lost, and what that rests on; false: nobody knows.
// After its death a primary takes no chat. While it lives its next backup comes when
// it is due, unless its Agent stands: that a backup is overdue does not tell when a
// primary died that nobody saw alive.
func (b Bound) Most() (most time.Duration, why string, known bool) {
	most, why, known = b.behind()
	return most + b.Beside, why, known
}

// behind is the most that can be lost of what was written after that backup.
func (b Bound) behind() (most time.Duration, why string, known bool) {
	if b.Blind {
		b.Every = 0
	}
	alive, seen := max(b.Alive.Sub(b.After), 0), "when "+b.Who+" was last seen alive"
	unseen := b.Alive.IsZero()
	switch {
	case b.After.IsZero():
		return 0, "", false // nothing is known to be applied
	case b.Loose && (b.Every == 0 || unseen && b.overdue() || alive > b.Every), b.Foreign && unseen && b.Blind:
		return 0, "", false // it may have lived on, and none came
	case b.Loose, b.Foreign && unseen && b.Every > 0 && !b.overdue(): // how far these moments are apart, no clock tells
		return b.Every, "when its next backup was due", true
	}
	after := b.earliest()
	most, why = max(b.Now.Sub(after), 0), "this moment"
	if !unseen && alive < most {
		most, why = alive, seen
	}
	if dead := max(b.Dead.Sub(after), 0); !b.Dead.IsZero() && dead < most {
		most, why = dead, "when the primary fell silent"
	}
	switch {
	case b.Foreign && most < b.Every: // two clocks that nobody has compared tell no shorter span
		most, why = b.Every, "when its next backup was due"
	case unseen && b.Every > 0 && most > b.Every:
		why += fmt.Sprintf(" (%s if its log backups came on time until it died, which nobody saw)", Span(b.Every+b.Beside))
	}
	return most, why, true
}

// earliest is when that backup may have been taken. A clock that nobody has compared may
// be ahead of ours; whether it is behind, or the backup came late, nobody can tell.
func (b Bound) earliest() time.Time {
	held := b.Held.Add(-b.Every)
	if b.Foreign && b.Alive.IsZero() && b.Every > 0 && !b.Held.IsZero() && held.Before(b.After) {
		return held
	}
	return b.After
}

// overdue reports whether the next backup should have come, by one of two clocks that
// nobody has compared, or, where they contradict each other, by the one that can be told.
func (b Bound) overdue() bool {
	since := b.After
	if !b.Held.IsZero() && (b.Loose || b.Foreign && b.Held.Before(since)) {
		since = b.Held
	}
	return b.Now.Sub(since) > b.Every+alike
}

// String gives "up to 14m 32s of chat, counted to when SQL01\RTC was last seen alive".
func (b Bound) String() string {
	if most, why, known := b.Most(); known {
		return "up to " + Span(most) + " of chat, counted to " + why
	}
	return "nobody knows how much chat"
}
