package world_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/world"
)

func copyFile(from, to, name string) error {
	content, err := os.ReadFile(filepath.Join(from, name))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(to, name), content, 0o600)
}

func TestAFileThatCannotBeReadIsRefusedForItsReason(t *testing.T) {
	for name, c := range map[string]struct {
		spoil  func(w *world.World, name string) error
		disk   string // instead of the file in the copy folder
		header int32
		log    int32
		says   string
	}{
		"missing":            {func(w *world.World, n string) error { return w.Remove(world.Folder, n) }, "", 3201, 3201, "2("},
		"folder missing":     {nil, `E:\Nowhere\x.trn`, 3201, 3201, "3("},
		"drive missing":      {nil, `Q:\x.trn`, 3201, 3201, "3("},
		"out of the folder":  {nil, `E:\LogShip\..\..\..\x.trn`, 3201, 3201, "123("},
		"no backup":          {func(w *world.World, n string) error { return w.Garble(world.Folder, n) }, "", 3242, 3242, ""},
		"cut short":          {func(w *world.World, n string) error { return w.Truncate(world.Folder, n, 0.7) }, "", 0, 3203, "38("},
		"empty":              {func(w *world.World, n string) error { return w.Truncate(world.Folder, n, 0) }, "", 3254, 3254, ""},
		"cut in its header":  {func(w *world.World, n string) error { return w.Truncate(world.Folder, n, 0.03) }, "", 3241, 3241, ""},
		"page damaged":       {func(w *world.World, n string) error { return w.Damage(world.Folder, n) }, "", 0, 3183, ""},
		"share gone":         {func(w *world.World, _ string) error { w.SetShareOffline(true); return nil }, world.Share + `\x.trn`, 3201, 3201, "53("},
		"share denied":       {func(w *world.World, _ string) error { w.SetShareDenied(true); return nil }, world.Share + `\x.trn`, 3201, 3201, "5("},
		"another file share": {nil, `\\FS01\Other\x.trn`, 3201, 3201, "67("},
	} {
		t.Run(name, func(t *testing.T) {
			w := lost(t)
			file := pending(t, w)[0]
			if c.spoil != nil {
				require.NoError(t, c.spoil(w, file))
			}
			disk := c.disk
			if disk == "" {
				disk = world.Folder + `\` + file
			}
			sa := admin(t, w, world.Secondary)
			before := sa.row("master_files")["redo_start_lsn"]
			require.Equal(t, c.header, sa.restore("HEADERONLY", disk))
			require.Equal(t, c.log, sa.restore("LOG", disk, "NORECOVERY"))
			require.Contains(t, sa.info[0].Message, c.says)
			require.Equal(t, before, sa.row("master_files")["redo_start_lsn"], "a refused restore must not move the database")
		})
	}
}

func TestADamagedFileCanBeCopiedAgainAndRestored(t *testing.T) {
	w := lost(t)
	file := pending(t, w)[0]
	require.NoError(t, w.Damage(world.Folder, file))
	sa := admin(t, w, world.Secondary)
	require.EqualValues(t, 3189, last(sa, sa.restore("VERIFYONLY", world.Folder+`\`+file)))
	require.EqualValues(t, 3183, sa.restore("LOG", world.Folder+`\`+file, "NORECOVERY"))
	require.NoError(t, copyFile(w.SharePath(), w.FolderPath(), file))
	require.Zero(t, sa.restore("VERIFYONLY", world.Folder+`\`+file))
	require.Zero(t, sa.restore("LOG", world.Folder+`\`+file, "NORECOVERY"))
}

// last is the number of the last error before the one that ends a statement.
func last(c *client, _ int32) int32 { return c.info[len(c.info)-1].Number }

func TestAFullDiskTakesNoBackupAndNoCopy(t *testing.T) {
	w := site(t)
	w.SetDiskFull("share", true)
	sa := admin(t, w, world.Primary)
	require.EqualValues(t, 3202, sa.backup(true, world.Share+`\x.trn`))
	w.SetDiskFull("share", false)
	w.SetDiskFull(world.Secondary, true)
	copied, err := w.Backups(world.Folder)
	require.NoError(t, err)
	w.Elapse(time.Hour)
	second := admin(t, w, world.Secondary)
	require.Contains(t, second.column("msdb", "dbo", "log_shipping_monitor_error_detail", "message"), "112(There is not enough space on the disk.)")
	after, err := w.Backups(world.Folder)
	require.NoError(t, err)
	require.Equal(t, copied, after)
	w.SetDiskFull(world.Secondary, false)
	w.Elapse(time.Hour)
	after, err = w.Backups(world.Folder)
	require.NoError(t, err)
	require.Greater(t, len(after), len(copied)+4, "what had piled up follows")
}

func TestFoldersAreFoundWhateverTheCase(t *testing.T) {
	w := site(t)
	want, err := w.Resolve("SQL11", world.Folder)
	require.NoError(t, err)
	for _, path := range []string{`e:\logship`, `E:\LOGSHIP\`, `\\SQL11\E$\LogShip`, `\\sql11.litwareinc.com\e$\logship`} {
		got, err := w.Resolve("SQL11", path)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}
