package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world"
)

func TestBackupIsRefusedWhereItMustBe(t *testing.T) {
	for name, c := range map[string]struct {
		on      string
		prepare func(t *testing.T, c *client)
		log     bool
		options []string
		want    int32
	}{
		"log of a restoring database":         {world.Secondary, nil, true, nil, 927},
		"log of a mirror":                     {world.Mirror, nil, true, nil, 954},
		"a database that is not there":        {world.SecondaryMirror, nil, false, nil, 911},
		"an unknown option":                   {world.Primary, nil, true, []string{"QUICKLY"}, 155},
		"tail of a mirrored database":         {world.Primary, nil, true, []string{"NORECOVERY"}, 1468},
		"log in the simple recovery model":    {world.Secondary, simple, true, nil, 4208},
		"log before any full backup":          {world.Secondary, simpleAndBack, true, nil, 4214},
		"tail while somebody is connected":    {world.Secondary, occupied, true, []string{"NORECOVERY"}, 3101},
		"tail of one's current database":      {world.Secondary, inside, true, []string{"NORECOVERY"}, 3102},
		"log of a database that went offline": {world.Secondary, takenOffline, true, nil, 942},
	} {
		t.Run(name, func(t *testing.T) {
			sa := admin(t, site(t), c.on)
			if c.prepare != nil {
				require.Zero(t, sa.restore("DATABASE", "", "RECOVERY"))
				c.prepare(t, sa)
			}
			require.Equal(t, c.want, sa.backup(c.log, `C:\Backup\x.bak`, c.options...))
		})
	}
}

func simple(t *testing.T, c *client) { require.Zero(t, c.alter("RECOVERY", "SIMPLE")) }
func simpleAndBack(t *testing.T, c *client) {
	simple(t, c)
	require.Zero(t, c.alter("RECOVERY", "FULL"))
}

func occupied(_ *testing.T, c *client) {
	c.w.Intrude(world.Secondary, world.Database, "Report Server", 1, 0)
}
func inside(t *testing.T, c *client)       { require.Nil(t, c.host.Use(world.Database)) }
func takenOffline(t *testing.T, c *client) { require.Zero(t, c.alter("OFFLINE")) }

