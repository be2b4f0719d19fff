package tui

import (
	"github.com/charmbracelet/colorprofile"

	"pchatops/themes"
	"pchatops/tui/style"
)

// look is what the terminal has told of itself, in whatever order.
type look struct {
	profile colorprofile.Profile // the colours that it can show
	light   bool                 // its background
	ascii   bool                 // it shows no signs beyond ASCII
	exact   bool                 // it sends each key so that it is no other
	own     *themes.Theme        // remembered from an earlier console; nil: none
	// remember keeps a chosen theme; nil: nobody does.
	remember func(theme string) error
}

// newLook begins with what is known before the terminal says anything. A
// remembered theme that is gone or broken is no reason to refuse anything.
func newLook(o Options) look {
	l := look{ascii: o.Glyphs == "ascii" || o.Glyphs == "" && style.NeedsASCII(o.Env), remember: o.Remember}
	if o.Remembered != "" {
		if t, err := themes.Load(o.Remembered); err == nil {
			l.own = &t
		}
	}
	return l
}

// signs draws a text with the signs that the terminal has.
func (m *Model) signs(text string) string {
	if m.look.ascii {
		return style.ASCII(text)
	}
	return text
}

// follow wears what suits the terminal, unless a theme was chosen by name: the
// remembered one where the terminal shows its colours as they are.
func (m *Model) follow() {
	if m.chosen {
		return
	}
	if m.look.own != nil && style.Colourful(m.look.profile) {
		m.theme = *m.look.own
		m.dress()
		return
	}
	if err := m.wear(style.Fitting(m.look.profile, !m.look.light)); err != nil {
		m.warn(err.Error())
	}
}
