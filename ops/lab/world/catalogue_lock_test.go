package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world"
)

// rolling is a site whose secondary rolls a log backup forward, for hours; over tells
// with which error that ended.
func rolling(t *testing.T, prepare func(*world.World)) (w *world.World, reader *client, over chan int32) {
	t.Helper()
	w = lost(t, func(c *world.Config) { c.Pace = world.Pace{Base: 5 * time.Hour} })
	prepare(w)
	names, err := w.Backups(world.Folder)
	require.NoError(t, err)
	sa, reader := admin(t, w, world.Secondary), admin(t, w, world.Secondary)
	over = make(chan int32, 1)
	go func() {
		for _, name := range names[len(names)-4:] { // those before the redo position are refused at once
			if n := sa.restore("LOG", world.Folder+`\`+name, "NORECOVERY"); n != 4326 {
				over <- n
				return
			}
		}
	}()
	require.Eventually(t, func() bool { return sa.busy(reader, "RESTORE LOG") }, 2*time.Minute, time.Millisecond)
	return w, reader, over
}

const askRecovery = "SELECT database_id FROM sys.database_recovery_status"

func TestWithoutThePatchAReaderOrTheRestoreIsTheVictim(t *testing.T) {
	w, reader, over := rolling(t, func(*world.World) {})
	require.Zero(t, reader.run(askRecovery), "with the patch nothing happens")
	require.NoError(t, w.SetPatched(world.Secondary, false))
	require.EqualValues(t, 1205, reader.run("SET DEADLOCK_PRIORITY LOW; "+askRecovery))
	require.EqualValues(t, 0, reader.run("SET DEADLOCK_PRIORITY NORMAL; "+askRecovery))
	require.EqualValues(t, 1205, <-over)
}

func TestTheCatalogueIsLockedWhileFilesAreCreated(t *testing.T) {
	w, reader, over := rolling(t, func(w *world.World) { require.NoError(t, w.SetZeroing(world.Secondary, time.Hour)) })
	for _, text := range []string{"SELECT name FROM sys.master_files", askRecovery, "SELECT DB_ID('mgc')"} {
		require.EqualValues(t, 1222, reader.run("SET LOCK_TIMEOUT 10; "+text), text)
	}
	require.Zero(t, reader.run("SELECT name FROM sys.databases"))
	waited := make(chan int32, 1)
	go func() { waited <- reader.run("SET LOCK_TIMEOUT -1; SELECT name FROM sys.master_files") }()
	w.Clock.SetSpeed(1_000_000)
	require.Zero(t, <-waited)
	require.Zero(t, <-over)
}

var _ tsql.LockWaiter = (*world.Session)(nil)
