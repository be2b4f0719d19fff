package demo

import (
	"fmt"
	"image/color"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/vt"
)

// Paper is what a terminal looks like before anything is drawn.
type Paper struct{ Ground, Ink string }

// The papers of the pictures, each among the backgrounds that the theme of its
// name was made for.
var (
	Dark  = Paper{Ground: "#0c0c0c", Ink: "#e4e6eb"}
	Light = Paper{Ground: "#fafafa", Ink: "#1b1f24"}
)

// run is neighbouring cells that look alike.
type run struct {
	x, cells  int
	text      strings.Builder
	ink, fill string
	bold      bool
}

func (r *run) like(o *run) bool { return r.ink == o.ink && r.fill == o.fill && r.bold == o.bold }

// rows draws a screen as one group of shapes a row, each from its own origin.
func (p Paper) rows(screen *vt.Emulator) []string {
	out := make([]string, screen.Height())
	for y := range out {
		var row []*run
		for x := 0; x < screen.Width(); {
			next := p.cell(screen.CellAt(x, y))
			next.x = x
			x += next.cells
			if n := len(row); n > 0 && row[n-1].like(next) {
				row[n-1].cells += next.cells
				row[n-1].text.WriteString(next.text.String())
				continue
			}
			row = append(row, next)
		}
		var b strings.Builder
		for _, r := range row {
			b.WriteString(p.draw(r))
		}
		out[y] = b.String()
	}
	return out
}

func (p Paper) cell(c *uv.Cell) *run {
	r := &run{cells: 1, ink: p.Ink, fill: p.Ground}
	if c == nil || c.Content == "" {
		r.text.WriteByte(' ')
		return r
	}
	r.cells = max(c.Width, 1)
	r.text.WriteString(c.Content)
	r.ink, r.fill = hex(c.Style.Fg, p.Ink), hex(c.Style.Bg, p.Ground)
	if c.Style.Attrs&uv.AttrReverse != 0 {
		r.ink, r.fill = r.fill, r.ink
	}
	r.bold = c.Style.Attrs&uv.AttrBold != 0
	return r
}

// draw gives a run its place and exact width, whatever font it is shown in.
func (p Paper) draw(r *run) string {
	var b strings.Builder
	x, w := float64(r.x)*cellW, float64(r.cells)*cellW
	if r.fill != p.Ground {
		fmt.Fprintf(&b, `<rect x="%.1f" width="%.1f" height="%d" fill="%s"/>`, x, w, cellH, r.fill)
	}
	text := strings.TrimRight(r.text.String(), " ")
	if text == "" {
		return b.String()
	}
	w -= float64(r.text.Len()-len(text)) * cellW
	weight := ""
	if r.bold {
		weight = ` font-weight="bold"`
	}
	fmt.Fprintf(&b, `<text x="%.1f" y="%d" fill="%s"%s xml:space="preserve" textLength="%.1f" lengthAdjust="spacingAndGlyphs">%s</text>`,
		x, cellH-5, r.ink, weight, w, escape(text))
	return b.String()
}

func hex(c color.Color, otherwise string) string {
	if c == nil {
		return otherwise
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}
