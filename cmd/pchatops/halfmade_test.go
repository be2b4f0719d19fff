package main

import (
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// The new primary's service stops once the copy for the mirror is restored, and
// comes back. Running again makes the mirror anew; nobody has to agree to the loss of
// what the step itself has left. So it is where the console was killed meanwhile.
func TestAMirrorThatWasLeftHalfMadeIsMadeAnew(t *testing.T) {
	t.Parallel()
	for name, killed := range map[string]bool{"the cmdlet failed": false, "and nobody was there to see it": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const length = 2 * time.Minute
			l := startSite(t, "failover", lab.Options{Speed: 30, MirrorTime: length})
			w, c := l.World(), consoleOn(t, l)
			run := append([]string{"run", "failover"}, confirm()...)
			driver, out := c.begin(run...)
			go io.Copy(io.Discard, out)
			until(t, "the copy is restored", func() bool {
				return len(atSQL(t, l, "secondary-mirror", "SELECT destination_database_name FROM msdb.dbo.restorehistory WHERE destination_database_name = N'mgc'")) > 0
			})
			if killed {
				require.NoError(t, driver.Process.Kill())
			}
			require.NoError(t, w.StopService(`SQL11\RTC`))
			require.NoError(t, w.Wait(t.Context(), length))
			require.NoError(t, w.StartService(`SQL11\RTC`))
			if err := driver.Wait(); !killed && err != nil { // the run itself may have made it anew
				require.ErrorContains(t, err, "exit status 6")
			}

			r := c.run(run...)
			require.Equal(t, 0, r.code, r.stderr)
			require.Equal(t, 2, w.MirrorInstalls())
			require.True(t, w.Truth().Mirrored)
			require.Zero(t, w.Ledger().Lost)
		})
	}
}

// The mirror's own service stops while the copy is being restored there. What the
// cut-off RESTORE leaves does not tell its recovery fork; the record tells that it is
// what this incident has begun, so nobody has to agree to its loss.
func TestACopyThatWasCutOffInItsRestoreIsMadeAnew(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{Speed: 30, MirrorTime: 2 * time.Minute})
	w, c := l.World(), consoleOn(t, l)
	run := append([]string{"run", "failover"}, confirm()...)
	driver, out := c.begin(run...)
	go io.Copy(io.Discard, out)
	until(t, "the copy is made", func() bool {
		return len(atSQL(t, l, "secondary", `SELECT database_name FROM msdb.dbo.backupset WHERE type = 'D' AND database_name = N'mgc' AND server_name = N'SQL11\RTC'`)) > 0
	})
	w.SetSlow(60)
	until(t, "it is being restored", func() bool {
		return len(atSQL(t, l, "secondary-mirror", "SELECT name FROM sys.databases WHERE name = N'mgc'")) > 0
	})
	require.NoError(t, w.StopService(`SQL12\RTC`))
	w.SetSlow(1)
	require.ErrorContains(t, driver.Wait(), "exit status 6")
	require.NoError(t, w.StartService(`SQL12\RTC`))
	require.Equal(t, []string{"none"}, atSQL(t, l, "secondary-mirror", "SELECT ISNULL(CONVERT(nvarchar(40), redo_start_fork_guid), N'none') FROM sys.master_files WHERE database_id = DB_ID(N'mgc') AND file_id = 1"))

	r := c.run(run...)
	require.Equal(t, 0, r.code, r.stderr)
	require.Equal(t, 2, w.MirrorInstalls())
	require.True(t, w.Truth().Mirrored)
}
