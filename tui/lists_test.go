package tui_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/ops/status"
	"pchatops/tui"
	"pchatops/tui/actions"
	"pchatops/tui/drive"
	"pchatops/tui/tuitest"
)

// with starts a console with other options than usual.
func with(t *testing.T, f *tuitest.Incident, w, h int, change func(*tui.Options)) *drive.Console {
	t.Helper()
	o := tui.Options{Incident: f, Site: estate(), Theme: "dark", Width: w, Height: h}
	change(&o)
	return drive.Start(t, drive.Config{Options: o, Inbox: f, Clock: drive.NewClock(night), Latest: f.Latest})
}

func TestThePaletteFindsAnActionByAFewLetters(t *testing.T) {
	f := tuitest.NewIncident(failover())
	d := console(t, f, 80, 24)
	d.Press(":").Shows("Palette", "Plan the selected step and run it").Type("pol").Shows("▸r", "poll: Ask every node").Lacks("skip:")
	d.Press("enter").Lacks("Palette")
	require.Equal(t, []string{"poll"}, f.Requests())
	d.Press(":").Type("fs").Press("enter").Shows("Needed so that Remove log shipping").Lacks("▸ Failover").Press("esc")
	d.Press(":").Type("zzz").Lacks("▸r").Press("enter").Press("esc").Shows("▸ Failover")
	require.Len(t, f.Requests(), 1)
}

func TestTheHelpIsFilteredAndDoesWhatIsChosen(t *testing.T) {
	f := tuitest.NewIncident(failover())
	d := console(t, f, 80, 24)
	d.Press("?").Shows("Keys: main screen", "▸enter").Press("/").Type("findi").Shows("▸d", "findings: Show what is wrong").Lacks("Keys: main screen")
	d.Press("enter").Shows("primary-site-lost").Press("esc").Shows("▸ Failover")
	d.Press("?", "j", "j").Shows("▸↓ j").Press("k", "G").Shows("mgccomp (compliance)").Press("q").Shows("▸ Failover")
}

func TestWhatCannotBeDoneNowSaysWhyInEveryList(t *testing.T) {
	s := failover()
	s.Steps[0].Blocked = "SQL11 does not answer"
	f := tuitest.NewIncident(s)
	d := console(t, f, 80, 24)
	d.Press("?").Shows("not now: SQL11 does not answer").Press("enter").Shows("run: SQL11 does not answer", "Help").Press("esc")
	d.Press(":").Type("run").Shows("not now: SQL11 does not answer").Press("enter").Shows("run: SQL11 does not answer")
	require.Empty(t, f.Requests())
}

func TestTheConsoleListensToTheKeysOfItsConfiguration(t *testing.T) {
	keys, wrong := actions.Default().Remap(map[actions.ID][]string{actions.Poll: {"R"}, actions.Down: {"ctrl+n"}})
	require.Empty(t, wrong)
	f := tuitest.NewIncident(failover())
	d := with(t, f, 140, 30, func(o *tui.Options) { o.Keys = keys })
	d.Shows("R poll", "ctrl+n next").Press("r", "j").Shows("▸· F1").Press("ctrl+n").Shows("▸· F2").Press("R")
	require.Equal(t, []string{"poll"}, f.Requests())
	d.Press("?").Shows("ctrl+n").Press("ctrl+n").Shows("▸tab")
}

func TestTheProceduresSayWhetherTheyApply(t *testing.T) {
	f := tuitest.NewIncident(failover())
	applies := func(ok bool, why string) func(*status.Snapshot) (bool, string) {
		return func(*status.Snapshot) (bool, string) { return ok, why }
	}
	list := []engine.Procedure{
		{ID: "failover", Title: "Failover", Applies: applies(true, "data centre 1 is gone")},
		{ID: "failback", Title: "Failback", Applies: applies(false, "the secondary is not live")},
		{ID: "topology", Title: "Publish the topology"},
	}
	d := with(t, f, 100, 30, func(o *tui.Options) { o.Procedures = list })
	d.Press("P").Shows("▸► open", "Failover: applies: data centre 1 is gone", "Failback: does not apply: the secondary is not live",
		"Publish the topology: can always be looked at")
	d.Press("enter").Shows("▸ Failover", "F1")
	f.Change(func(s *incident.State) { s.Running = "F3" })
	d.Press("P", "j", "enter").Shows("Failback: F3 is running")
	f.Change(func(s *incident.State) { s.Running = "" })
	require.NoError(t, d.Idle().Leave("enter"))
	require.Equal(t, "failback", d.Chosen())
}

func TestAFrozenScreenSendsNothingAndRunsNothing(t *testing.T) {
	s := failover()
	s.Started = night
	f := tuitest.NewIncident(s)
	d := console(t, f, 100, 30)
	d.Advance(2*time.Second).Press("Z").Shows("FROZEN since 02:59:34", "Z go on")
	d.Count()
	for range 3 {
		f.Change(func(s *incident.State) { s.Snapshot, s.Title = lost(), "Changed" })
		d.Advance(time.Second)
	}
	require.Zero(t, d.Count())
	d.Press("enter").Shows("run: the screen is frozen since 02:59:34").Press("v", "p", "r")
	require.Empty(t, f.Requests())
	d.Press("Z").Shows("▸ Changed", "elapsed 00:05").Lacks("FROZEN")
}

func TestSuspendingIsRefusedWhereItWouldHarm(t *testing.T) {
	f := tuitest.NewIncident(failover())
	d := console(t, f, 80, 24)
	d.Press("ctrl+z").Shows("suspend: no shell with job control started this console")
	f.Change(func(s *incident.State) { s.Running = "F3" })
	d.Idle().Press("ctrl+z").Shows("suspend: F3 is running and would be stopped")
}

// A step is under way a moment before the screen knows of it.
func TestSuspendingIsRefusedWhileAStepBegins(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.Plans["F1"] = plan(`SQL11\RTC`, "exec sp_one", "")
	d := with(t, f, 80, 24, func(o *tui.Options) { o.Resumable = true })
	calm(d).Press("y", "ctrl+z").Shows("suspend: a step begins, and would be stopped with the console")
}
