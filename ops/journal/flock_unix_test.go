//go:build unix

package journal

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// A process that is just being started has a copy of every file that is open: whoever
// gives the right up has given it up all the same.
func TestWhatIsGivenUpIsFreeThoughAProcessIsBeingStarted(t *testing.T) {
	dir := t.TempDir()
	o := Opening{ID: "i1", Site: "litware-lab", Identity: "aa", Procedure: "failover"}
	lock, j := drive(t, dir, o)
	for _, f := range []file{lock.file, j.file} {
		copied, err := unix.Dup(int(f.(interface{ Fd() uintptr }).Fd()))
		require.NoError(t, err)
		defer unix.Close(copied)
	}
	require.NoError(t, j.Close())
	require.NoError(t, lock.Release())
	_, drives, err := Driving(dir, o)
	require.NoError(t, err)
	require.False(t, drives)
	drive(t, dir, Opening{ID: "i2", Site: o.Site, Identity: o.Identity, Procedure: o.Procedure})
}
