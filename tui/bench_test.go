package tui_test

import (
	"fmt"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/require"

	"pchatops/tui"
	"pchatops/tui/drive"
)

// BenchmarkView is what a frame costs the processor: the library asks for one
// after every message, and most messages change nothing.
func BenchmarkView(b *testing.B) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		f := newFake(failover())
		m, err := tui.New(b.Context(), f, tui.Options{Incident: f, Site: estate(), Theme: "dark", Clock: drive.NewClock(night)})
		require.NoError(b, err)
		m.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		first, is := m.Init()().(tea.BatchMsg)
		require.True(b, is)
		m.Update(first[0]())
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
