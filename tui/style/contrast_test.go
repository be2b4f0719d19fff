package style_test

import (
	"image/color"
	"math"
	"reflect"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"pchatops/ops/site"
	"pchatops/themes"
	"pchatops/tui/style"
)

// promised is the contrast that WCAG 2 asks of each theme's text, AA or, for
// high contrast, AAA. Themes of the user's own palette promise nothing: what
// their colours look like is the user's choice; states_test.go tests them.
func promised(name string) float64 {
	switch {
	case strings.HasPrefix(name, "high-contrast"):
		return 7
	case name == "sixteen" || name == "mono":
		return 0
	}
	return 4.5
}

func TestEveryPairDrawnTogetherIsReadable(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	for _, name := range themes.Names() {
		theme, err := themes.Load(name)
		require.NoError(t, err)
		for _, danger := range []site.Danger{site.Production, site.Staging, site.Lab} {
			for what, s := range drawn(theme, danger) {
				for _, ground := range grounds(theme, s) {
					require.GreaterOrEqualf(t, contrast(s.GetForeground(), ground), promised(name),
						"%s: %s of %s on %v", name, what, danger, ground)
				}
			}
		}
	}
}

// A theme for any terminal uses the user's palette, or nothing but bold and
// reverse; a colour of the console's own could vanish on the background.
func TestThemesForAnyTerminalBringNoColoursOfTheirOwn(t *testing.T) {
	for _, name := range []string{"sixteen", "mono"} {
		theme, err := themes.Load(name)
		require.NoError(t, err)
		for what, s := range drawn(theme, site.Production) {
			for _, c := range []color.Color{s.GetForeground(), s.GetBackground()} {
				_, none := c.(lipgloss.NoColor)
				_, palette := c.(ansi.BasicColor)
				require.True(t, none || palette && name == "sixteen", "%s: %s", name, what)
			}
		}
	}
}

func TestWhatIsSelectedAndTheBadgeStandOutWithoutColours(t *testing.T) {
	theme, err := themes.Load("mono")
	require.NoError(t, err)
	s := style.New(theme, site.Production)
	require.True(t, s.Selected.GetReverse())
	require.True(t, s.Badge.GetReverse())
}

// drawn gives every style that the screen draws with, by name.
func drawn(theme themes.Theme, danger site.Danger) map[string]lipgloss.Style {
	out := map[string]lipgloss.Style{}
	all := reflect.ValueOf(*style.New(theme, danger))
	for i := range all.NumField() {
		if s, isStyle := all.Field(i).Interface().(lipgloss.Style); isStyle {
			out[all.Type().Field(i).Name] = s
		}
	}
	return out
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
	l := channels(c)
	return 0.2126*l[0] + 0.7152*l[1] + 0.0722*l[2]
}

// channels gives red, green and blue in linear light.
func channels(c color.Color) [3]float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		x := float64(v) / 0xffff
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return [3]float64{linear(r), linear(g), linear(b)}
}
