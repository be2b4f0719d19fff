// Package scroll keeps the position of a list or text in a window that is
// shorter than it.
package scroll

import "fmt"

// Scroll is a position. The zero Scroll shows the beginning.
type Scroll struct {
	first int
	tail  bool // stay at the end while the text grows
}

// By moves by n lines in a text of total lines, h of which are visible.
// Arriving at the end means following it.
func (s *Scroll) By(n, total, h int) {
	s.first = s.from(total, h) + n
	s.tail = n > 0 && s.first >= last(total, h)
	s.first = s.from(total, h)
}

// Top goes to the beginning.
func (s *Scroll) Top() { *s = Scroll{} }

// Bottom goes to the end and follows it.
func (s *Scroll) Bottom() { s.tail = true }

// Follows reports whether the end is followed.
func (s Scroll) Follows() bool { return s.tail }

// First is the first visible line.
func (s Scroll) First(total, h int) int { return s.from(total, h) }

// Show moves as little as is needed to make line i visible.
func (s *Scroll) Show(i, total, h int) {
	first := s.from(total, h)
	switch {
	case i < first:
		first = i
	case i >= first+h:
		first = i - h + 1
	}
	s.first, s.tail = first, false
}

// Window gives the visible part of lines.
func (s Scroll) Window(lines []string, h int) []string {
	from := s.from(len(lines), h)
	return lines[from:min(from+max(h, 0), len(lines))]
}

// Note says which part is visible, "" when all is.
func (s Scroll) Note(total, h int) string {
	if total <= h {
		return ""
	}
	from := s.from(total, h)
	return fmt.Sprintf("%d–%d of %d", from+1, from+h, total)
}

func (s Scroll) from(total, h int) int {
	end := last(total, h)
	if s.tail {
		return end
	}
	return min(max(s.first, 0), end)
}

func last(total, h int) int { return max(total-h, 0) }
