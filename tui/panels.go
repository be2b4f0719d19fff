package tui

import (
	"slices"

	"pchatops/tui/layout"
	"pchatops/tui/part/box"
	"pchatops/tui/part/cell"
)

// body is everything between header and footer.
func (m *Model) body(f layout.Frame) []string {
	for i := len(m.layers) - 1; i >= 0; i-- {
		switch l := m.layers[i]; {
		case l.page != nil:
			return m.drawPage(l.page, f.Body())
		case l.list != nil:
			return m.drawList(l.list, f.Body())
		}
	}
	if f.Mode == layout.Columns {
		return slices.Concat(m.drawSite(f.Site), cell.Beside(m.drawSteps(f.Steps), m.drawDetail(f.Detail)))
	}
	alert := cell.Fill(m.view().Alert(f.Alert.W, 1), f.Alert.W, 1)
	switch m.focus {
	case detail:
		return append(alert, m.drawDetail(f.Detail)...)
	case sites:
		return append(alert, m.drawSite(f.Site)...)
	default:
		return append(alert, m.drawSteps(f.Steps)...)
	}
}

func (m *Model) drawSite(r layout.Rect) []string {
	return m.drawn.panel(sites, m.drawKey(sites, r), func() []string {
		h := r.H - box.Rows
		text := m.view().SiteTable(r.W-box.Margin, h)
		s := m.scrolls[sites]
		b := box.Box{Title: "Site", Note: s.Note(len(text), h), Focus: m.focused() == sites}
		return b.Draw(m.style, s.Window(text, h), r.W, r.H)
	})
}

func (m *Model) drawSteps(r layout.Rect) []string {
	return m.drawn.panel(steps, m.drawKey(steps, r), func() []string {
		v, h := m.view(), r.H-box.Rows
		text := v.Steps(m.selected, r.W-box.Margin)
		s := m.scrolls[steps]
		b := box.Box{Focus: m.focused() == steps}
		b.Title, b.Note = v.StepsTitle()
		return b.Draw(m.style, s.Window(text, h), r.W, r.H)
	})
}

func (m *Model) drawDetail(r layout.Rect) []string {
	return m.drawn.panel(detail, m.drawKey(detail, r), func() []string {
		h := r.H - box.Rows
		text := m.detailLines(r.W - box.Margin)
		s := m.scrolls[detail]
		b := box.Box{Title: "Step", Note: s.Note(len(text), h), Focus: m.focused() == detail}
		if step := m.step(); step != nil {
			b.Title = m.view().DetailTitle(step)
		}
		return b.Draw(m.style, s.Window(text, h), r.W, r.H)
	})
}

func (m *Model) detailLines(w int) []string {
	step := m.step()
	if step == nil {
		return nil
	}
	return m.view().Detail(step, w)
}
