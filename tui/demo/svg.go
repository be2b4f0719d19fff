package demo

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/vt"
)

// The measures of a cell, in pixels.
const (
	cellW, cellH = 8.4, 18
	edge         = 12 // around the screen
)

// Still gives the last screen of the recording as a picture.
func (r *Reel) Still(p Paper) (string, error) {
	var rows []string
	err := r.replay(func(screen *vt.Emulator, _ take) { rows = p.rows(screen) })
	var b strings.Builder
	b.WriteString(r.open(p))
	for y, row := range rows {
		fmt.Fprintf(&b, "<g transform=\"translate(%d %d)\">%s</g>\n", edge, edge+y*cellH, row)
	}
	b.WriteString("</svg>\n")
	return b.String(), err
}

// Film gives the whole recording as a picture that moves, over and over. A row
// that stays the same is drawn once and used again.
func (r *Reel) Film(p Paper) (string, error) {
	var defs, film strings.Builder
	known := map[string]int{}
	err := r.replay(func(screen *vt.Emulator, t take) {
		fmt.Fprintf(&film, "<g display=\"none\">%s", r.shown(t))
		for y, row := range p.rows(screen) {
			n, seen := known[row]
			if !seen {
				n = len(known)
				known[row] = n
				fmt.Fprintf(&defs, "<g id=\"r%d\">%s</g>\n", n, row)
			}
			if row != "" {
				fmt.Fprintf(&film, "<use href=\"#r%d\" x=\"%d\" y=\"%d\"/>", n, edge, edge+y*cellH)
			}
		}
		film.WriteString("</g>\n")
	})
	return r.open(p) + "<defs>\n" + defs.String() + "</defs>\n" + film.String() + "</svg>\n", err
}

// shown is when in the film a take is to be seen.
func (r *Reel) shown(t take) string {
	from, to := fraction(t.at, r.length), fraction(t.at+t.hold, r.length)
	return fmt.Sprintf(`<animate attributeName="display" calcMode="discrete" dur="%.1fs" repeatCount="indefinite" `+
		`values="none;inline;none" keyTimes="0;%.5f;%.5f"/>`, r.length.Seconds(), from, to)
}

func fraction(part, whole time.Duration) float64 { return float64(part) / float64(whole) }

// open is the beginning of a picture: its size, its title for those who do not
// see it, and its ground.
func (r *Reel) open(p Paper) string {
	w, h := float64(r.Width)*cellW+2*edge, r.Height*cellH+2*edge
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%d" viewBox="0 0 %.0f %d" role="img" `+
		`font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
<title>%s</title>
<rect width="100%%" height="100%%" rx="6" fill="%s"/>
`, w, h, w, h, escape(r.Title), p.Ground)
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}
