// Package screen draws the panels and pages of the console. Every function is
// pure: from the state of the incident, the time and a size to lines of text.
// It reads no clock and keeps nothing; whatever comes from servers or files is
// cleaned here before it is styled.
package screen

import (
	"time"

	"charm.land/lipgloss/v2"

	"pchatops/ops/incident"
	"pchatops/ops/site"
	"pchatops/tui/actions"
	"pchatops/tui/style"
)

// View is what every panel is drawn from.
type View struct {
	State *incident.State // never nil; empty before the first one arrives
	Now   time.Time
	// Frozen is since when the screen stands still, "" when it does not.
	Frozen string
	Site   *site.Site // for thresholds and the data centres of the chat servers
	Style  *style.Style
	Keys   actions.Map
	// Trends are what the minutes before were like.
	Trends Trends
}

// tone is the meaning of a word on the screen; a style gives it its colour.
type tone int

const (
	plain tone = iota
	muted
	good
	busy
	warn
	bad
	doubt
	old
	code // what is sent to a server, word for word
)

func (v View) ink(t tone) lipgloss.Style {
	switch t {
	case muted:
		return v.Style.Muted
	case good:
		return v.Style.OK
	case busy:
		return v.Style.Busy
	case warn:
		return v.Style.Warn
	case bad:
		return v.Style.Danger
	case doubt:
		return v.Style.Unknown
	case old:
		return v.Style.Stale
	case code:
		return v.Style.Code
	default:
		return v.Style.Text
	}
}

// word is a state as it is shown: a glyph, a word and a colour, so that none
// of them has to be relied on alone.
type word struct {
	glyph, text string
	tone        tone
}

func (v View) draw(w word) string { return v.ink(w.tone).Render(w.glyph + " " + w.text) }

// since is how long ago something was; never negative, since the clocks of
// servers and console differ.
func (v View) since(t time.Time) time.Duration { return max(v.Now.Sub(t), 0) }
