package tui_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/tui"
	"pchatops/tui/drive"
	"pchatops/tui/tuitest"
)

// deeds are what the steps of a failover do to the world, in their order.
var deeds = []struct {
	id, title, text, confirm string
	risk                     engine.Risk
}{
	{"F1", "Remove log shipping", "EXEC sp_delete_log_shipping_secondary_database N'mgc'", "", engine.Reversible},
	{"F2", "Copy remaining backups", "copy mgc_0300.trn", "", engine.Reversible},
	{"F3", "Apply remaining backups", "RESTORE LOG [mgc] FROM DISK = N'mgc_0300.trn' WITH NORECOVERY", "", engine.Reversible},
	{"F4a", "End connections", "KILL 61", "", engine.Reversible},
	{"F4b", "Bring mgc online", "RESTORE DATABASE [mgc] WITH RECOVERY", "mgc", engine.DataLoss},
	{"F5", "Set pool state FailedOver", "Set-CsPersistentChatState -PoolState FailedOver", "pchat", engine.RoleChange},
	{"F7", "Set active servers", "Set-CsPersistentChatActiveServer", "", engine.Reversible},
	{"F6", "Mirror to SQL12", "Install-CsMirrorDatabase", "", engine.Reversible},
}

// wholeFailover is an incident with every step of a failover on a world.
func wholeFailover(t *testing.T, w *tuitest.World) *incident.Incident {
	t.Helper()
	var list []engine.Step
	for _, d := range deeds {
		list = append(list, w.Step(d.id, d.title, d.text, d.confirm, d.risk))
	}
	inc, _ := tuitest.Serve(t, estate(), lost(), list...)
	return inc
}

func TestAWholeFailoverIsCarriedThroughAtEverySize(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {100, 30}, {120, 40}, {200, 60}, {40, 12}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			w := &tuitest.World{}
			inc := wholeFailover(t, w)
			box := inc.Subscribe()
			defer box.Close()
			d := drive.Start(t, drive.Config{
				Options: tui.Options{Incident: inc, Site: estate(), Theme: "dark", Width: size[0], Height: size[1]},
				Inbox:   box, Clock: drive.NewClock(night),
			})
			d.Expect("▸· F1", "LIVE").Press("g")
			for _, step := range deeds {
				carryOut(d, step.id, step.confirm)
				require.True(t, w.Has(step.text), "%s", step.id)
			} // the mark goes on by itself
			d.Expect("8 of 8 done")
			require.Len(t, w.Did(), len(deeds), "nothing was done twice")
		})
	}
}

// carryOut runs the selected step: reads its plan, confirms it as its risk
// demands, and waits for its outcome.
func carryOut(d *drive.Console, id, confirm string) {
	d.Press("enter").Expect("LIVE · Run " + id).Advance(time.Second)
	if confirm == "" {
		d.Press("tab", "enter")
	} else {
		d.Press("enter").Shows("LIVE · Run " + id).Type(confirm).Press("enter")
	}
	d.Expect("✓ " + id)
}
