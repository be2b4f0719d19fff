package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/world"
)

func TestAClockThatIsWrongShowsInNamesAndTimesAndNotInTheChain(t *testing.T) {
	w := site(t)
	stop(t, w, "LSRestore")
	stop(t, w, "LSCopy")
	sa := admin(t, w, world.Primary)
	before, err := w.Backups(world.Share)
	require.NoError(t, err)
	require.NoError(t, w.SetSkew(`SQL01\RTC`, 40*time.Hour))
	w.Elapse(16 * time.Minute)
	require.Equal(t, w.Now().Add(40*time.Hour), sa.cell("SELECT GETUTCDATE()"))
	require.NoError(t, w.SetSkew("SQL01", 0))
	w.Elapse(16 * time.Minute)
	require.Equal(t, w.Now(), sa.cell("SELECT GETUTCDATE()"))

	after, err := w.Backups(world.Share)
	require.NoError(t, err)
	future := after[len(after)-1]
	require.Contains(t, future, "mgc_20261122", "the name is of the time that the clock showed")
	second := admin(t, w, world.Secondary)
	h := second.header(world.Share + `\` + future)
	require.True(t, h["BackupFinishDate"].(time.Time).After(w.Now().Add(24*time.Hour)))
	right := second.header(world.Share + `\` + after[len(after)-2])
	require.Equal(t, h["LastLSN"], right["FirstLSN"], "and what was taken after it has the older name")
	require.Len(t, after, len(before)+2, "nothing was deleted for its age")
	require.Error(t, w.SetSkew("SQL01", 1<<62))
}

func TestAClockThatIsDaysAheadDeletesWhatIsNew(t *testing.T) {
	w := site(t)
	stop(t, w, "LSCopy")
	require.NoError(t, w.SetSkew(world.Primary, 34*24*time.Hour))
	w.Elapse(16 * time.Minute)
	names, err := w.Backups(world.Share)
	require.NoError(t, err)
	require.Len(t, names, 1, "the rest is past its retention, by the clock of the backup job")
	require.Contains(t, names[0], "mgc_20261225")
}
