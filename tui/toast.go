package tui

import (
	"time"

	"pchatops/tui/part/clean"
)

// toastLife is how long a message stands in the place of the footer when no
// key is pressed. Nothing stands only there: refusals can be read in the help,
// outcomes in the detail and the log.
const toastLife = 6 * time.Second

// toast is a message in the place of the footer.
type toast struct {
	text    string
	serious bool
	until   time.Time
}

func (m *Model) say(text string)  { m.announce(text, false) }
func (m *Model) warn(text string) { m.announce(text, true) }

// announce takes texts from anywhere: names and reasons in them may be those of
// servers and colleagues.
func (m *Model) announce(text string, serious bool) {
	m.toast = toast{clean.Line(text), serious, m.now.Add(toastLife)}
}

func (t *toast) fade(now time.Time) {
	if now.After(t.until) {
		*t = toast{}
	}
}
