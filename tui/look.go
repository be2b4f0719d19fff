package tui

import (
	"github.com/charmbracelet/colorprofile"

	"pchatops/tui/style"
)

// look is what the terminal has told of itself, in whatever order.
type look struct {
	profile colorprofile.Profile // the colours that it can show
	light   bool                 // its background
	ascii   bool                 // it shows no signs beyond ASCII
}

func newLook(o Options) look {
	return look{ascii: o.Glyphs == "ascii" || o.Glyphs == "" && style.NeedsASCII(o.Env)}
}

// signs draws a text with the signs that the terminal has.
func (m *Model) signs(text string) string {
	if m.look.ascii {
		return style.ASCII(text)
	}
	return text
}

// follow wears what suits the terminal, unless a theme was chosen by name.
func (m *Model) follow() {
	if m.chosen {
		return
	}
	if err := m.wear(style.Fitting(m.look.profile, !m.look.light)); err != nil {
		m.warn(err.Error())
	}
}
