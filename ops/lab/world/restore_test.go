package world_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world"
)

// recoverAll restores every pending backup and brings the database online.
func recoverAll(t *testing.T, w *world.World) {
	t.Helper()
	sa := admin(t, w, world.Secondary)
	defer sa.end()
	for _, name := range pending(t, w) {
		require.Zero(t, sa.restore("LOG", world.Folder+`\`+name, "NORECOVERY"), name)
	}
	require.Zero(t, sa.restore("DATABASE", "", "RECOVERY"))
	require.Equal(t, "ONLINE", sa.state())
}

func TestAllThatWasShippedComesBack(t *testing.T) {
	w := lost(t)
	require.False(t, w.Ledger().Live)
	copyRest(t, w)
	recoverAll(t, w)
	l := w.Ledger()
	require.True(t, l.Live)
	require.Positive(t, l.Shipped)
	require.Positive(t, l.Unshipped, "something was written after the last backup")
	require.Equal(t, l.Shipped, l.Recovered)
	require.Zero(t, l.Lost)
	require.IsIncreasing(t, w.Messages(world.Secondary))
}

func TestWhatWasNotCopiedIsLost(t *testing.T) {
	w := lost(t)
	recoverAll(t, w)
	l := w.Ledger()
	require.Positive(t, l.Lost)
	require.Equal(t, l.Shipped, l.Recovered+l.Lost)
}

func TestTheChainIsKept(t *testing.T) {
	w := lost(t)
	copyRest(t, w)
	left := pending(t, w)
	require.GreaterOrEqual(t, len(left), 3)
	foreign, err := w.Foreign(world.Folder, w.Now())
	require.NoError(t, err)
	sa := admin(t, w, world.Secondary)
	log := func(name string) int32 { return sa.restore("LOG", world.Folder+`\`+name, "NORECOVERY") }

	require.EqualValues(t, 4305, log(left[1]), "an earlier backup is missing")
	require.EqualValues(t, 3154, log(foreign), "of another database of the same name")
	require.EqualValues(t, 3135, sa.restore("LOG", world.Share+`\mgc_full.bak`, "NORECOVERY"), "not a log backup")
	require.EqualValues(t, 155, sa.restore("LOG", world.Folder+`\`+left[0], "NORECOVERIE"))
	require.Zero(t, log(left[0]))
	require.EqualValues(t, 4326, log(left[0]), "already applied")
	require.EqualValues(t, 4305, log(left[2]))
	require.EqualValues(t, 4333, interrupted(t, w, left[1]), "nothing recovers over an interrupted restore")
	require.EqualValues(t, 4319, log(left[2]), "the interrupted one comes first")
	require.Zero(t, log(left[1]))
	require.Zero(t, log(left[2]))
}

// interrupted begins to restore a file, loses the connection in the middle,
// and tells how RESTORE WITH RECOVERY is refused then.
func interrupted(t *testing.T, w *world.World, name string) int32 {
	t.Helper()
	w.SetSlow(1e12)
	defer w.SetSlow(1)
	c, watcher := admin(t, w, world.Secondary), admin(t, w, world.Secondary)
	ended := make(chan int32, 1)
	go func() { ended <- c.restore("LOG", world.Folder+`\`+name, "NORECOVERY") }()
	require.Eventually(t, func() bool { return c.busy(watcher, "RESTORE LOG") }, 2*time.Minute, time.Millisecond)
	require.EqualValues(t, 3101, watcher.restore("LOG", world.Folder+`\`+name, "NORECOVERY"), "one restore at a time")
	require.Nil(t, watcher.host.Kill(tsql.Kill{SPID: c.host.SPID()}, watcher))
	<-c.gone
	require.EqualValues(t, 3204, <-ended)
	require.EqualValues(t, 596, c.number(c.fresh().host.Use("master")))
	return watcher.restore("DATABASE", "", "RECOVERY")
}

func TestRestoreIsRefusedWhereItMustBe(t *testing.T) {
	for name, c := range map[string]struct {
		on   string
		do   func(t *testing.T, w *world.World, c *client) int32
		want int32
	}{
		"log onto an online database": {world.Secondary, func(t *testing.T, w *world.World, c *client) int32 {
			require.Zero(t, c.restore("DATABASE", "", "RECOVERY"))
			return c.restore("LOG", world.Folder+`\`+newest(t, w), "NORECOVERY")
		}, 3117},
		"recovery of an online database": {world.Secondary, func(t *testing.T, _ *world.World, c *client) int32 {
			require.Zero(t, c.restore("DATABASE", ""))
			return c.restore("DATABASE", "")
		}, 3153},
		"recovery with sessions in the way": {world.Secondary, func(_ *testing.T, w *world.World, c *client) int32 {
			w.Intrude(world.Secondary, world.Database, "Report Server", 1, 0)
			return c.restore("DATABASE", "", "RECOVERY")
		}, 3101},
		"on a mirror": {world.Mirror, func(t *testing.T, w *world.World, c *client) int32 {
			return c.restore("LOG", world.Share+`\`+newest(t, w), "NORECOVERY")
		}, 3104},
		"a log where there is no database": {world.SecondaryMirror, func(t *testing.T, w *world.World, c *client) int32 {
			return c.restore("LOG", world.Share+`\`+newest(t, w), "NORECOVERY")
		}, 3118},
		"recovery where there is no database": {world.SecondaryMirror, func(_ *testing.T, _ *world.World, c *client) int32 {
			return c.restore("DATABASE", "", "RECOVERY")
		}, 911},
		"a log backup as a database": {world.SecondaryMirror, func(t *testing.T, w *world.World, c *client) int32 {
			return c.restore("DATABASE", world.Share+`\`+newest(t, w), "NORECOVERY")
		}, 3135},
		"over a database whose tail is not saved": {world.Secondary, func(t *testing.T, _ *world.World, c *client) int32 {
			require.Zero(t, c.restore("DATABASE", ""))
			insert(t, c, 900001)
			return c.restore("DATABASE", world.Share+`\mgc_full.bak`)
		}, 3159},
		"over another database of that name": {world.SecondaryMirror, func(t *testing.T, w *world.World, c *client) int32 {
			require.Zero(t, c.restore("DATABASE", world.Share+`\mgc_full.bak`, "NORECOVERY"))
			foreign, err := w.Foreign(world.Folder, w.Now())
			require.NoError(t, err)
			return c.restore("LOG", `\\SQL11\E$\LogShip\`+foreign, "NORECOVERY")
		}, 3154},
		"while it is one's current database": {world.Secondary, func(t *testing.T, _ *world.World, c *client) int32 {
			require.Zero(t, c.restore("DATABASE", ""))
			require.Nil(t, c.host.Use(world.Database))
			return c.restore("DATABASE", world.Share+`\mgc_full.bak`, "REPLACE")
		}, 3102},
		"by a login without rights": {world.Secondary, func(t *testing.T, w *world.World, _ *client) int32 {
			return login(t, w, world.Secondary, "watcher", "").restore("DATABASE", "")
		}, 3110},
		"the header for a login without rights": {world.Secondary, func(t *testing.T, w *world.World, _ *client) int32 {
			return login(t, w, world.Secondary, "watcher", "").restore("HEADERONLY", world.Folder+`\`+newest(t, w))
		}, 262},
		"with checksum where there is none": {world.Secondary, func(t *testing.T, w *world.World, c *client) int32 {
			return c.restore("LOG", world.Folder+`\`+newest(t, w), "NORECOVERY", "CHECKSUM")
		}, 3187},
	} {
		t.Run(name, func(t *testing.T) {
			w := site(t)
			sa := admin(t, w, c.on)
			require.Equal(t, c.want, c.do(t, w, sa))
		})
	}
}

// newest is the newest copied backup.
func newest(t *testing.T, w *world.World) string {
	t.Helper()
	names, err := w.Backups(world.Folder)
	require.NoError(t, err)
	return names[len(names)-1]
}

func insert(t *testing.T, c *client, ids ...int64) {
	t.Helper()
	for _, id := range ids {
		n, e := c.host.Insert(world.Database, "dbo", "tblChat", []string{"chatId", "chatDate"}, [][]any{{id, c.w.Now()}})
		require.Nil(t, e)
		require.Equal(t, 1, n)
	}
}

func TestEveryFailureIsFollowedByTheErrorThatEndsTheStatement(t *testing.T) {
	sa := admin(t, site(t), world.SecondaryMirror)
	e := sa.host.Restore(context.Background(), tsql.Restore{What: "LOG", Database: world.Database, Disks: []string{`E:\x.trn`}, With: with("NORECOVERY")}, sa)
	require.EqualValues(t, 3118, sa.info[0].Number)
	require.EqualValues(t, 3013, e.Number)
	require.Equal(t, "RESTORE LOG is terminating abnormally.", e.Message)
}

func TestProgressIsToldInStepsUpToTheEnd(t *testing.T) {
	w := lost(t)
	sa := admin(t, w, world.Secondary)
	require.Zero(t, sa.restore("LOG", world.Folder+`\`+pending(t, w)[0], "NORECOVERY", "STATS=20"))
	var said []string
	for _, m := range sa.info {
		if m.Number == 3211 {
			said = append(said, m.Message)
		}
	}
	require.Equal(t, []string{"20 percent processed.", "40 percent processed.", "60 percent processed.", "80 percent processed.", "100 percent processed."}, said)
	require.EqualValues(t, 3014, sa.info[len(sa.info)-1].Number)
}
