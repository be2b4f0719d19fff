package tui_test

import (
	"context"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"pchatops/tui"
	"pchatops/tui/drive"
	"pchatops/tui/tuitest"
)

// The library sends its first messages in no fixed order, and asks for a frame
// after each.
func TestTheFirstMessagesMayComeInAnyOrder(t *testing.T) {
	sizes := tea.WindowSizeMsg{Width: 80, Height: 24}
	rest := []tea.Msg{sizes, tea.ColorProfileMsg{Profile: colorprofile.ANSI}, tea.EnvMsg{"TERM=xterm"}, tea.BackgroundColorMsg{}}
	permute(rest, func(order []tea.Msg) {
		for at := range len(order) + 1 {
			f := tuitest.NewIncident(failover())
			m := model(t, f, "")
			first := firstState(t, m)
			for i, msg := range order {
				if i == at {
					m.Update(first)
				}
				m.Update(msg)
				whole(t, m)
			}
			if at == len(order) {
				m.Update(first)
			}
			require.Contains(t, ansi.Strip(whole(t, m)), "PRIMARY SITE LOST")
		}
	})
}

func TestTheColoursFollowTheTerminalUnlessAThemeWasChosen(t *testing.T) {
	for _, c := range []struct {
		theme   string
		changes bool
	}{{"", true}, {"light", false}, {"dark", false}} {
		m := model(t, tuitest.NewIncident(failover()), c.theme)
		m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
		m.Update(tea.BackgroundColorMsg{Color: ansi.Black})
		onBlack := m.View().Content
		m.Update(tea.BackgroundColorMsg{Color: ansi.BrightWhite})
		require.Equal(t, c.changes, onBlack != m.View().Content, "theme %q", c.theme)
	}
}

func TestAnUnknownThemeIsRefused(t *testing.T) {
	_, err := tui.New(context.Background(), nil, tui.Options{Theme: "neon"})
	require.ErrorContains(t, err, "neon")
}

func model(t *testing.T, f *tuitest.Incident, theme string) *tui.Model {
	t.Helper()
	m, err := tui.New(t.Context(), f, tui.Options{Incident: f, Site: estate(), Theme: theme, Clock: drive.NewClock(night)})
	require.NoError(t, err)
	return m
}

// firstState gives what the wait for the mailbox brings.
func firstState(t *testing.T, m *tui.Model) tea.Msg {
	t.Helper()
	batch, is := m.Init()().(tea.BatchMsg)
	require.True(t, is)
	return batch[0]()
}

// whole demands a frame that fills its size, and gives it.
func whole(t *testing.T, m *tui.Model) string {
	t.Helper()
	content := m.View().Content
	w, h := m.Size()
	if w == 0 {
		require.Empty(t, content)
		return content
	}
	lines := strings.Split(content, "\n")
	require.Len(t, lines, h)
	for _, l := range lines {
		require.Equal(t, w, ansi.StringWidth(l), "%q", ansi.Strip(l))
	}
	return content
}

func permute(list []tea.Msg, visit func([]tea.Msg)) {
	var swap func(int)
	swap = func(k int) {
		if k == len(list) {
			visit(list)
			return
		}
		for i := k; i < len(list); i++ {
			list[k], list[i] = list[i], list[k]
			swap(k + 1)
			list[k], list[i] = list[i], list[k]
		}
	}
	swap(0)
}
