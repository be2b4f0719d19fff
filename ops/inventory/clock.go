package inventory

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"pchatops/ops/chain"
)

const (
	// alike is how far two clocks may be apart that count as one.
	alike = time.Minute
	// recent is how many backups tell of the clock that dated them.
	recent = 8
)

// Clocks are those that tell when a backup was taken: its header bears the time
// of the server that wrote it, and moments are compared by one clock, ours.
type Clocks struct {
	Ours string        // whose clock that is: `SQL11\RTC`
	Zone time.Duration // how far its local time is ahead of UTC
	Now  time.Time     // by it
	Here time.Time     // the same moment by the console's
	Pace float64       // how much faster it runs than the console's: a rehearsal's may; 0: as fast
	// Writers are the clocks of the servers that may have written backups, as
	// they last answered, by their names in small letters.
	Writers map[string]Writer
}

// Of gives a moment of the console's clock by ours; zero stays zero.
func (c Clocks) Of(here time.Time) time.Time {
	if here.IsZero() {
		return here
	}
	return c.Now.Add(-Paced(c.Here.Sub(here), c.Pace))
}

// Paced is a span of the console's clock by one that runs so much faster.
func Paced(d time.Duration, pace float64) time.Duration {
	if pace == 0 {
		return d
	}
	return time.Duration(float64(d) * pace)
}

// Writer is the clock of a server that writes backups.
type Writer struct {
	Zone  time.Duration // how far its local time is ahead of UTC
	Ahead time.Duration // how far it was ahead of ours
}

// Taken is when a backup was finished, by our clock.
type Taken struct {
	At time.Time
	// Loose: the clocks contradict each other about it, and nobody knows when it was.
	// By one of them it was not later than At.
	Loose bool
	// Foreign: by a clock that nobody has compared with ours.
	Foreign bool
	Held    time.Time // when it was there for certain, by our clock; zero: not known
	Says    string    // how far the clocks agree; "": they do
}

// By is the clock of a server, and what is to be said of it.
func (c Clocks) By(server string) (Writer, string) {
	w, measured := c.Writers[strings.ToLower(server)]
	server = cmp.Or(server, "the server that wrote it")
	switch {
	case !measured:
		return w, fmt.Sprintf("by the clock of %s, which nobody has compared with another", server)
	case w.Ahead.Abs() <= alike:
		w.Ahead = 0
		return w, ""
	case w.Ahead > 0:
		return w, fmt.Sprintf("the clock of %s was %s ahead of that of %s, which is allowed for", server, Span(w.Ahead), c.Ours)
	}
	return w, fmt.Sprintf("the clock of %s was %s behind that of %s, which is allowed for", server, Span(-w.Ahead), c.Ours)
}

// Date says when the last of some backups was taken. They come in the order of
// their log, and show together whether the clock that dated them can be right:
// none can have been finished after it was seen elsewhere. How far that clock is
// wrong today does not tell how far it was then. Those that follow, and are in
// nobody's history yet, show it too.
func (c Clocks) Date(log []chain.Header, follow ...chain.Header) Taken {
	if len(log) == 0 || log[len(log)-1].Finished.IsZero() {
		return Taken{}
	}
	log = log[max(0, len(log)-recent):]
	last := log[len(log)-1]
	w, says := c.By(last.Server)
	_, measured := c.Writers[strings.ToLower(last.Server)]
	if !measured {
		w.Zone = c.zone(log)
	}
	t := Taken{At: last.Finished.Add(-w.Zone - w.Ahead), Foreign: !measured, Held: last.Held, Says: says}
	lead := t.At.Sub(c.Now)
	for i, h := range slices.Concat(log, follow) {
		at := h.Finished.Add(-w.Zone - w.Ahead)
		switch {
		case !strings.EqualFold(h.Server, last.Server):
		case i >= len(log):
			lead = max(lead, at.Sub(c.Now))
		case !h.Held.IsZero() && !at.After(t.At): // else it was put back since, and has dated the last one anew
			lead = max(lead, at.Sub(h.Held))
		}
	}
	if lead > alike {
		t.At, t.Loose = t.At.Add(-lead), true
		t.Says = fmt.Sprintf("about when it was taken, the clocks of %s and %s differ by %s or more, since one was set or is wrong: nobody knows how much",
			cmp.Or(last.Server, "its server"), c.Ours, Span(lead))
	}
	return t
}

// zone is that of the server that wrote backups. The time in a name of log
// shipping is UTC: most names that tell the moment of their header, but for a
// time zone, tell the zone. One name alone may lie.
func (c Clocks) zone(log []chain.Header) time.Duration {
	told := zones(log)
	best := c.Zone
	for zone, n := range told {
		if n > told[best] || n == told[best] && best != c.Zone && zone > best { // later in its zone is earlier in time
			best = zone
		}
	}
	return best
}

// zones counts for which time zones the names of some backups speak.
func zones(log []chain.Header) map[time.Duration]int {
	told := map[time.Duration]int{}
	for _, h := range log {
		at, stamped := chain.Stamp(h.File)
		zone := h.Finished.Sub(at).Round(zoneStep)
		if stamped && h.Position <= 1 && zone.Abs() <= widest && (h.Finished.Sub(at)-zone).Abs() < 5*time.Minute {
			told[zone]++
		}
	}
	return told
}

// zoneOf is the time zone of a server by the names of the backups that it wrote;
// false: they do not tell, or not the same.
func zoneOf(log []chain.Header, server string) (zone time.Duration, known bool) {
	for at, n := range zones(slices.DeleteFunc(slices.Clone(log), func(h chain.Header) bool { return !strings.EqualFold(h.Server, server) })) {
		switch {
		case n < few: // one name may lie
		case known:
			return 0, false
		default:
			zone, known = at, true
		}
	}
	return zone, known
}

// Time zones are apart by so much, and the furthest from UTC by so much.
const (
	zoneStep = 30 * time.Minute
	widest   = 14 * time.Hour
)

// few names are too few to go by.
const few = 3

// Every is the longest time between the last of some backups, which come in the
// order of their log; 0: not known. One may have been taken by hand, between two.
func Every(log []chain.Header) (every time.Duration) {
	log = log[max(0, len(log)-recent):]
	for i := 1; i < len(log); i++ {
		every = max(every, log[i].Finished.Sub(log[i-1].Finished))
	}
	return every
}

// Span renders a duration: "14m 32s", "1h 02m".
func Span(d time.Duration) string {
	d = d.Round(time.Second)
	if d < time.Hour {
		return fmt.Sprintf("%dm %02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh %02dm", int(d.Hours()), int(d.Minutes())%60)
}
