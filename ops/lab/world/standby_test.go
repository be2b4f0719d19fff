package world_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/world"
)

func TestAStandbyDatabaseIsReadBetweenRestoresAndRollsForward(t *testing.T) {
	w := lost(t)
	require.NoError(t, w.Standby())
	reader := admin(t, w, world.Secondary)
	require.Equal(t, "ONLINE", reader.state())
	require.Equal(t, true, reader.row("databases")["is_in_standby"])
	require.Nil(t, reader.row("master_files")["redo_start_lsn"], "nothing to see in STANDBY")
	require.Nil(t, reader.host.Use(world.Database))
	require.NotEmpty(t, reader.column(world.Database, "dbo", "tblChat", "chatId"))
	_, e := reader.host.Insert(world.Database, "dbo", "tblChat", nil, [][]any{{int64(1), w.Now()}})
	require.EqualValues(t, 3906, e.Number)

	sa := admin(t, w, world.Secondary)
	names, err := w.Backups(world.Folder)
	require.NoError(t, err)
	device := world.Folder + `\` + names[len(names)-1]
	require.EqualValues(t, 3101, sa.restore("LOG", device, "NORECOVERY"), "somebody reads")
	require.EqualValues(t, 3036, sa.backup(true, `C:\Backup\x.trn`))
	reader.end()
	var restored int
	for _, name := range names {
		if n := sa.restore("LOG", world.Folder+`\`+name, `STANDBY=E:\LogShip\mgc.tuf`); n == 0 {
			restored++
		} else {
			require.EqualValues(t, 4326, n)
		}
	}
	require.Positive(t, restored)
	require.Equal(t, true, sa.row("databases")["is_in_standby"])
	require.Zero(t, sa.restore("DATABASE", "", "RECOVERY"))
	require.Equal(t, false, sa.row("databases")["is_in_standby"])
}

func TestTheHistoryTellsWhatWasRestored(t *testing.T) {
	w := lost(t)
	sa := admin(t, w, world.Secondary)
	file := pending(t, w)[0]
	before := len(sa.view("msdb", "dbo", "restorehistory"))
	require.Zero(t, sa.restore("LOG", world.Folder+`\`+file, "NORECOVERY"))
	rows := sa.view("msdb", "dbo", "restorehistory")
	require.Len(t, rows, before+1)
	last := rows[len(rows)-1]
	require.Equal(t, "L", last["restore_type"])
	require.Equal(t, false, last["recovery"])
	for _, b := range sa.view("msdb", "dbo", "backupset") {
		if b["backup_set_id"] == last["backup_set_id"] {
			require.Equal(t, sa.row("master_files")["redo_start_lsn"], b["last_lsn"])
			return
		}
	}
	t.Fatal("no backup set for the restore")
}
