package tui_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/themes"
	"pchatops/tui"
	"pchatops/tui/drive"
	"pchatops/tui/tuitest"
)

// outcomes is an incident with a step in every state.
func outcomes() incident.State {
	s := failover()
	for i, o := range []engine.Outcome{engine.Done, engine.Failed, engine.Unknown, engine.Skipped} {
		s.Steps[i].Outcome = o
	}
	s.Steps[4].Running, s.Steps[4].Started, s.Running = true, night, "F4b"
	return s
}

// What a theme says in colours it also says in words and glyphs: without its
// escape sequences every theme shows the same screen.
func TestNoThemeTellsAStateByColourAlone(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	seen := ""
	for _, name := range themes.Names() {
		m := model(t, tuitest.NewIncident(outcomes()), name)
		m.Update(tea.WindowSizeMsg{Width: 100, Height: 30})
		m.Update(firstState(t, m))
		text := ansi.Strip(m.View().Content)
		for _, state := range []string{"✓ F1", "done", "✗ F2", "failed", "? F3", "unknown", "– F4a", "skipped", "► F4b", "✗ DOWN", "◐ RESTORING"} {
			require.Contains(t, text, state, name)
		}
		if seen != "" {
			require.Equal(t, seen, text, name)
		}
		seen = text
	}
}

func TestATerminalOfFewColoursKeepsItsOwn(t *testing.T) {
	for _, c := range []struct {
		profile  colorprofile.Profile
		has, not string
	}{
		{colorprofile.ANSI, "\x1b[1;31m", "38;2;"},
		{colorprofile.ASCII, "\x1b[1m", "38;2;"},
		{colorprofile.ANSI256, "38;2;", "\x1b[1;31m"}, // the library brings it down to 256
	} {
		m := model(t, tuitest.NewIncident(outcomes()), "")
		m.Update(tea.WindowSizeMsg{Width: 100, Height: 30})
		m.Update(tea.ColorProfileMsg{Profile: c.profile})
		m.Update(firstState(t, m))
		require.Contains(t, m.View().Content, c.has, c.profile)
		require.NotContains(t, m.View().Content, c.not, c.profile)
	}
}

func TestATerminalWithoutUnicodeGetsTheSameScreenInASCII(t *testing.T) {
	for _, c := range []struct {
		glyphs, locale string
		ascii          bool
	}{
		{"ascii", "LANG=en_US.UTF-8", true},
		{"", "LANG=C", true},
		{"unicode", "LANG=C", false},
		{"", "LANG=en_US.UTF-8", false},
	} {
		f := tuitest.NewIncident(failover())
		f.Plans["F1"] = plan(`SQL11\RTC`, "exec sp_delete_log_shipping_secondary_database N'mgc'", "")
		d := drive.Start(t, drive.Config{
			Options: tui.Options{Incident: f, Site: estate(), Glyphs: c.glyphs, Env: []string{"TERM=xterm", c.locale}, Width: 80, Height: 24},
			Inbox:   f, Clock: drive.NewClock(night), Latest: f.Latest,
		})
		beyond := func() int { return strings.IndexFunc(d.Screen(), func(r rune) bool { return r >= 0x80 }) }
		if !c.ascii {
			d.Shows("✗ DOWN")
			continue
		}
		d.Shows("x DOWN", "o RESTORING", ">. F1")
		require.Negative(t, beyond(), d.Screen())
		calm(d).Shows(">[ Cancel ]").Press("y").Shows("+ F1")
		require.Negative(t, beyond(), d.Screen())
	}
}
