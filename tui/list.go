package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"pchatops/tui/actions"
	"pchatops/tui/layout"
	"pchatops/tui/part/box"
	"pchatops/tui/part/fuzzy"
	"pchatops/tui/part/prompt"
	"pchatops/tui/part/scroll"
	"pchatops/tui/screen"
)

// list is a choice among lines: help, palette, procedures, themes. It fills
// the body, and its lines are made anew for every frame, so that the reasons
// in it are those of now.
type list struct {
	title   string
	entries func() []screen.Entry
	run     func(id string) tea.Cmd
	moved   func(id string) // an entry was marked; nil: nothing happens
	left    func()          // closed without a choice; nil: nothing happens
	marked  string
	typing  bool
	prompt  prompt.Prompt
	scroll.Scroll
}

func (m *Model) choose(l *list) {
	m.open(&layer{list: l})
	if l.marked == "" {
		l.mark(0)
	}
}

// shown are the entries that fit what was typed, the best first.
func (l *list) shown() []screen.Entry {
	all := l.entries()
	if l.prompt.Text == "" {
		return all
	}
	var out []screen.Entry
	for want := range fuzzy.None {
		for _, e := range all {
			if e.ID != "" && fuzzy.Rank(l.prompt.Text, e.Name, e.ID+" "+e.Text) == want {
				out = append(out, e)
			}
		}
	}
	return out
}

// choices are the entries that can be marked.
func (l *list) choices() []screen.Entry {
	return slices.DeleteFunc(slices.Clone(l.shown()), func(e screen.Entry) bool { return e.ID == "" })
}

// mark moves the mark by some entries; one that was filtered out goes to the
// first.
func (l *list) mark(by int) {
	open := l.choices()
	if len(open) == 0 {
		return
	}
	at := slices.IndexFunc(open, func(e screen.Entry) bool { return e.ID == l.marked })
	if at < 0 {
		at, by = 0, 0
	}
	id := open[min(max(at+by, 0), len(open)-1)].ID
	if id != l.marked {
		l.marked = id
		if l.moved != nil {
			l.moved(id)
		}
	}
}

// pressList gives a key to a list.
func (m *Model) pressList(y *layer, msg tea.KeyPressMsg) tea.Cmd {
	l := y.list
	a, known := m.keys.Resolve(m.scope(), msg.String())
	if !known {
		if l.typing {
			l.prompt.Key(msg)
			l.mark(0)
		}
		return nil
	}
	switch a.ID {
	case actions.Close, actions.Cancel:
		m.close(y)
		if l.left != nil {
			l.left()
		}
	case actions.Accept:
		return m.accept(y)
	case actions.Search:
		l.typing, l.prompt.Sign = true, "/"
	default:
		l.move(a.ID, m.frame().Body().H-box.Rows)
	}
	return nil
}

// accept does what the marked line says, or tells why it cannot be done.
func (m *Model) accept(y *layer) tea.Cmd {
	for _, e := range y.list.choices() {
		if e.ID != y.list.marked || e.Still {
			continue
		}
		if e.Why != "" {
			m.warn(e.Name + ": " + e.Why)
			return nil
		}
		m.close(y)
		return y.list.run(e.ID)
	}
	return nil
}

func (l *list) move(id actions.ID, page int) {
	switch id {
	case actions.Up:
		l.mark(-1)
	case actions.Down:
		l.mark(1)
	case actions.PageUp:
		l.mark(-max(page-1, 1))
	case actions.PageDown:
		l.mark(max(page-1, 1))
	case actions.Top:
		l.mark(-len(l.entries()))
	case actions.Bottom:
		l.mark(len(l.entries()))
	default: // the other actions mean nothing in a list
	}
}

// refit lets every list begin at its top again, as far as its mark allows: what
// a small window had to scroll away is there again in a larger one.
func (m *Model) refit() {
	for _, y := range m.layers {
		if y.list != nil {
			y.list.Top()
		}
	}
}

func (m *Model) drawList(l *list, r layout.Rect) []string {
	text, from, to := m.view().List(l.shown(), l.marked, r.W-box.Margin)
	h := r.H - box.Rows
	if from > 0 && l.choices()[0].ID == l.marked {
		from = 0 // with the heading above it
	}
	l.Show(to, len(text), h)
	l.Show(from, len(text), h)
	b := box.Box{Title: l.title, Note: l.Note(len(text), h), Focus: true}
	return b.Draw(m.style, l.Window(text, h), r.W, r.H)
}
