package themes

import (
	"math"
	"regexp"
	"strconv"
)

// Colour is #rrggbb, an index from 0 to 15 into the palette of the user's
// terminal, or Default.
type Colour string

// Default is the terminal's own colour of text or background. What stands out
// by its ground alone is then shown in reverse.
const Default Colour = "default"

var (
	hexForm   = regexp.MustCompile(`^#[0-9a-f]{6}$`)
	indexForm = regexp.MustCompile(`^([0-9]|1[0-5])$`)
)

const colourForms = "a colour of the form #rrggbb, a palette index from 0 to 15, or default"

// exact reports whether it is known what the colour looks like.
func (c Colour) exact() bool { return hexForm.MatchString(string(c)) }

func (c Colour) valid() bool {
	return c.exact() || c == Default || indexForm.MatchString(string(c))
}

// contrast is the WCAG 2 contrast ratio of two exact colours.
func contrast(a, b Colour) float64 {
	la, lb := a.luminance(), b.luminance()
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// luminance is the relative luminance that WCAG 2 defines.
func (c Colour) luminance() float64 {
	rgb, _ := strconv.ParseUint(string(c[1:]), 16, 32) // exact, so it parses
	linear := func(v uint64) float64 {
		x := float64(v&0xff) / 0xff
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(rgb>>16) + 0.7152*linear(rgb>>8) + 0.0722*linear(rgb)
}