func TestATailBackupTakesTheDatabaseAwayAndLosesNothing(t *testing.T) {
	w := site(t)
	w.Elapse(10 * time.Minute)
	stop(t, w, "LSRestore")
	sa := admin(t, w, world.Primary)
	require.Zero(t, sa.alter("PARTNER", "OFF"))
	require.NoError(t, w.SetActiveServers(nil))
	w.Elapse(10 * time.Second)
	require.Zero(t, sa.backup(true, world.Share+`\mgc_tail.trn`, "NORECOVERY", "INIT"))
	require.Equal(t, "RESTORING", sa.state())
	require.Zero(t, sa.restore("HEADERONLY", world.Share+`\mgc_tail.trn`))
	require.Equal(t, true, named(sa.sets[0])[0]["IsForceOffline"])

	copyRest(t, w)
	second := admin(t, w, world.Secondary)
	for _, name := range pending(t, w) {
		require.Zero(t, second.restore("LOG", world.Folder+`\`+name, "NORECOVERY"))
	}
	require.Zero(t, second.restore("LOG", world.Share+`\mgc_tail.trn`, "NORECOVERY"))
	require.Zero(t, second.restore("DATABASE", "", "RECOVERY"))
	require.Equal(t, w.Messages(world.Primary), w.Messages(world.Secondary))
	require.Zero(t, w.Ledger().Unshipped)
}

func TestACopyOnlyBackupLeavesTheChainAlone(t *testing.T) {
	w := site(t)
	stop(t, w, "LSRestore")
	sa, second := admin(t, w, world.Primary), admin(t, w, world.Secondary)
	w.Elapse(time.Minute)
	require.Zero(t, sa.backup(true, world.Share+`\copy.trn`, "COPY_ONLY"))
	w.Elapse(30 * time.Minute)
	for _, name := range pending(t, w) {
		require.Zero(t, second.restore("LOG", world.Folder+`\`+name, "NORECOVERY"))
	}
}

func TestAnyOtherLogBackupBreaksTheShippedChain(t *testing.T) {
	w := site(t)
	stop(t, w, "LSRestore")
	sa, second := admin(t, w, world.Primary), admin(t, w, world.Secondary)
	w.Elapse(time.Minute)
	require.Zero(t, sa.backup(true, `C:\Backup\maintenance.trn`))
	w.Elapse(30 * time.Minute)
	left := pending(t, w)
	require.Zero(t, second.restore("LOG", world.Folder+`\`+left[0], "NORECOVERY"), "taken before the other one")
	require.EqualValues(t, 4305, second.restore("LOG", world.Folder+`\`+left[1], "NORECOVERY"))
}

func TestOnlyTheRecoveryPathThatWasTakenCanBeFollowed(t *testing.T) {
	w := lost(t)
	copyRest(t, w)
	left := pending(t, w)
	second := admin(t, w, world.Secondary)
	require.Zero(t, second.restore("LOG", world.Folder+`\`+left[0], "NORECOVERY"))
	require.Zero(t, second.restore("DATABASE", "", "RECOVERY"), "the path forks here")
	for id := range int64(500) {
		insert(t, second, 900000+id)
	}
	require.Zero(t, second.backup(true, world.Share+`\branch.trn`))

	for name, c := range map[string]struct {
		upTo string
		want int32
	}{"up to the fork": {left[0], 0}, "past the fork": {left[1], 4330}} {
		t.Run(name, func(t *testing.T) {
			other := admin(t, w, world.SecondaryMirror)
			require.Zero(t, other.restore("DATABASE", world.Share+`\mgc_full.bak`, "NORECOVERY", "REPLACE"))
			all, err := w.Backups(world.Share)
			require.NoError(t, err)
			for _, file := range all {
				if file <= c.upTo {
					require.Zero(t, other.restore("LOG", world.Share+`\`+file, "NORECOVERY"))
				}
			}
			require.Equal(t, c.want, other.restore("LOG", world.Share+`\branch.trn`, "NORECOVERY"))
		})
	}
}

func TestAFullBackupMakesACopyElsewhere(t *testing.T) {
	w := site(t)
	sa, other := admin(t, w, world.Primary), admin(t, w, world.SecondaryMirror)
	require.Zero(t, sa.backup(false, world.Share+`\now.bak`, "INIT", "CHECKSUM", "STATS"))
	r := tsql.Restore{What: "DATABASE", Database: "copied", Disks: []string{world.Share + `\now.bak`}, With: with("RECOVERY", "CHECKSUM")}
	r.With.Move = [][2]string{{"mgc", `E:\SQLData\copied.mdf`}, {"mgc_log", `E:\SQLData\copied_log.ldf`}}
	require.Nil(t, other.host.Restore(t.Context(), r, other))
	require.Contains(t, other.column("", "sys", "databases", "name"), "copied")
	require.Contains(t, other.column("", "sys", "master_files", "physical_name"), `E:\SQLData\copied.mdf`)
	require.Zero(t, other.restore("FILELISTONLY", world.Share+`\now.bak`))
	require.Len(t, other.sets[0].Values, 2)
	require.Zero(t, other.restore("LABELONLY", world.Share+`\now.bak`))
}

func TestANewerServersBackupIsRefused(t *testing.T) {
	w := site(t, func(c *world.Config) { c.Version = world.SQL2014 })
	older := site(t, func(c *world.Config) { c.Version = world.SQL2012 })
	require.NoError(t, copyFile(w.SharePath(), older.FolderPath(), "mgc_full.bak"))
	sa := admin(t, older, world.SecondaryMirror)
	require.EqualValues(t, 3169, sa.restore("DATABASE", `\\SQL11\E$\LogShip\mgc_full.bak`, "NORECOVERY"))
}

func TestBackupsOfOneDatabaseTakeTurns(t *testing.T) {
	w := site(t)
	first, second := admin(t, w, world.Primary), admin(t, w, world.Primary)
	w.SetSlow(1e12)
	ended := make(chan int32, 1)
	go func() { ended <- first.backup(true, `C:\Backup\x.trn`) }()
	require.Eventually(t, func() bool { return first.busy(second, "BACKUP LOG") }, 2*time.Minute, time.Millisecond)
	require.EqualValues(t, 3023, second.backup(true, `C:\Backup\y.trn`))
	first.end()
	require.EqualValues(t, 3204, <-ended, "the connection went away")
}

// busy reports whether somebody sees the client run a command.
func (c *client) busy(watcher *client, command string) bool {
	for _, r := range watcher.view("", "sys", "dm_exec_requests") {
		if r["session_id"] == int64(c.host.SPID()) && r["command"] == command {
			return true
		}
	}
	return false
}

// BenchmarkBuild is how long a site with a thousand shipped backups takes to
// come up.
func BenchmarkBuild(b *testing.B) {
	for b.Loop() {
		w, err := world.New(world.Config{Seed: 1, Dir: b.TempDir(), Start: threeInTheNight, History: 1000 * time.Minute, Interval: time.Minute})
		require.NoError(b, err)
		w.Close()
	}
}
