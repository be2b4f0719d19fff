package tui_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/tui/tuitest"
)

func TestTheSiteStaysInSightWhileAStepIsConfirmed(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		f := tuitest.NewIncident(failover())
		f.Plans["F4b"] = lossy()
		d := console(t, f, size[0], size[1])
		choose(d, 4)
		calm(d).Shows("LIVE · Run F4b Bring mgc online", "loss: up to 14m 32s of chat", "✗ DOWN", "◐ RESTORING", "✗ PRIMARY SITE LOST")
		lines := strings.Split(d.Screen(), "\n")
		require.Contains(t, lines[len(lines)-1], "esc cancel", "the keys stand below it")
	}
}

func TestAPlanThatIsLongerThanItsDialogIsReadPageByPage(t *testing.T) {
	f := tuitest.NewIncident(failover())
	p := &engine.Plan{Total: 40}
	for i := range 40 {
		p.Actions = append(p.Actions, engine.Action{Kind: engine.SQL, Target: `SQL11\RTC`, Text: fmt.Sprintf(`RESTORE LOG [mgc] FROM DISK = N'E:\LogShip\%02d.trn' WITH NORECOVERY`, i)})
	}
	f.Plans["F1"] = p
	d := console(t, f, 80, 24)
	calm(d).Shows("of 41", `\00.trn`, "▸[ Cancel ]").Lacks(`\39.trn`)
	for range 41 {
		d.Press("pgdown")
	}
	d.Shows(`\39.trn`, "of 41", "▸[ Cancel ]").Lacks(`\00.trn`)
	d.Press("y")
	require.Len(t, f.Confirmed(), 1)
}

func TestWhatIsTypedIsSeenHoweverLongTheTextThatIsAskedFor(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("lose all chat since 02:45 ", 14))
	f := tuitest.NewIncident(failover())
	f.Plans["F4b"] = plan(`SQL11\RTC`, "RESTORE DATABASE [mgc] WITH RECOVERY", long)
	d := console(t, f, 40, 12)
	choose(d, 4)
	calm(d).Type("lose").Shows("LIVE · Run F4b", "> lose", "litware-pchat", "loss ≤ 14m 32s").Press("enter").Shows("that is not the text asked for")
}
