package style_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"pchatops/ops/site"
	"pchatops/themes"
	"pchatops/tui/style"
)

func TestAFrameKeepsItsShapeInASCII(t *testing.T) {
	const frame = "\x1b[31m✗ DOWN\x1b[m │ ◐ RESTORING · 4m ago → fail over…\n╰──╯"
	plain := style.ASCII(frame)
	require.Equal(t, "\x1b[31mx DOWN\x1b[m | o RESTORING . 4m ago > fail over~\n+--+", plain)
	require.Equal(t, ansi.StringWidth(frame), ansi.StringWidth(plain))
	require.Equal(t, "J?rgen", style.ASCII("Jürgen"), "a letter keeps its cell")
}

// Every sign in the sources of the screen must have a sign of its own kind in
// ASCII; a question mark would look like an unknown outcome.
func TestEverySignThatTheConsoleDrawsHasOneInASCII(t *testing.T) {
	found := 0
	err := fs.WalkDir(os.DirFS(".."), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
			strings.HasPrefix(path, "drive/") || strings.HasPrefix(path, "plain/") || strings.HasPrefix(path, "style/") {
			return err
		}
		source, err := fs.ReadFile(os.DirFS(".."), path)
		for _, r := range string(source) {
			if r >= 0x80 {
				found++
				require.NotEqualf(t, "?", style.ASCII(string(r)), "%s draws %q", path, r)
			}
		}
		return err
	})
	require.NoError(t, err)
	require.Greater(t, found, 10, "the sources were looked at")
}

func TestOutcomesStayDifferentInASCII(t *testing.T) {
	seen := map[string]string{}
	for _, glyph := range []string{"✓", "✗", "►", "◐", "·", "–", "?", "!", "=", "≠"} {
		plain := style.ASCII(glyph)
		require.Emptyf(t, seen[plain], "%s and %s look the same", glyph, seen[plain])
		seen[plain] = glyph
	}
}

func TestProductionHasAFrameOfItsOwnInASCII(t *testing.T) {
	theme, err := themes.Load("mono")
	require.NoError(t, err)
	edge := func(d site.Danger) string {
		f := style.New(theme, d).Frame
		return style.ASCII(f.TopLeft + f.Top + f.TopRight + f.Left)
	}
	require.NotContains(t, edge(site.Production)+edge(site.Staging)+edge(site.Lab), "?")
	require.NotEqual(t, edge(site.Production), edge(site.Lab))
}

func TestTheLocaleAndTheTerminalDecideOnGlyphs(t *testing.T) {
	for _, c := range []struct {
		env   string
		ascii bool
	}{
		{"TERM=xterm-256color LANG=de_DE.UTF-8", false},
		{"TERM=xterm-256color LANG=C.utf8", false},
		{"TERM=xterm-256color", false},
		{"TERM=xterm-256color LANG=C", true},
		{"TERM=xterm-256color LANG=de_DE.ISO-8859-1", true},
		{"TERM=xterm-256color LANG=en_US.UTF-8 LC_ALL=POSIX", true},
		{"TERM=xterm-256color LANG=C LC_CTYPE=en_US.UTF-8", false},
		{"TERM=xterm LC_ALL= LANG=C LANG=en_US.UTF-8", false},
		{"TERM=linux LANG=en_US.UTF-8", true},
		{"TERM=vt220 LANG=en_US.UTF-8", true},
	} {
		require.Equal(t, c.ascii, style.NeedsASCII(strings.Fields(c.env)), c.env)
	}
}
