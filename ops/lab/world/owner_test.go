package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/world"
)

func TestTheAgentRunsNoJobWhoseOwnerIsGone(t *testing.T) {
	w := site(t)
	sa := admin(t, w, world.Primary)
	require.Error(t, w.OrphanJob(world.Primary, "no such job"))
	require.NoError(t, w.OrphanJob(world.Primary, "LSBackup_mgc"))
	written, err := w.Backups(world.Share)
	require.NoError(t, err)
	w.Elapse(time.Hour)
	after, err := w.Backups(world.Share)
	require.NoError(t, err)
	require.Equal(t, written, after)
	runs := jobRuns(sa, "LSBackup_mgc")
	require.Equal(t, int64(0), runs[len(runs)-1]["run_status"])
	require.Contains(t, runs[len(runs)-1]["message"], "15404")

	require.EqualValues(t, 14234, refused(sa, "sp_update_job", "@job_name", "LSBackup_mgc", "@owner_login_name", "nobody"))
	sa.must("sp_update_job", "@job_name", "LSBackup_mgc", "@owner_login_name", "sa")
	w.Elapse(time.Hour)
	after, err = w.Backups(world.Share)
	require.NoError(t, err)
	require.Greater(t, len(after), len(written))
}

func TestADatabaseIsDroppedUnlessItIsUsedOrMirrored(t *testing.T) {
	w := site(t)
	sa, second, watcher := admin(t, w, world.Primary), admin(t, w, world.Secondary), login(t, w, world.Secondary, "watcher", "")
	drop := func(c *client, name string) int32 { return c.fresh().number(c.host.Drop(name)) }
	require.EqualValues(t, 3743, drop(sa, "mgc"))
	require.EqualValues(t, 3708, drop(sa, "msdb"))
	require.EqualValues(t, 3701, drop(sa, "nope"))
	require.EqualValues(t, 3701, drop(watcher, "mgc"))
	require.Zero(t, second.restore("DATABASE", "", "RECOVERY"))
	reader := login(t, w, world.Secondary, "sa", "mgc")
	require.EqualValues(t, 3702, drop(second, "mgc"))
	reader.end()
	require.Zero(t, drop(second, "mgc"))
	require.NotContains(t, second.column("", "sys", "databases", "name"), "mgc")
}
