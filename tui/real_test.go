package tui_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/tui"
	"pchatops/tui/drive"
	"pchatops/tui/tuitest"
)

// accepted is what an operator gives who has seen the first step's plan.
func accepted() engine.Confirmation {
	shown := engine.Show("F1", plan(`SQL11\RTC`, "exec sp_delete_log_shipping_secondary_database", ""))
	return engine.Confirmation{Accepted: true, Shown: &shown}
}

// serve runs a real incident on a world until the test ends.
func serve(t *testing.T, w *tuitest.World) *incident.Incident {
	t.Helper()
	inc, _ := tuitest.Serve(
		t, estate(), lost(),
		w.Step("F1", "Remove log shipping", "exec sp_delete_log_shipping_secondary_database", "", engine.Reversible),
		w.Step("F4b", "Bring mgc online", "RESTORE DATABASE [mgc] WITH RECOVERY", phrase, engine.DataLoss),
	)
	return inc
}

func TestAnOperatorWalksThroughARealIncident(t *testing.T) {
	w := &tuitest.World{}
	inc := serve(t, w)
	box := inc.Subscribe()
	defer box.Close()
	d := drive.Start(t, drive.Config{
		Options: tui.Options{Incident: inc, Site: estate(), Theme: "dark", Width: 80, Height: 24},
		Inbox:   box, Clock: drive.NewClock(night),
	})
	d.Expect("▸· F1", "driver alice")

	d.Press("j", "enter").Expect("LIVE · Run F4b").Advance(time.Second).Type(phrase).Press("enter")
	d.Expect("F1 is not done")
	require.False(t, w.Has("RESTORE DATABASE [mgc] WITH RECOVERY"), "a later step must not overtake")

	d.Press("k", "enter").Expect("LIVE · Run F1", "exec sp_delete_log_shipping_secondary_database").Advance(time.Second).Press("y")
	d.Expect("✓ F1", "▸· F4b", "F1 done: read back: true")
	d.Press("enter").Expect("LIVE · Run F4b").Advance(time.Second).Type("yes").Press("enter").Shows("not the text asked for")
	require.False(t, w.Has("RESTORE DATABASE [mgc] WITH RECOVERY"))
	d.Press("backspace", "backspace", "backspace").Type(phrase).Press("enter").Expect("✓ F4b", "2 of 2 done")
	require.True(t, w.Has("RESTORE DATABASE [mgc] WITH RECOVERY"))
	d.Press("n").Type("back in service").Press("enter", "l").Expect("note: alice: back in service")
}
