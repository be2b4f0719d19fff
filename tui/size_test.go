package tui_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"pchatops/tui/tuitest"
)

// A terminal that answers while Bubble Tea ends leaves its reader waiting for
// somebody to take the event.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/charmbracelet/ultraviolet.(*TerminalReader).sendEvents"))
}

func TestEightyByTwentyFourShowsAllThatAFailoverNeeds(t *testing.T) {
	d := console(t, tuitest.NewIncident(failover()), 80, 24)
	d.Shows("LIVE", "litware-pchat", "loss: up to 14m 32s of chat", "driver alice")
	d.Shows(`SQL01\RTC ✗ DOWN`, "no answer for 2m", `SQL11\RTC ◐ RESTORING`, "copied 4m ago · restored 19m ago",
		"NO MIRROR", "? NORMAL", "2 of 3 active, all in dc1 · as on record ")
	d.Shows("✗ PRIMARY SITE LOST: primary and mirror do not answer", "  → fail over")
	for _, id := range []string{"F1", "F2", "F3", "F4a", "F4b", "F5", "F6", "F7"} {
		d.Shows("· " + id)
	}
	d.Shows("F1 Remove log shipping ━", "can be undone, asks first")
	d.Shows("enter run", "↓ next", "p plan", "v verify", "s skip", "n note", "l log", "? help", "q quit")
	require.Equal(t, "LIVE litware-pchat – pchatops, driver", d.Title())
}

func TestEverySizeIsFilledExactly(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {100, 30}, {120, 40}, {200, 60}, {40, 12}, {76, 20}, {75, 50}, {300, 12}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			f := tuitest.NewIncident(failover())
			f.Plans["F4b"] = lossy()
			d := console(t, f, size[0], size[1])
			d.Shows("LIVE", "PRIMARY SITE LOST", "F1", "q quit")
			d.Press("l").Shows("incident opened").Press("esc", "d").Shows("primary-site-lost").Press("esc", "?").Shows("Keys:").Press("esc")
			d.Press("j", "j", "j", "j", "tab", "pgdown", "G", "tab", "tab", "enter").Shows("LIVE · Run F4b")
		})
	}
}

func TestASmallTerminalShowsEveryPanelOneAfterTheOther(t *testing.T) {
	d := console(t, tuitest.NewIncident(failover()), 40, 12)
	d.Shows("▸ Failover", "F1", "tab panel").Lacks("▸ Site")
	d.Press("tab").Shows("▸ F1 Remove log shipping", "not run").Lacks("▸ Failover")
	d.Press("tab").Shows("▸ Site", `SQL11\RTC`)
	d.Press("tab").Shows("▸ Failover")
	d.Press("shift+tab").Shows("▸ Site")
	d.Resize(100, 30).Shows("▸ Failover", "Site", "copied 4m ago")
}

func TestATerminalThatIsTooSmallSaysSoAndTakesNoOrders(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.Plans["F1"] = plan(`SQL11\RTC`, "exec sp_delete_log_shipping_secondary_database", "")
	d := console(t, f, 39, 11)
	d.Shows("The console needs 40 columns and 12").Lacks("F1")
	d.Press("enter", "y", "r", "n")
	require.Empty(t, f.Requests())
	d.Resize(80, 24).Shows("▸ Failover")
}

func TestAResizeStormLeavesAWholeScreen(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 7))
	d := console(t, tuitest.NewIncident(failover()), 80, 24)
	for range 40 {
		d.Resize(1+rnd.IntN(220), 1+rnd.IntN(70)).Press([]string{"j", "k", "tab", "?", "esc", "G"}[rnd.IntN(6)])
	}
	d.Press("esc").Resize(80, 24).Shows("LIVE", "Failover", "0 of 9 done", "q quit")
}
