package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/world"
)

// header is the one row of HEADERONLY of a file.
func (c *client) header(disk string) map[string]any {
	c.t.Helper()
	require.Zero(c.t, c.restore("HEADERONLY", disk), disk)
	rows := named(c.sets[0])
	require.Len(c.t, rows, 1)
	return rows[0]
}

// since are the log backups on the share that were not there before.
func since(t *testing.T, w *world.World, before []string) []string {
	t.Helper()
	all, err := w.Backups(world.Share)
	require.NoError(t, err)
	return all[len(before):]
}

func TestARestartedPrimaryStaysOnItsFork(t *testing.T) {
	w := site(t)
	before, err := w.Backups(world.Share)
	require.NoError(t, err)
	require.NoError(t, w.PowerOff("dc1"))
	require.NoError(t, w.PowerOn("dc1"))
	w.Elapse(20 * time.Minute)
	sa := admin(t, w, world.Secondary)
	old := sa.header(world.Share + `\` + before[len(before)-1])
	next := sa.header(world.Share + `\` + since(t, w, before)[0])
	require.Equal(t, old["LastLSN"], next["FirstLSN"], "its files are the chain")
	for _, column := range []string{"RecoveryForkID", "FirstRecoveryForkID"} {
		require.Equal(t, old["RecoveryForkID"], next[column], column)
	}
	require.Nil(t, next["ForkPointLSN"])
}

func TestTheFirstBackupBehindARecoveryTellsOfItsFork(t *testing.T) {
	w := lost(t)
	restoreByLSN(t, w)
	sa := admin(t, w, world.Secondary)
	require.Zero(t, sa.backup(true, `C:\Backup\first.trn`))
	require.Zero(t, sa.backup(true, `C:\Backup\second.trn`))
	names, err := w.Backups(world.Share)
	require.NoError(t, err)
	old := sa.header(world.Share + `\` + names[len(names)-1])
	first, second := sa.header(`C:\Backup\first.trn`), sa.header(`C:\Backup\second.trn`)
	require.Equal(t, old["LastLSN"], first["FirstLSN"])
	require.Equal(t, old["RecoveryForkID"], first["FirstRecoveryForkID"])
	require.Equal(t, old["LastLSN"], first["ForkPointLSN"])
	require.NotEqual(t, old["RecoveryForkID"], first["RecoveryForkID"])
	require.Equal(t, first["RecoveryForkID"], second["FirstRecoveryForkID"])
	require.Equal(t, first["RecoveryForkID"], second["RecoveryForkID"])
	require.Nil(t, second["ForkPointLSN"])
	status := sa.row("database_recovery_status")
	require.Equal(t, first["RecoveryForkID"], status["recovery_fork_guid"])
	require.Equal(t, first["ForkPointLSN"], status["fork_point_lsn"])
}

func TestAReturnedPrimaryShipsLogOfTheOldFork(t *testing.T) {
	w := lost(t)
	restoreByLSN(t, w)
	before, err := w.Backups(world.Share)
	require.NoError(t, err)
	require.NoError(t, w.PowerOn("dc1"))
	w.Elapse(31 * time.Minute)
	sa := admin(t, w, world.Secondary)
	fork := sa.row("database_recovery_status")
	made := since(t, w, before)
	require.GreaterOrEqual(t, len(made), 2)
	for _, name := range made {
		h := sa.header(world.Share + `\` + name)
		require.Equal(t, fork["first_recovery_fork_guid"], h["RecoveryForkID"], "%s is of the old fork", name)
		require.Greater(t, h["LastLSN"], fork["fork_point_lsn"], "%s is beyond the fork", name)
		require.EqualValues(t, 3117, sa.restore("LOG", world.Share+`\`+name, "NORECOVERY"), "nothing to roll forward")
	}
	require.Zero(t, sa.backup(false, `C:\Backup\full.bak`))
	require.Zero(t, sa.restore("DATABASE", `C:\Backup\full.bak`, "NORECOVERY", "REPLACE"))
	n := sa.restore("LOG", world.Share+`\`+made[0], "NORECOVERY")
	require.Contains(t, []int32{4326, 4330, 4305}, n, "not of this database's past any more")
	for _, name := range made {
		require.NotZero(t, sa.restore("LOG", world.Share+`\`+name, "NORECOVERY"), name)
	}
}

func TestLogOfAnotherForkIsRefusedWhereItsLSNsWouldFit(t *testing.T) {
	w := lost(t)
	copyRest(t, w)
	left := pending(t, w)
	sa := admin(t, w, world.Secondary)
	require.Zero(t, sa.restore("LOG", world.Folder+`\`+left[0], "NORECOVERY"))
	require.Zero(t, sa.restore("DATABASE", "", "RECOVERY"))
	for id := range int64(20) {
		insert(t, sa, 900000+id)
	}
	require.Zero(t, sa.backup(false, `C:\Backup\full.bak`))
	require.Zero(t, sa.restore("DATABASE", `C:\Backup\full.bak`, "NORECOVERY", "REPLACE"))
	require.EqualValues(t, 4330, sa.restore("LOG", world.Folder+`\`+left[1], "NORECOVERY"))
}

func TestTheHistorySaysWhoRestoredWhatFromWhere(t *testing.T) {
	w := lost(t)
	sa := admin(t, w, world.Secondary)
	file := pending(t, w)[0]
	names, err := w.Stripe(world.Folder, file, 2)
	require.NoError(t, err)
	disks := []string{world.Folder + `\` + names[0], world.Folder + `\` + names[1]}
	require.Zero(t, sa.restoreFrom("LOG", disks, "NORECOVERY"))
	runs := sa.view("msdb", "dbo", "restorehistory")
	run := runs[len(runs)-1]
	require.Equal(t, "sa", run["user_name"])
	require.EqualValues(t, 2, run["device_count"])
	require.NotEqual(t, "sa", runs[0]["user_name"], "the job's own account")
	var set map[string]any
	for _, b := range sa.view("msdb", "dbo", "backupset") {
		if b["backup_set_id"] == run["backup_set_id"] {
			set = b
		}
	}
	header := sa.header(disks[0])
	for column, of := range map[string]string{
		"backup_set_uuid": "BackupSetGUID", "first_lsn": "FirstLSN", "last_lsn": "LastLSN", "checkpoint_lsn": "CheckpointLSN",
		"database_backup_lsn": "DatabaseBackupLSN", "first_recovery_fork_guid": "FirstRecoveryForkID", "last_recovery_fork_guid": "RecoveryForkID",
		"fork_point_lsn": "ForkPointLSN", "family_guid": "FamilyGUID", "server_name": "ServerName", "machine_name": "MachineName",
		"database_name": "DatabaseName", "is_copy_only": "IsCopyOnly", "begins_log_chain": "BeginsLogChain", "is_damaged": "IsDamaged",
		"backup_finish_date": "BackupFinishDate", "recovery_model": "RecoveryModel", "position": "Position",
	} {
		require.EqualValues(t, header[of], set[column], column)
	}
	var paths []any
	for _, f := range sa.view("msdb", "dbo", "backupmediafamily") {
		if f["media_set_id"] == set["media_set_id"] {
			paths = append(paths, f["physical_device_name"])
		}
	}
	require.Equal(t, []any{disks[0], disks[1]}, paths)
}
