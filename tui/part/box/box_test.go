package box_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"pchatops/ops/site"
	"pchatops/themes"
	"pchatops/tui/part/box"
	"pchatops/tui/part/cell"
	"pchatops/tui/style"
)

func TestAPanelIsExactlyAsLargeAsAsked(t *testing.T) {
	s := lab(t)
	long := strings.Repeat("x", 300)
	for w := range 120 {
		for _, h := range []int{0, 1, 2, 3, 7} {
			got := box.Box{Title: long, Note: "4–12 of 30", Focus: true}.Draw(s, []string{long, "short"}, w, h)
			require.Len(t, got, h)
			for _, line := range got {
				require.Equal(t, w, cell.Width(line), "%dx%d: %q", w, h, ansi.Strip(line))
			}
		}
	}
}

func TestThePanelWithTheKeysIsMarkedWithoutColourToo(t *testing.T) {
	s := lab(t)
	with := ansi.Strip(box.Box{Title: "Site", Focus: true}.Draw(s, nil, 20, 2)[0])
	without := ansi.Strip(box.Box{Title: "Site"}.Draw(s, nil, 20, 2)[0])
	require.Equal(t, "╭▸ Site ───────────╮", with)
	require.Equal(t, "╭─ Site ───────────╮", without)
}

func lab(t *testing.T) *style.Style {
	theme, err := themes.Load("dark")
	require.NoError(t, err)
	return style.New(theme, site.Lab)
}
