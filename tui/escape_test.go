package tui_test

import (
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/require"

	"pchatops/tui"
	"pchatops/tui/actions"
	"pchatops/tui/tuitest"
)

// On a slow line keys arrive together, or in pieces. Neither makes them mean
// something else.
func TestEscapeAndTheKeyBehindItMayArriveTogether(t *testing.T) {
	f := tuitest.NewIncident(failover())
	d := console(t, f, 80, 24)
	d.Press("?").Shows("Keys: main screen").Send("\x1bj").Gone("Keys: main screen").Expect("▸· F2")
	d.Press("l").Shows("Log, times in UTC").Send("\x1bG").Gone("Log, times in UTC").Expect("▸· FX")
	d.Press("n").Type("half a n").Send("\x1b:").Gone("LIVE · Note").Expect("Palette")
	require.Empty(t, f.Requests(), "a note that was given up is none")
}

func TestAConfirmationThatIsGivenUpInAHurryIsGivenUp(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.Plans["F4b"] = lossy()
	d := console(t, f, 80, 24)
	d.Press("j", "j", "j", "j")
	calm(d).Shows("LIVE · Run F4b").Type("lose chat").Send("\x1by").Gone("LIVE · Run F4b").Expect("clipboard")
	require.Empty(t, f.Confirmed())
}

// The pieces of a key that was torn apart are letters to whoever reads them:
// none of them may do anything to the site.
func TestAKeyThatIsTornApartDoesNoHarm(t *testing.T) {
	for _, rest := range []string{"[A", "[B", "[C", "[D", "[H", "[F", "[5~", "[6~", "[Z", "OP", "[27u", "[200~", "]11;rgb:ffff/ffff/ffff\x07"} {
		f := tuitest.NewIncident(failover())
		f.Plans["F1"] = plan(`SQL11\RTC`, "exec sp_one", "")
		d := console(t, f, 80, 24)
		d.Press("?").Shows("Keys: main screen").Send("\x1b").Gone("Keys: main screen")
		d.Send(rest).Send("\x1b").Idle()
		require.Empty(t, f.Confirmed(), "%q", rest)
		for _, asked := range f.Requests() {
			require.Equal(t, "poll", asked, "%q", rest)
		}
	}
}

func TestATerminalThatMarksAltKeepsItApart(t *testing.T) {
	m := model(t, tuitest.NewIncident(failover()), "dark")
	m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	m.Update(firstState(t, m))
	m.Update(tea.KeyboardEnhancementsMsg{Flags: 1})
	before := m.View().Content
	m.Update(tea.KeyPressMsg{Code: 'j', Mod: tea.ModAlt})
	require.Equal(t, before, m.View().Content)
}

func TestAnActionOnAltIsNoEscape(t *testing.T) {
	keys, wrong := actions.Default().Remap(map[actions.ID][]string{actions.Log: {"alt+l"}})
	require.Empty(t, wrong)
	d := with(t, tuitest.NewIncident(failover()), 80, 24, func(o *tui.Options) { o.Keys = keys })
	d.Send("\x1bl").Expect("Log, times in UTC")
}
