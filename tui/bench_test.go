package tui_test

import (
	"fmt"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/require"

	"pchatops/tui"
	"pchatops/tui/drive"
	"pchatops/tui/tuitest"
)

// drawn is a console without a program around it, and its first state.
func drawn(t testing.TB, w, h int) *tui.Model {
	t.Helper()
	f := tuitest.NewIncident(failover())
	m, err := tui.New(t.Context(), f, tui.Options{Incident: f, Site: estate(), Theme: "dark", Clock: drive.NewClock(night)})
	require.NoError(t, err)
	m.Update(tea.WindowSizeMsg{Width: w, Height: h})
	first, is := m.Init()().(tea.BatchMsg)
	require.True(t, is)
	m.Update(first[0]())
	return m
}

// The library asks for a frame after every message, also after those that mean
// nothing to the console.
func TestAFrameInWhichNothingChangedIsNotDrawnAgain(t *testing.T) {
	m := drawn(t, 120, 40)
	before := m.View()
	require.Contains(t, before.Content, "RESTORING")
	require.Zero(t, testing.AllocsPerRun(100, func() {
		m.Update(tea.FocusMsg{})
		m.View()
	}))
	m.Update(tea.KeyPressMsg{Code: 'j', Text: "j"})
	require.NotEqual(t, before.Content, m.View().Content, "what changed is drawn")
}

// BenchmarkView is what a frame costs the processor.
func BenchmarkView(b *testing.B) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		m := drawn(b, size[0], size[1])
		b.Run(fmt.Sprintf("unchanged-%dx%d", size[0], size[1]), func(b *testing.B) {
			for b.Loop() {
				m.View()
			}
		})
		b.Run(fmt.Sprintf("selection-moves-%dx%d", size[0], size[1]), func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				m.Update(tea.KeyPressMsg{Code: []rune("jk")[i%2], Text: string([]rune("jk")[i%2])})
				m.View()
			}
		})
	}
}
