package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/windows"
	"pchatops/ops/lab/world"
)

// install is Install-CsMirrorDatabase for the new primary.
var install = windows.Mirror{SQLServerFQDN: "sql11.litwareinc.com", Instance: "RTC", FileShare: world.Share}

func TestInstallCsMirrorDatabaseSetsUpTheMirrorOfTheNewPrimary(t *testing.T) {
	w := lost(t)
	copyRest(t, w)
	recoverAll(t, w)
	var lines []string
	require.NoError(t, w.SetPoolState("service:"+world.PoolFQDN, "FailedOver"))
	require.Equal(t, "DatabaseInaccessibleOrMirroringNotEnabled", w.MirrorState()[0].StateOnPrimary)
	require.NoError(t, w.InstallMirror(t.Context(), install, func(s string) { lines = append(lines, s) }))
	require.GreaterOrEqual(t, len(lines), 5)
	row := w.MirrorState()[0]
	require.Equal(t, []string{"Principal", "Mirror"}, []string{row.StateOnPrimary, row.StateOnMirror})
	w.Elapse(time.Minute)
	require.Equal(t, "synchronized", w.MirrorState()[0].StatusOnMirror)
	role, _ := mirroring(t, w, world.SecondaryMirror)
	require.Equal(t, "MIRROR", role)
	require.Equal(t, w.Messages(world.Secondary), w.Messages(world.SecondaryMirror))
	require.Empty(t, w.Ledger().Twice)
	require.ErrorContains(t, w.InstallMirror(t.Context(), install, func(string) {}), "already mirrored")
	require.Equal(t, []string{`Install-CsMirrorDatabase for SQL11\RTC`}, w.Ledger().Twice)
}

func TestInstallCsMirrorDatabaseRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(t *testing.T, w *world.World)
		m       windows.Mirror
		says    string
	}{
		"a primary that is not online":    {nil, install, "is not accessible"},
		"a server outside the topology":   {nil, windows.Mirror{SQLServerFQDN: "sql77.litwareinc.com", FileShare: world.Share}, "Cannot find"},
		"another mirror":                  {nil, windows.Mirror{SQLServerFQDN: "sql11.litwareinc.com", MirrorFQDN: "sql02.litwareinc.com", FileShare: world.Share}, "The topology names"},
		"a mirror that does not answer":   {off("SQL12"), install, `Cannot connect to SQL Server SQL12\RTC`},
		"a file share that is gone":       {both(onlineSecondary, shareGone), install, "cannot use the file share"},
		"a database on the mirror":        {both(onlineSecondary, leftover), install, "already exists"},
		"a database in another model":     {both(onlineSecondary, altered(world.Secondary, "RECOVERY", "SIMPLE")), install, "full recovery model"},
		"a server that is switched off":   {off("SQL11"), install, `Cannot connect to SQL Server SQL11\RTC`},
		"an instance that is not there":   {nil, windows.Mirror{SQLServerFQDN: "sql11.litwareinc.com", Instance: "OTHER", FileShare: world.Share}, "Cannot find"},
		"a share that nobody may write":   {both(onlineSecondary, shareDenied), install, "cannot use the file share"},
		"a backup that finds a full disk": {both(onlineSecondary, shareFull), install, "Error 3202"},
	} {
		t.Run(name, func(t *testing.T) {
			w := site(t)
			if c.prepare != nil {
				c.prepare(t, w)
			}
			err := w.InstallMirror(t.Context(), c.m, func(string) {})
			var refused *windows.CmdletError
			require.ErrorAs(t, err, &refused)
			require.Contains(t, refused.Message, c.says)
		})
	}
}

func both(a, b func(*testing.T, *world.World)) func(*testing.T, *world.World) {
	return func(t *testing.T, w *world.World) { a(t, w); b(t, w) }
}

func onlineSecondary(t *testing.T, w *world.World) {
	require.Zero(t, admin(t, w, world.Secondary).restore("DATABASE", "", "RECOVERY"))
}
func shareGone(_ *testing.T, w *world.World)   { w.SetShareOffline(true) }
func shareDenied(_ *testing.T, w *world.World) { w.SetShareDenied(true) }
func shareFull(_ *testing.T, w *world.World)   { w.SetDiskFull("share", true) }
func leftover(t *testing.T, w *world.World) {
	require.Zero(t, admin(t, w, world.SecondaryMirror).restore("DATABASE", world.Share+`\mgc_full.bak`, "NORECOVERY"))
}
