package world_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world"
)

// on fits what is done to a file of a folder to the copy folder.
func on(do func(*world.World, string, string) error) func(*world.World, string) error {
	return func(w *world.World, name string) error { return do(w, world.Folder, name) }
}

func locked(who string, a world.Access) func(*world.World, string) error {
	return func(w *world.World, name string) error { return w.SetFileAccess(world.Folder, name, who, a) }
}

func TestAFileIsRefusedForWhatIsWrongWithIt(t *testing.T) {
	for name, c := range map[string]struct {
		do                             func(w *world.World, name string) error
		label, header, verify, restore int32
		says                           string
	}{
		"nothing":                  {func(*world.World, string) error { return nil }, 0, 0, 0, 0, ""},
		"no right to it":           {locked("", world.Denied), 3201, 3201, 3201, 3201, "error 5("},
		"no right on this server":  {locked(`SQL11\RTC`, world.Denied), 3201, 3201, 3201, 3201, "error 5("},
		"no right of the host":     {locked("SQL11", world.Denied), 0, 0, 0, 0, ""},
		"open elsewhere":           {locked("", world.InUse), 3201, 3201, 3201, 3201, "error 32("},
		"another key":              {on((*world.World).Encrypt), 0, 33111, 33111, 33111, "thumbprint '0x"},
		"of an encrypted database": {on((*world.World).EncryptDatabase), 0, 0, 33111, 33111, "thumbprint '0x"},
		"what nobody foresaw":      {on((*world.World).Confuse), 0, 3270, 3270, 3270, "assert"},
		"a password":               {on((*world.World).Lock), 0, 3279, 3279, 3279, ""},
		"a newer version":          {on((*world.World).Newer), 0, 0, 3169, 3169, "16.00.1000"},
		"never finished":           {on((*world.World).Unfinished), 0, 0, 3256, 3256, "incomplete"},
		"its header damaged":       {on((*world.World).DamageHeader), 0, 3241, 3241, 3241, ""},
		"its content damaged":      {on((*world.World).Damage), 0, 0, 3189, 3183, ""},
		"noise of its length": {func(w *world.World, name string) error {
			return w.Replace(world.Folder, name, "")
		}, 3242, 3242, 3242, 3242, ""},
		"another product's": {func(w *world.World, name string) error {
			if err := w.Foreigners(world.Folder, "other", 1, false); err != nil {
				return err
			}
			return w.Rename(world.Folder, "other_"+w.Now().Format("20060102150405")+".trn", name)
		}, 3241, 3241, 3241, 3241, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := lost(t)
			file := pending(t, w)[0]
			require.NoError(t, c.do(w, file))
			sa := admin(t, w, world.Secondary)
			disk := world.Folder + `\` + file
			require.Equal(t, c.label, sa.restore("LABELONLY", disk))
			require.Equal(t, c.header, sa.restore("HEADERONLY", disk))
			if n := sa.restore("VERIFYONLY", disk); n != 3183 {
				require.Equal(t, c.verify, n)
			}
			require.Equal(t, c.restore, sa.restore("LOG", disk, "NORECOVERY"))
			if c.says != "" {
				require.Contains(t, sa.info[0].Message, c.says)
			}
		})
	}
}

func TestAFileThatIsGivenFreeCanBeRead(t *testing.T) {
	w := lost(t)
	file := pending(t, w)[0]
	sa := admin(t, w, world.Secondary)
	require.NoError(t, w.SetFileAccess(world.Folder, file, `SQL11\RTC`, world.Denied))
	_, err := w.Resolve("SQL11", world.Folder+`\`+file)
	require.NoError(t, err, "a shell on the host has another account")
	require.NoError(t, w.SetFileAccess(world.Folder, file, `SQL11\RTC`, world.Allowed))
	require.NoError(t, w.SetFileAccess(world.Folder, file, "SQL11", world.InUse))
	_, err = w.Resolve("SQL11", world.Folder+`\`+file)
	require.ErrorContains(t, err, "used by another process")
	require.Zero(t, sa.restore("LOG", world.Folder+`\`+file, "NORECOVERY"))
	require.Error(t, w.SetFileAccess(world.Folder, file, `SQL99\RTC`, world.Denied))
	require.Error(t, w.SetFileAccess(world.Folder, file, "", world.ReadOnly))
}

func TestTheCopyJobStopsAtAFileThatItMayNotRead(t *testing.T) {
	w := site(t)
	stop(t, w, "LSCopy")
	w.Elapse(20 * time.Minute)
	names, err := w.Backups(world.Share)
	require.NoError(t, err)
	require.NoError(t, w.SetFileAccess(world.Share, names[len(names)-1], `SQL11\RTC`, world.Denied))
	sa := admin(t, w, world.Secondary)
	for _, row := range sa.view("msdb", "dbo", "sysjobs") {
		if strings.HasPrefix(row["name"].(string), "LSCopy") {
			sa.must("sp_update_job", "@job_name", row["name"], "@enabled", int64(1))
		}
	}
	w.Elapse(20 * time.Minute)
	require.Contains(t, sa.column("msdb", "dbo", "log_shipping_monitor_error_detail", "message"), "5(Access is denied.)")
}

func (c *client) restoreFrom(what string, disks []string, options ...string) int32 {
	r := tsql.Restore{What: what, Database: world.Database, Disks: disks, With: with(options...)}
	return c.fresh().number(c.host.Restore(context.Background(), r, c))
}

func TestAStripedBackupNeedsAllItsFiles(t *testing.T) {
	w := lost(t)
	file := pending(t, w)[0]
	names, err := w.Stripe(world.Folder, file, 3)
	require.NoError(t, err)
	sa := admin(t, w, world.Secondary)
	var disks []string
	for n, name := range names {
		disks = append(disks, world.Folder+`\`+name)
		require.Zero(t, sa.restore("LABELONLY", disks[n]))
		label := named(sa.sets[0])[0]
		require.EqualValues(t, 3, label["FamilyCount"])
		require.EqualValues(t, n+1, label["FamilySequenceNumber"])
		require.Zero(t, sa.restore("HEADERONLY", disks[n]))
		require.Len(t, sa.sets[0].Values, 1)
	}
	other := pending(t, w)[1]
	require.EqualValues(t, 3132, sa.restore("LOG", disks[1], "NORECOVERY"))
	require.Equal(t, "The media set has 3 media families but only 1 are provided. All members must be provided.", sa.info[0].Message)
	require.EqualValues(t, 3132, sa.restore("VERIFYONLY", disks[0]))
	require.EqualValues(t, 3227, sa.restoreFrom("LOG", []string{disks[0], disks[0], disks[1]}, "NORECOVERY"))
	require.EqualValues(t, 3258, sa.restoreFrom("LOG", []string{disks[0], disks[1], world.Folder + `\` + other}, "NORECOVERY"))
	require.Zero(t, sa.restoreFrom("LOG", []string{disks[2], disks[0], disks[1]}, "NORECOVERY"), "in any order")
	copyRest(t, w)
	for _, name := range pending(t, w) {
		if !strings.Contains(name, "-") && name != file {
			require.Zero(t, sa.restore("LOG", world.Folder+`\`+name, "NORECOVERY"), name)
		}
	}
	require.Zero(t, sa.restore("DATABASE", "", "RECOVERY"))
	require.Zero(t, w.Ledger().Lost)
}

func TestABackupToSeveralFilesIsStriped(t *testing.T) {
	w := site(t)
	sa := admin(t, w, world.Primary)
	w.Elapse(time.Minute)
	disks := []string{world.Share + `\a.trn`, world.Share + `\b.trn`}
	b := tsql.Backup{Log: true, Database: world.Database, Disks: disks, With: with("INIT", "NAME=by hand")}
	require.Zero(t, sa.fresh().number(sa.host.Backup(t.Context(), b, sa)))
	require.Zero(t, sa.restore("HEADERONLY", disks[1]))
	require.Equal(t, "by hand", named(sa.sets[0])[0]["BackupName"])
	require.EqualValues(t, 3132, sa.restore("VERIFYONLY", disks[0]))
	require.Zero(t, sa.restoreFrom("VERIFYONLY", disks))
	require.EqualValues(t, 3231, sa.backup(true, disks[0]), "one file is no set of two families")
}

func TestAFileMayHoldSeveralSets(t *testing.T) {
	w := lost(t)
	left := pending(t, w)
	require.NoError(t, w.Append(world.Folder, left[0], left[1]))
	sa := admin(t, w, world.Secondary)
	disk := world.Folder + `\` + left[0]
	require.Zero(t, sa.restore("HEADERONLY", disk))
	rows := named(sa.sets[0])
	require.Len(t, rows, 2)
	require.Equal(t, rows[0]["LastLSN"], rows[1]["FirstLSN"])
	require.EqualValues(t, 4305, sa.restore("LOG", disk, "FILE=2", "NORECOVERY"))
	require.EqualValues(t, 4038, sa.restore("LOG", disk, "FILE=3", "NORECOVERY"))
	require.Zero(t, sa.restore("LOG", disk, "NORECOVERY"))
	require.Zero(t, sa.restore("LOG", disk, "FILE=2", "NORECOVERY"))
}

func TestADyingPrimaryLeavesABackupUnfinished(t *testing.T) {
	w := site(t)
	w.Elapse(time.Minute)
	w.SetSlow(1e12)
	before := w.Ledger().Shipped
	sa, watcher := admin(t, w, world.Primary), admin(t, w, world.Primary)
	ended := make(chan int32, 1)
	go func() { ended <- sa.backup(true, world.Share+`\mgc_last.trn`, "INIT") }()
	require.Eventually(t, func() bool { return sa.busy(watcher, "BACKUP LOG") }, 2*time.Minute, time.Millisecond)
	require.NoError(t, w.PowerOff("dc1"))
	require.EqualValues(t, 3204, <-ended)
	w.SetSlow(1)
	second := admin(t, w, world.Secondary)
	require.Zero(t, second.restore("HEADERONLY", world.Share+`\mgc_last.trn`))
	row := named(second.sets[0])[0]
	require.Equal(t, "*** INCOMPLETE ***", row["BackupName"])
	require.EqualValues(t, 1, row["Position"])
	for _, column := range []string{"BackupType", "FirstLSN", "LastLSN", "DatabaseName", "BackupSetGUID", "RecoveryForkID"} {
		require.Nil(t, row[column], column)
	}
	require.EqualValues(t, 3256, second.restore("LOG", world.Share+`\mgc_last.trn`, "NORECOVERY"))
	require.Equal(t, before, w.Ledger().Shipped, "what was not finished was not shipped")
}

func TestABackupThatIsEndedLeavesNoFile(t *testing.T) {
	w := site(t)
	w.SetSlow(1e12)
	sa, watcher := admin(t, w, world.Primary), admin(t, w, world.Primary)
	ended := make(chan int32, 1)
	go func() { ended <- sa.backup(true, world.Share+`\mgc_last.trn`, "INIT") }()
	require.Eventually(t, func() bool { return sa.busy(watcher, "BACKUP LOG") }, 2*time.Minute, time.Millisecond)
	require.Nil(t, watcher.host.Kill(tsql.Kill{SPID: sa.host.SPID()}, watcher))
	require.EqualValues(t, 3204, <-ended)
	require.EqualValues(t, 3201, watcher.restore("HEADERONLY", world.Share+`\mgc_last.trn`))
}

func TestAnUnfinishedBackupTakesItsMessagesOutOfWhatWasShipped(t *testing.T) {
	w := lost(t)
	names, err := w.Backups(world.Share)
	require.NoError(t, err)
	before := w.Ledger()
	require.NoError(t, w.Unfinished(world.Share, names[len(names)-1]))
	after := w.Ledger()
	require.Less(t, after.Shipped, before.Shipped)
	require.Equal(t, before.Shipped+before.Unshipped, after.Shipped+after.Unshipped)
}

func TestATailTakenByHandContinuesTheChain(t *testing.T) {
	w := lost(t)
	require.Positive(t, w.Ledger().Unshipped)
	require.NoError(t, w.Tail(world.Primary, "last words.trn"))
	require.Zero(t, w.Ledger().Unshipped)
	copyRest(t, w)
	sa := admin(t, w, world.Secondary)
	for _, name := range pending(t, w) {
		require.Zero(t, sa.restore("LOG", world.Folder+`\`+name, "NORECOVERY"))
	}
	require.Zero(t, sa.restore("LOG", world.Share+`\last words.trn`, "NORECOVERY"))
	require.Zero(t, sa.restore("DATABASE", "", "RECOVERY"))
	require.Equal(t, w.Messages(world.Primary), w.Messages(world.Secondary))
	require.Error(t, w.Tail(world.SecondaryMirror, "x.trn"), "there is no database")
}

func TestTwoFilesOfOneLengthMayDiffer(t *testing.T) {
	w := lost(t)
	left := pending(t, w)
	size := func(name string) int64 {
		info, err := os.Stat(filepath.Join(w.FolderPath(), name))
		require.NoError(t, err)
		return info.Size()
	}
	small, big := left[0], left[1]
	if size(small) > size(big) {
		small, big = big, small
	}
	length := size(big)
	require.NoError(t, w.Replace(world.Folder, big, small))
	require.Equal(t, length, size(big))
	sa := admin(t, w, world.Secondary)
	require.Zero(t, sa.restore("HEADERONLY", world.Folder+`\`+big))
	first := named(sa.sets[0])
	require.Len(t, first, 1, "what pads the file is no set")
	require.Zero(t, sa.restore("HEADERONLY", world.Folder+`\`+small))
	require.Equal(t, named(sa.sets[0])[0]["BackupSetGUID"], first[0]["BackupSetGUID"])
	require.Error(t, w.Replace(world.Folder, small, newest(t, w)+"x"))
}

func TestThousandsOfForeignFilesAreThereAtOnce(t *testing.T) {
	w := lost(t)
	require.NoError(t, w.Foreigners(world.Share, "erp", 500, true))
	require.NoError(t, w.Foreigners(world.Share, "crm", 500, false))
	entries, err := os.ReadDir(w.SharePath())
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(entries), 1000)
	sa := admin(t, w, world.Secondary)
	stamp := w.Now().Format("20060102150405")
	require.Zero(t, sa.restore("HEADERONLY", world.Share+`\erp_`+stamp+`.trn`))
	require.Equal(t, "erp", named(sa.sets[0])[0]["DatabaseName"])
	require.EqualValues(t, 3241, sa.restore("HEADERONLY", world.Share+`\crm_`+stamp+`.trn`))
	require.EqualValues(t, 3154, sa.restore("LOG", world.Share+`\erp_`+stamp+`.trn`, "NORECOVERY"))
}

func TestStrangeNamesAreListedAndCannotBeOpened(t *testing.T) {
	w := lost(t)
	before, err := os.ReadDir(w.SharePath())
	require.NoError(t, err)
	require.NoError(t, w.Strange(world.Share, newestOn(t, w, world.Share)))
	after, err := os.ReadDir(w.SharePath())
	require.NoError(t, err)
	require.Len(t, after, len(before)+6)
	sa := admin(t, w, world.Secondary)
	for _, name := range []string{"mgc:20261121024500.trn", "mgc_*.trn", "mgc_\x07\x1b.trn"} {
		require.EqualValues(t, 3201, sa.restore("HEADERONLY", world.Share+`\`+name))
		require.Contains(t, sa.info[0].Message, "123(")
	}
}

func newestOn(t *testing.T, w *world.World, folder string) string {
	t.Helper()
	names, err := w.Backups(folder)
	require.NoError(t, err)
	return names[len(names)-1]
}

func TestNoNameLeadsOutOfTheFolders(t *testing.T) {
	w := lost(t)
	file := pending(t, w)[0]
	outside := filepath.Join(filepath.Dir(w.SharePath()), "treasure")
	require.NoError(t, os.WriteFile(outside, []byte("gold"), 0o600))
	require.NoError(t, os.Symlink(outside, filepath.Join(w.FolderPath(), "link.trn")))
	require.NoError(t, os.Symlink(filepath.Dir(w.SharePath()), filepath.Join(w.FolderPath(), "up")))
	for _, bad := range []string{"../treasure", `..\treasure`, "..", ".", "", "/etc/passwd", "up/treasure", "link.trn", strings.Repeat("x", 300), "a\x00b"} {
		for what, do := range map[string]func() error{
			"damage":    func() error { return w.Damage(world.Folder, bad) },
			"garble":    func() error { return w.Garble(world.Folder, bad) },
			"remove":    func() error { return w.Remove(world.Folder, bad+"/") },
			"rename":    func() error { return w.Rename(world.Folder, file+"x", bad) },
			"duplicate": func() error { return w.Duplicate(world.Folder, file, bad) },
			"copy":      func() error { return w.Copy(world.Folder, world.Share, bad, "x.trn") },
			"replace":   func() error { return w.Replace(world.Folder, bad, file) },
			"encrypt":   func() error { return w.Encrypt(world.Folder, bad) },
			"append":    func() error { return w.Append(world.Folder, bad, file) },
			"foreign":   func() error { return w.Foreigners(world.Folder, bad+"/x", 1, true) },
		} {
			require.Error(t, do(), "%s %q", what, bad)
		}
	}
	gold, err := os.ReadFile(outside)
	require.NoError(t, err)
	require.Equal(t, "gold", string(gold))
	require.Error(t, w.Damage(`C:\Windows`, file), "no folder of the site")
}

func TestAFileThatIsNeverReadToItsEndIsGivenUpByTheClient(t *testing.T) {
	w := lost(t)
	file := pending(t, w)[0]
	require.NoError(t, w.SetFileAccess(world.Folder, file, "", world.Stalled))
	sa := admin(t, w, world.Secondary)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	r := tsql.Restore{What: "HEADERONLY", Disks: []string{world.Folder + `\` + file}}
	require.EqualValues(t, 3204, sa.fresh().number(sa.host.Restore(ctx, r, sa)))
	require.Error(t, ctx.Err(), "it did not end before")
	require.NoError(t, w.SetFileAccess(world.Folder, file, "", world.Allowed))
	require.Zero(t, sa.restore("HEADERONLY", world.Folder+`\`+file))
}

func TestRightsGoWithTheFile(t *testing.T) {
	w := lost(t)
	file := pending(t, w)[0]
	sa := admin(t, w, world.Secondary)
	require.NoError(t, w.SetFileAccess(world.Folder, file, "", world.Denied))
	require.NoError(t, w.Rename(world.Folder, file, "moved.trn"))
	require.NoError(t, w.Copy(world.Share, world.Folder, file, file))
	require.Zero(t, sa.restore("HEADERONLY", world.Folder+`\`+file), "it is another file")
	require.EqualValues(t, 3201, sa.restore("HEADERONLY", world.Folder+`\moved.trn`))
	require.NoError(t, w.Remove(world.Folder, "moved.trn"))
	require.NoError(t, w.Copy(world.Share, world.Folder, file, "moved.trn"))
	require.Zero(t, sa.restore("HEADERONLY", world.Folder+`\moved.trn`))
}
