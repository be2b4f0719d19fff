// Package layout divides the terminal among the panels. It is a pure function
// of the size and of how much the site panel has to show.
package layout

// Least is the smallest terminal that can be worked with.
const (
	LeastWidth  = 40
	LeastHeight = 12
)

// Mode is the kind of arrangement.
type Mode int

// The modes.
const (
	TooSmall Mode = iota
	Single        // one panel at a time, the one that has the keys
	Columns       // all panels at once
)

// Rect is a part of the screen.
type Rect struct{ X, Y, W, H int }

// Frame is where everything goes. Header and footer are one line each.
type Frame struct {
	Mode   Mode
	Header Rect
	Alert  Rect // the most severe finding; empty where the site panel shows it
	Site   Rect
	Steps  Rect
	Detail Rect
	Footer Rect
}

// Body is what lies between header and footer, for pages that take it whole.
func (f Frame) Body() Rect {
	return Rect{X: 0, Y: f.Header.H, W: f.Header.W, H: f.Footer.Y - f.Header.H}
}

// What columns need: a width in which step titles can be told apart, and a
// height in which six steps are visible below a site of average size.
const (
	columnsWidth  = 76
	columnsHeight = 20
	stepsLeast    = 38
	stepsMost     = 60
	frameRows     = 2
)

// Compute arranges a terminal of w by h for a site panel of rows lines.
func Compute(w, h, rows int) Frame {
	if w < LeastWidth || h < LeastHeight {
		return Frame{Mode: TooSmall}
	}
	f := Frame{
		Header: Rect{0, 0, w, 1},
		Footer: Rect{0, h - 1, w, 1},
	}
	if w < columnsWidth || h < columnsHeight {
		f.Mode = Single
		f.Alert = Rect{0, 1, w, 1}
		all := Rect{0, 2, w, h - 3}
		f.Site, f.Steps, f.Detail = all, all, all
		return f
	}
	f.Mode = Columns
	siteH := min(rows+frameRows, h-2-stepsHeight(h))
	left := min(max(w*9/20, stepsLeast), stepsMost)
	below := Rect{0, 1 + siteH, left, h - 2 - siteH}
	f.Site = Rect{0, 1, w, siteH}
	f.Steps = below
	f.Detail = Rect{left, below.Y, w - left, below.H}
	return f
}

// stepsHeight is the least height of the lower panels: eight steps where the
// terminal has its usual 24 lines, six where it is as low as it may be.
func stepsHeight(h int) int { return min(max(h-14, 8), 10) }
