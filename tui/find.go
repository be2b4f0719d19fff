package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"pchatops/tui/actions"
	"pchatops/tui/part/prompt"
	"pchatops/tui/part/scroll"
)

// find is a search and a filter in the text of a page.
type find struct {
	sought  string // "": no search
	matches []int  // lines that hold it
	at      int    // which of them was gone to last
	only    string // filter; "": all lines

	asking *prompt.Prompt // what is being typed; nil: nothing is
	before before         // what it was, for those who give up
}

type before struct {
	sought, only string
	place        scroll.Scroll
}

// ask begins to type a search or filter.
func (f *find) ask(sign string, place scroll.Scroll) {
	f.asking, f.before = &prompt.Prompt{Sign: sign}, before{f.sought, f.only, place}
}

// typed follows the letters: the page moves to the first match from where it
// was, or shows only what holds them.
func (m *Model) typed(p *page, h, w int) {
	if p.asking.Sign == "&" {
		p.only = p.asking.Text
		m.lay(p, w)
		return
	}
	p.sought, p.Scroll = p.asking.Text, p.before.place
	text := m.lay(p, w)
	p.seek(text)
	first := p.First(len(text), h)
	p.at = 0
	for i, line := range p.matches {
		if line >= first {
			p.at = i
			break
		}
	}
	p.step(0, &p.Scroll, len(text), h)
}

// answered ends typing: kept or given up, or on to another match.
func (m *Model) answered(p *page, id actions.ID, h, w int) {
	text := m.lay(p, w)
	switch id {
	case actions.Up:
		p.step(-1, &p.Scroll, len(text), h)
	case actions.Down:
		p.step(1, &p.Scroll, len(text), h)
	case actions.Cancel:
		p.sought, p.only, p.Scroll = p.before.sought, p.before.only, p.before.place
		p.asking = nil
		p.seek(m.lay(p, w))
	default:
		if p.asking.Text == "" && p.asking.Sign == "&" {
			p.only = ""
		}
		p.asking = nil
	}
}

// seek finds the lines that hold what is sought.
func (f *find) seek(text []string) {
	f.matches = nil
	if f.sought == "" {
		f.at = 0
		return
	}
	for i, line := range text {
		if strings.Contains(strings.ToLower(ansi.Strip(line)), strings.ToLower(f.sought)) {
			f.matches = append(f.matches, i)
		}
	}
	f.at = min(f.at, max(len(f.matches)-1, 0))
}

// step goes to another match, round at the ends.
func (f *find) step(by int, s *scroll.Scroll, total, h int) {
	if n := len(f.matches); n > 0 {
		f.at = ((f.at+by)%n + n) % n
		s.Show(f.matches[f.at], total, h)
	}
}
