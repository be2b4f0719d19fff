package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"pchatops/tui/layout"
	"pchatops/tui/part/box"
	"pchatops/tui/part/cell"
	"pchatops/tui/part/clean"
	"pchatops/tui/screen"
)

// View is the frame of the model as it is. Nothing but Update changes it, so a
// frame is composed once for each message that means something.
func (m *Model) View() tea.View {
	if m.drawn.version != m.version {
		m.drawn.version, m.drawn.frame = m.version, m.draw()
	}
	return m.drawn.frame
}

// draw composes the panels into exactly h lines of w cells and lays the
// topmost layer upon them.
func (m *Model) draw() tea.View {
	lines, cursor := m.compose()
	v := tea.NewView(m.signs(strings.Join(lines, "\n")))
	v.AltScreen = true
	v.WindowTitle = m.signs(m.view().Title())
	v.Cursor = cursor
	return v
}

func (m *Model) compose() ([]string, *tea.Cursor) {
	f := m.frame()
	if f.Mode == layout.TooSmall {
		return m.tooSmall(), nil
	}
	v := m.view()
	lines := append([]string{v.Header(m.w)}, m.body(f)...)
	lines = append(lines, m.footer(v))
	return m.overlay(lines, v)
}

// overlay draws the dialog that is on top, if there is one. Below it lies the
// page or the main screen as it is: dimming it would repaint everything.
func (m *Model) overlay(lines []string, v screen.View) ([]string, *tea.Cursor) {
	l := m.top()
	if l == nil {
		return lines, nil
	}
	if p := l.prompt(); p != nil {
		return lines, tea.NewCursor(v.PromptEnd(p.Sign, p.Text, m.w), m.h-1)
	}
	if l.dialog == nil {
		return lines, nil
	}
	block, cursor := l.dialog.Draw(v, m.w, m.h)
	y := max(m.h-1-len(block), 0)
	if cursor != nil {
		cursor.Y += y
	}
	return slices.Concat(lines[:y], block, lines[y+len(block):]), cursor
}

func (m *Model) footer(v screen.View) string {
	switch l := m.top(); {
	case l != nil && l.deaf:
		return v.Message("keys are not taken yet", false, m.w)
	case l != nil && l.prompt() != nil && !m.toast.serious:
		return v.Prompt(l.prompt().Sign, l.prompt().Text, m.w)
	case m.toast.text != "":
		return v.Message(m.toast.text, m.toast.serious, m.w)
	case m.planning != nil:
		return v.Message("planning "+clean.Line(m.planning.step)+" … esc gives up", false, m.w)
	}
	return v.Footer(m.scope(), m.facts(), m.w)
}

func (m *Model) tooSmall() []string {
	text := fmt.Sprintf("The console needs %d columns and %d lines; here are %d and %d.",
		layout.LeastWidth, layout.LeastHeight, m.w, m.h)
	return cell.Fill(cell.Wrap(text, m.w), m.w, m.h)
}

func (m *Model) frame() layout.Frame {
	return layout.Compute(m.w, m.h, m.view().SiteRows(m.w-box.Margin))
}

func (m *Model) view() screen.View {
	return screen.View{State: m.state, Now: m.shownAt(), Frozen: m.frozenSince(), Site: m.site, Style: m.style, Keys: m.keys, Trends: m.trends}
}
