package tui_test

import (
	"testing"
	"time"

	"pchatops/ops/engine"
	"pchatops/tui/tuitest"
)

// pause is after which the detail has followed the selection.
const pause = 200 * time.Millisecond

func TestTheDetailFollowsOnceTheSelectionRests(t *testing.T) {
	d := console(t, tuitest.NewIncident(failover()), 80, 24)
	d.Shows("▸· F1", "F1 Remove log shipping ━")
	for _, id := range []string{"F2", "F3", "F4a"} { // as a key that is held down
		d.Press("j").Advance(pause/4).Shows("▸· "+id, "F1 Remove log shipping ━")
	}
	d.Advance(pause).Shows("▸· F4a", "F4a End connections ━")
}

// What a key does is done to the marked step, however fast it was pressed.
func TestAKeyIsAboutTheMarkedStepBeforeTheDetailHasFollowed(t *testing.T) {
	f := tuitest.NewIncident(failover())
	f.Plans["F2"] = plan("FILE11", "copy", "")
	f.State.Steps[2].Outcome = engine.Done
	d := console(t, f, 80, 24)
	d.Press("j", "enter").Shows("LIVE · Run F2", "F2 Copy remaining backups ━").Advance(time.Second).Press("esc")
	d.Press("j", "s").Shows("skip: F3 is done").Press("j", "f").Shows("▸ F4a").Press("esc")
	d.Press("j", "tab").Shows("▸ F4b Bring mgc online ━")
}
