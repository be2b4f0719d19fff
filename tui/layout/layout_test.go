package layout_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/tui/layout"
)

// picture draws the areas with one letter each.
func picture(f layout.Frame, w, h int) []string {
	grid := make([][]byte, h)
	for y := range grid {
		grid[y] = []byte(strings.Repeat(".", w))
	}
	for _, a := range []struct {
		r    layout.Rect
		mark byte
	}{{f.Header, 'H'}, {f.Alert, 'A'}, {f.Site, 'S'}, {f.Steps, 'C'}, {f.Detail, 'D'}, {f.Footer, 'F'}} {
		for y := a.r.Y; y < a.r.Y+a.r.H; y++ {
			for x := a.r.X; x < a.r.X+a.r.W; x++ {
				grid[y][x] = a.mark
			}
		}
	}
	out := make([]string, h)
	for y := range grid {
		out[y] = string(grid[y])
	}
	return out
}

func TestEightyByTwentyFourShowsSiteStepsAndDetailAtOnce(t *testing.T) {
	got := picture(layout.Compute(80, 24, 6), 80, 24)
	lower := strings.Repeat("C", 38) + strings.Repeat("D", 42)
	require.Equal(t, strings.Repeat("H", 80), got[0])
	for y := 1; y <= 8; y++ {
		require.Equal(t, strings.Repeat("S", 80), got[y])
	}
	for y := 9; y <= 22; y++ {
		require.Equal(t, lower, got[y])
	}
	require.Equal(t, strings.Repeat("F", 80), got[23])
}

func TestASmallTerminalShowsOnePanelAtATime(t *testing.T) {
	f := layout.Compute(40, 12, 6)
	require.Equal(t, layout.Single, f.Mode)
	got := picture(f, 40, 12)
	require.Equal(t, "H", got[0][:1])
	require.Equal(t, "A", got[1][:1])
	require.Equal(t, strings.Repeat("D", 40), got[5])
	require.Equal(t, "F", got[11][:1])
}

func TestNoCellIsLostOrOverlapsAtAnySize(t *testing.T) {
	for w := 1; w <= 210; w += 3 {
		for h := 1; h <= 70; h++ {
			for _, rows := range []int{2, 6, 40} {
				f := layout.Compute(w, h, rows)
				if f.Mode == layout.TooSmall {
					require.True(t, w < layout.LeastWidth || h < layout.LeastHeight)
					continue
				}
				require.NotContains(t, strings.Join(picture(f, w, h), ""), ".", "%dx%d", w, h)
				if f.Mode == layout.Columns {
					require.Equal(t, w*h, area(f.Header, f.Site, f.Steps, f.Detail, f.Footer))
					require.GreaterOrEqual(t, f.Steps.H, 8)
				}
				require.Equal(t, h-2, f.Body().H)
			}
		}
	}
}

func area(rects ...layout.Rect) int {
	sum := 0
	for _, r := range rects {
		sum += r.W * r.H
	}
	return sum
}
