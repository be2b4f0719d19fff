package tui_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/tui/tuitest"
)

// Whatever is open, a window that is dragged down to a single cell and back
// leaves it as it was.
func TestAResizeStormLeavesEveryLayerAsItWas(t *testing.T) {
	for name, keys := range map[string][]string{
		"the main screen": nil, "the log": {"l"}, "a step": {"j", "j", "f"}, "the help": {"?"}, "the palette": {":", "f"},
		"findings, searched": {"d", "/", "l", "enter"}, "the themes": {"t", "j"}, "a note": {"n", "a", "b"},
	} {
		t.Run(name, func(t *testing.T) {
			d := console(t, tuitest.NewIncident(failover()), 80, 24)
			before, rnd := d.Press(keys...).Screen(), rand.New(rand.NewPCG(7, 7))
			for range 15 {
				d.Resize(1+rnd.IntN(220), 1+rnd.IntN(70))
			}
			d.Resize(1, 1).Resize(80, 1).Resize(1, 24).Resize(80, 12).Resize(80, 24)
			require.Equal(t, before, d.Screen())
		})
	}
}

// A dialog that could not be seen for a while is still the same question.
func TestADialogOutlivesAStormAndIsAnsweredOnlyWhenItCanBeSeen(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.Plans["F1"] = plan(`SQL11\RTC`, "exec sp_one", "")
	d := console(t, f, 80, 24)
	before := calm(d).Shows("LIVE · Run F1").Screen()
	d.Resize(1, 1).Press("y", "tab", "enter").Resize(200, 60).Resize(40, 12).Resize(80, 24)
	require.Equal(t, before, d.Screen())
	require.Empty(t, f.Confirmed())
	d.Press("y").Advance(time.Second).Shows("✓ F1")
}
