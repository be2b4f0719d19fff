package tui

import "time"

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

func (m *Model) say(text string)  { m.toast = toast{text, false, m.now.Add(toastLife)} }
func (m *Model) warn(text string) { m.toast = toast{text, true, m.now.Add(toastLife)} }

func (t *toast) fade(now time.Time) {
	if now.After(t.until) {
		*t = toast{}
	}
}
