package main

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// A run finds that somebody has undone what it did, or what its step rests on. The same
// run is refused from then on, so the first one names the way on.
func TestARunThatTheServersContradictNamesTheWayOn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args     []string
		met      string // the request on which it happens
		on       string
		moved    int // the changes of roles by then
		do       string
		onResume int
	}{
		"undone": {
			[]string{"run", "ship-primary"},
			"sp_start_job", `SQL01\RTC`, 0,
			`EXEC master.dbo.sp_delete_log_shipping_primary_secondary @primary_database = N'mgc', @secondary_server = N'SQL11\RTC', @secondary_database = N'mgc'`, exitDone,
		},
		"moved":    {shipMirror(), "sp_start_job", `SQL01\RTC`, 2, "ALTER DATABASE mgc SET PARTNER FAILOVER", exitDone},
		"unproven": {[]string{"run", "ship-primary"}, "WITH NORECOVERY", `SQL11\RTC`, 0, `BACKUP LOG mgc TO DISK = N'E:\LogShip\other.trn'`, exitRefused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				var l *lab.Lab
				var met atomic.Bool
				l = startSite(t, c.args[1], lab.Options{OnRequest: func(r lab.Request) lab.Verdict {
					if r.Target == c.on && strings.Contains(r.Text, c.met) && l.World().Ledger().Started["Invoke-CsDatabaseFailover"] == c.moved && met.CompareAndSwap(false, true) {
						t.on.rows(l.World().Instance(`SQL01\RTC`), c.do)
					}
					return lab.Verdict{}
				}})
				con := consoleOn(t, l)
				r := con.run(c.args...)
				require.True(t, met.Load())
				require.Equal(t, exitFailed, r.code, r.stderr)
				id := incidentIn(t, con.state)
				way := "go on with it with --resume " + id
				require.Contains(t, r.stderr, way)
				require.Contains(t, r.summary(t)["error"].(map[string]any)["do"], way)

				r = con.run(c.args...)
				require.Equal(t, exitRefused, r.code, r.stderr)
				require.Contains(t, r.stderr, way)
				r = con.run(append(c.args, "--resume", id)...)
				require.Equal(t, c.onResume, r.code, r.stderr)
			})
		})
	}
}
