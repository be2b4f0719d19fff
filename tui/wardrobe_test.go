package tui_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/stretchr/testify/require"

	"pchatops/tui"
	"pchatops/tui/drive"
	"pchatops/tui/tuitest"
)

func TestAThemeShowsItselfWhileItIsMarked(t *testing.T) {
	d := console(t, tuitest.NewIncident(failover()), 80, 24)
	d.Press("t").Shows("Theme, for this console", "▸", "as the terminal is")
	d.Count()
	d.Press("j")
	require.Greater(t, d.Count(), 300, "the frame around it changes its colours")
	d.Press("esc").Shows("▸ Fail").Press("t", "G", "enter").Shows("▸ Fail")
}

// memory is a place for a theme that may refuse it.
type memory struct {
	kept   []string
	refuse error
}

func (m *memory) remember(theme string) error {
	m.kept = append(m.kept, theme)
	return m.refuse
}

func TestAChosenThemeIsRememberedUntilTheTerminalDecidesAgain(t *testing.T) {
	f, m := tuitest.NewIncident(failover()), &memory{}
	d := with(t, f, 80, 24, func(o *tui.Options) { o.Theme, o.Remember = "", m.remember })
	d.Press("t").Shows("remembered for the next start", "▸"+"               as the terminal is").Press("/").Type("mono").Press("enter")
	require.Equal(t, []string{"mono"}, m.kept)
	d.Press("t").Shows("▸               mono").Press("esc")
	require.Len(t, m.kept, 1, "looking is not choosing")
	d.Press("t", "g", "enter")
	require.Equal(t, []string{"mono", ""}, m.kept)
}

func TestAThemeThatCannotBeRememberedIsWornAndSaysSo(t *testing.T) {
	m := &memory{refuse: errors.New("remember the theme in /state/pchatops/theme: no space left")}
	d := with(t, tuitest.NewIncident(failover()), 80, 24, func(o *tui.Options) { o.Theme, o.Remember = "", m.remember })
	d.Press("t").Press("/").Type("mono").Press("enter").Shows("remember the theme in /state/pchatops/theme: no space left")
	d.Press("t").Shows("▸               mono")
}

// A remembered theme is what the operator likes; it gives way where the
// terminal could not show it as it is.
func TestARememberedThemeIsWornWhereTheTerminalHasItsColours(t *testing.T) {
	looks := func(p colorprofile.Profile, remembered, explicit string) string {
		f := tuitest.NewIncident(outcomes())
		m, err := tui.New(t.Context(), f, tui.Options{
			Incident: f, Site: estate(), Theme: explicit, Remembered: remembered, Clock: drive.NewClock(night), Width: 100, Height: 30,
		})
		require.NoError(t, err)
		m.Update(firstState(t, m))
		m.Update(tea.ColorProfileMsg{Profile: p})
		return m.View().Content
	}
	require.Equal(t, looks(colorprofile.TrueColor, "", "high-contrast"), looks(colorprofile.TrueColor, "high-contrast", ""))
	require.Equal(t, looks(colorprofile.TrueColor, "", "light"), looks(colorprofile.TrueColor, "high-contrast", "light"))
	require.Equal(t, looks(colorprofile.ANSI, "", "sixteen"), looks(colorprofile.ANSI, "high-contrast", ""))
	require.Equal(t, looks(colorprofile.ASCII, "", "mono"), looks(colorprofile.ASCII, "high-contrast", ""))
	require.Equal(t, looks(colorprofile.TrueColor, "", ""), looks(colorprofile.TrueColor, "no longer there", ""))
}

func TestABrokenThemeOfOnesOwnIsListedWithItsMistake(t *testing.T) {
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	folder := filepath.Join(config, "pchatops", "themes")
	require.NoError(t, os.MkdirAll(folder, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "night-shift.yaml"), []byte("name: night-shift\nkind: drak\n"), 0o600))
	d := console(t, tuitest.NewIncident(failover()), 100, 30)
	d.Press("t").Shows("night-shift", "not now:", "night-shift.yaml:2").Press("G", "enter").Shows("night-shift: ").Shows("Theme")
}
