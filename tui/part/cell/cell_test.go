package cell_test

import (
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"pchatops/tui/part/cell"
)

var red = lipgloss.NewStyle().Foreground(lipgloss.Color("#ff0000"))

func TestFitGivesExactlyTheCellsAskedFor(t *testing.T) {
	for _, c := range []struct {
		in   string
		w    int
		want string
	}{
		{"mgc", 5, "mgc  "},
		{"mgc_20261121.trn", 6, "mgc_2…"},
		{"✓ ONLINE", 8, "✓ ONLINE"},
		{"x", 0, ""},
		{"x", -3, ""},
	} {
		require.Equal(t, c.want, cell.Fit(c.in, c.w))
		require.Equal(t, c.want, ansi.Strip(cell.Fit(red.Render(c.in), c.w)))
	}
}

func TestTheRightTextIsKeptWhereBothDoNotFit(t *testing.T) {
	require.Equal(t, "Copy   12s", cell.Between("Copy", "12s", 10))
	require.Equal(t, "Copy r…12s", cell.Between("Copy remaining backups", "12s", 10))
	require.Equal(t, "12…", cell.Between("Copy", "12 seconds", 3))
}

func TestWrappedTextLosesNothingButSpaces(t *testing.T) {
	require.Equal(t, []string{"RESTORE LOG", "[mgc]"}, cell.Wrap("RESTORE LOG [mgc]", 11))
	require.Equal(t, []string{`\\backup`, `\share\m`, `gc.trn`}, cell.Wrap(`\\backup\share\mgc.trn`, 8))
	require.Equal(t, []string{"Set-CsPersistentChatState", "-PoolState FailedOver"}, cell.Wrap("Set-CsPersistentChatState -PoolState FailedOver", 26))
	require.Equal(t, []string{"    WITH", "RECOVERY"}, cell.Wrap("    WITH RECOVERY", 9))
	require.Equal(t, []string{"    ", "WITH"}, cell.Wrap("    WITH", 4))
	require.Equal(t, []string{"Größe 5"}, cell.Wrap("Größe 5", 7))
	require.Equal(t, []string{""}, cell.Wrap("", 7))
	require.Empty(t, cell.Wrap("text", 0))
}

func TestFillAndBesideKeepBlocksRectangular(t *testing.T) {
	left := cell.Fill([]string{"a"}, 3, 2)
	require.Equal(t, []string{"a  ", "   "}, left)
	require.Equal(t, []string{"a  12", "   3 "}, cell.Beside(left, cell.Fill([]string{"12", "3", "4"}, 2, 2)))
}
