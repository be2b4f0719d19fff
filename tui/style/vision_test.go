package style_test

import (
	"image/color"
	"math"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/stretchr/testify/require"

	"pchatops/ops/site"
	"pchatops/themes"
	"pchatops/tui/style"
)

// sights are what eyes without one kind of cone make of linear RGB, after
// Machado, Oliveira and Fernandes (2009), and what the others see.
var sights = map[string][3][3]float64{
	"all cones":    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deuteranopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"tritanopia":   {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

// apart is the distance in CIE Lab that two colours of states must keep. From
// about 2.3 on they can be told apart side by side; here they stand alone.
const apart = 15

func TestStatesCanBeToldApartByEveryKindOfEye(t *testing.T) {
	for _, name := range []string{"colour-safe", "colour-safe-light"} {
		for sight, matrix := range sights {
			states := states(t, name)
			for a := range states {
				for b := range states {
					if a < b {
						require.GreaterOrEqualf(t, distance(states[a], states[b], matrix), float64(apart), "%s: %s and %s with %s", name, a, b, sight)
					}
				}
			}
		}
	}
}

// The check above must see what it is for: red and green of the usual theme.
func TestTheUsualThemeIsHardForSomeEyes(t *testing.T) {
	dark := states(t, "dark")
	require.Greater(t, distance(dark["ok"], dark["danger"], sights["all cones"]), 60.0)
	require.Less(t, distance(dark["ok"], dark["danger"], sights["deuteranopia"]), 40.0)
}

func states(t *testing.T, name string) map[string]color.Color {
	t.Helper()
	theme, err := themes.Load(name)
	require.NoError(t, err)
	s := style.New(theme, site.Lab)
	out := map[string]color.Color{}
	for state, style := range map[string]lipgloss.Style{"ok": s.OK, "busy": s.Busy, "warn": s.Warn, "danger": s.Danger, "unknown": s.Unknown} {
		out[state] = style.GetForeground()
	}
	return out
}

func distance(a, b color.Color, sight [3][3]float64) float64 {
	la, lb := lab(a, sight), lab(b, sight)
	return math.Sqrt(sq(la[0]-lb[0]) + sq(la[1]-lb[1]) + sq(la[2]-lb[2]))
}

func sq(x float64) float64 { return x * x }

// lab gives a colour as an eye sees it in CIE Lab under D65.
func lab(c color.Color, sight [3][3]float64) [3]float64 {
	in, seen := channels(c), [3]float64{}
	for i, row := range sight {
		seen[i] = min(max(row[0]*in[0]+row[1]*in[1]+row[2]*in[2], 0), 1)
	}
	f := func(t float64) float64 {
		if t > 0.008856 {
			return math.Cbrt(t)
		}
		return 7.787*t + 16.0/116
	}
	x := f((0.4124*seen[0] + 0.3576*seen[1] + 0.1805*seen[2]) / 0.95047)
	y := f(0.2126*seen[0] + 0.7152*seen[1] + 0.0722*seen[2])
	z := f((0.0193*seen[0] + 0.1192*seen[1] + 0.9505*seen[2]) / 1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}
