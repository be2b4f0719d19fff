package tui

import (
	tea "charm.land/bubbletea/v2"

	"pchatops/themes"
	"pchatops/tui/screen"
	"pchatops/tui/style"
)

// asTerminal is the choice of no theme: what suits the terminal is worn.
const asTerminal = "*"

// garment is a theme by the name of its file, or what is wrong with it.
type garment struct {
	name  string
	theme themes.Theme
	err   error
}

// wardrobe is the themes to choose from.
type wardrobe []garment

func hang(names []string) (w wardrobe) {
	for _, name := range names {
		t, err := themes.Load(name)
		w = append(w, garment{name, t, err})
	}
	return w
}

// ownMsg brings the user's own themes to a list of them: they are files, which
// are read outside of the event loop.
type ownMsg struct {
	to  *wardrobe
	own wardrobe
}

func (m *Model) addOwn(msg ownMsg) {
	m.calls--
	*msg.to = append(*msg.to, msg.own...)
}

// chooseTheme lets the operator choose the colours; the marked theme is worn
// while the list is open.
func (m *Model) chooseTheme() tea.Cmd {
	all := hang(themes.BuiltIn())
	m.listThemes(&all)
	m.calls++
	return func() tea.Msg { return ownMsg{&all, hang(themes.Own())} }
}

func (m *Model) listThemes(all *wardrobe) {
	before := m.theme
	title := "Theme, for this console: --theme or console.yaml decides at the next start"
	if m.look.remember != nil {
		title = "Theme, remembered for the next start"
	}
	m.choose(&list{
		title: title, marked: all.worn(m), entries: func() []screen.Entry { return all.entries() },
		moved: func(name string) { m.tryOn(*all, name) },
		left:  func() { m.theme = before; m.dress() },
		run:   func(name string) tea.Cmd { return m.settleOn(*all, name) },
	})
}

func (w wardrobe) entries() []screen.Entry {
	out := []screen.Entry{{ID: asTerminal, Name: "as the terminal is", Text: "dark or light, 16 colours or none"}}
	for _, g := range w {
		e := screen.Entry{ID: g.name, Name: g.name}
		if g.err != nil {
			e.Why = g.err.Error()
		}
		out = append(out, e)
	}
	return out
}

// worn is the choice that leads to what is worn now.
func (w wardrobe) worn(m *Model) string {
	for _, g := range w {
		if (m.chosen || m.look.own != nil) && g.err == nil && g.theme.Name == m.theme.Name {
			return g.name
		}
	}
	return asTerminal
}

func (m *Model) tryOn(w wardrobe, name string) {
	if name == asTerminal {
		name = style.Fitting(m.look.profile, !m.look.light)
	}
	for _, g := range w {
		if g.name == name && g.err == nil {
			m.theme = g.theme
			m.dress()
		}
	}
}

// settleOn wears a theme from now on, and has it remembered where no setting
// decides.
func (m *Model) settleOn(w wardrobe, name string) tea.Cmd {
	m.tryOn(w, name)
	m.chosen, m.look.own = name != asTerminal, nil
	background := m.askBackground()
	if m.look.remember == nil {
		return background
	}
	if !m.chosen {
		name = ""
	}
	remember := m.look.remember
	return tea.Batch(background, m.ask("remember the theme", func() error { return remember(name) }))
}
