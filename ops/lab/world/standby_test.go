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

func TestAStandbyNeedsItsUndoFile(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(w *world.World) error
		want  int32
		says  string
	}{
		"gone":            {func(w *world.World) error { return w.Remove(world.Folder, "mgc.tuf") }, 3441, "2("},
		"not readable":    {func(w *world.World) error { return w.SetFileAccess(world.Folder, "mgc.tuf", "", world.Denied) }, 3441, "5("},
		"another's":       {func(w *world.World) error { return w.Garble(world.Folder, "mgc.tuf") }, 3445, "undo file"},
		"as it was":       {func(*world.World) error { return nil }, 0, ""},
		"read by nobody":  {func(w *world.World) error { return w.SetFileAccess(world.Folder, "mgc.tuf", "", world.InUse) }, 3441, "32("},
		"beside a stray":  {func(w *world.World) error { return w.Duplicate(world.Folder, "mgc.tuf", "mgc_old.tuf") }, 0, ""},
		"under two names": {func(w *world.World) error { return w.Rename(world.Folder, "mgc.tuf", "mgc_old.tuf") }, 3441, "2("},
	} {
		t.Run(name, func(t *testing.T) {
			w := lost(t)
			file := pending(t, w)[0]
			require.NoError(t, w.Standby())
			require.NoError(t, c.spoil(w))
			sa := admin(t, w, world.Secondary)
			got := sa.restore("LOG", world.Folder+`\`+file, "NORECOVERY")
			require.Equal(t, c.want, got)
			if c.want == 0 {
				return
			}
			require.Contains(t, sa.info[0].Message, c.says)
			require.Equal(t, c.want, sa.restore("DATABASE", "", "RECOVERY"))
			require.Equal(t, true, sa.row("databases")["is_in_standby"], "it stays as it was")
			require.NoError(t, w.PowerOff("SQL11"))
			require.NoError(t, w.PowerOn("SQL11"))
			again := admin(t, w, world.Secondary)
			require.Equal(t, "RECOVERY_PENDING", again.state())
			require.EqualValues(t, 945, again.number(again.fresh().host.Use(world.Database)))
		})
	}
}

func TestAServiceStopsOnAMachineThatStaysOn(t *testing.T) {
	w := site(t)
	i := w.Instance(world.Secondary)
	c := admin(t, w, world.Secondary)
	require.NoError(t, w.StopService(i.Name()))
	<-c.gone
	require.False(t, i.On())
	require.True(t, i.HostOn())
	_, err := w.Resolve("SQL12", `\\SQL11\E$\LogShip`)
	require.NoError(t, err, "its files can be reached")
	require.NoError(t, w.StartService(i.Name()))
	require.True(t, i.On())
	require.NoError(t, w.StopService(i.Name()))
	require.NoError(t, w.PowerOff(i.Name()))
	require.False(t, i.HostOn())
	require.Error(t, w.StartService(i.Name()), "the machine is off")
	require.NoError(t, w.PowerOn(i.Name()))
	require.True(t, i.On())
	require.Error(t, w.StopService("SQL99"))
}
