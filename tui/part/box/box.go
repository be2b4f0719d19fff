// Package box draws the frame of a panel or dialog. Which panel has the keys
// is told by the mark and colour of its title alone: recolouring a whole
// border costs over a thousand bytes on a slow line.
package box

import (
	"strings"

	"pchatops/tui/part/cell"
	"pchatops/tui/style"
)

// Margin is what a frame takes of a panel's width, Rows of its height.
const (
	Margin = 3
	Rows   = 2
)

// Box is a frame with a title.
type Box struct {
	Title string
	Note  string // at the right of the title, for instance a scroll position
	Focus bool   // this panel has the keys
}

// Draw frames lines into exactly h lines of w cells.
func (b Box) Draw(s *style.Style, lines []string, w, h int) []string {
	if w < Margin+1 || h < Rows {
		return cell.Fill(nil, w, max(h, 0))
	}
	out := make([]string, 0, h)
	out = append(out, b.top(s, w))
	side := s.Border.Render(s.Frame.Left)
	for _, line := range cell.Fill(lines, w-Margin, h-Rows) {
		out = append(out, side+" "+line+side)
	}
	bottom := s.Frame.BottomLeft + strings.Repeat(s.Frame.Bottom, w-2) + s.Frame.BottomRight
	return append(out, s.Border.Render(bottom))
}

func (b Box) top(s *style.Style, w int) string {
	mark, ink := s.Frame.Top, s.Title
	if b.Focus {
		mark, ink = "▸", s.Focus
	}
	note := ""
	if b.Note != "" && cell.Width(b.Note) < w/2 {
		note = " " + b.Note + " "
	}
	room := w - 4 - cell.Width(note)
	title := " " + b.Title + " "
	if cell.Width(title) > room {
		title = cell.Fit(title, max(room, 0))
	}
	rule := strings.Repeat(s.Frame.Top, max(room-cell.Width(title), 0))
	return s.Border.Render(s.Frame.TopLeft) + ink.Render(mark+title) +
		s.Border.Render(rule) + s.Muted.Render(note) + s.Border.Render(s.Frame.Top+s.Frame.TopRight)
}
