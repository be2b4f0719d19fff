package style_test

import (
	"image/color"
	"math"
	"reflect"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/stretchr/testify/require"

	"pchatops/ops/site"
	"pchatops/themes"
	"pchatops/tui/style"
)

// Text must be readable in every theme on every background it is made for:
// WCAG 2 asks for a contrast of 4.5.
func TestEveryPairDrawnTogetherIsReadable(t *testing.T) {
	for _, name := range themes.Names() {
		theme, err := themes.Load(name)
		require.NoError(t, err)
		for _, danger := range []site.Danger{site.Production, site.Staging, site.Lab} {
			drawn := reflect.ValueOf(*style.New(theme, danger))
			for i := range drawn.NumField() {
				s, isStyle := drawn.Field(i).Interface().(lipgloss.Style)
				if !isStyle {
					continue
				}
				for _, ground := range grounds(theme, s) {
					require.GreaterOrEqualf(t, contrast(s.GetForeground(), ground), 4.5,
						"%s: %s of %s on %v", name, drawn.Type().Field(i).Name, danger, ground)
				}
			}
		}
	}
}

func TestAnEnvironmentIsToldByWordAndBorderToo(t *testing.T) {
	theme, err := themes.Load("dark")
	require.NoError(t, err)
	live, lab := style.New(theme, site.Production), style.New(theme, site.Lab)
	require.NotEqual(t, live.BadgeWord, lab.BadgeWord)
	require.NotEqual(t, live.Frame, lab.Frame)
	require.Equal(t, live.BadgeWord, style.New(theme, "prod-eu").BadgeWord, "an unknown level must count as production")
}

// grounds gives what a style's text stands on: its own background, or any that
// the terminal may have.
func grounds(theme themes.Theme, s lipgloss.Style) []color.Color {
	if _, none := s.GetBackground().(lipgloss.NoColor); !none {
		return []color.Color{s.GetBackground()}
	}
	var out []color.Color
	for _, b := range theme.Backgrounds {
		out = append(out, lipgloss.Color(string(b)))
	}
	return out
}

// contrast is the WCAG 2 contrast ratio.
func contrast(a, b color.Color) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		x := float64(v) / 0xffff
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}
