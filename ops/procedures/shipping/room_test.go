package shipping

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/world"
)

func TestAMountPointThatIsTooSmallIsSeenBeforeTheRestore(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	require.Contains(t, strings.Join(r.plan("P13a").Notes, "; "), `SQL01\RTC does not tell how much is free in \\FS01\LogShip`)
	r.ship("P13a")
	require.Empty(t, r.unmet("P13b"), "the drive has room")
	require.NoError(t, r.lab.World().SetVolume(world.Secondary, `E:\SQLData`, 1<<20))
	g, asked := r.unmet("P13b")[`room on SQL11\RTC, E:\SQLData`]
	require.True(t, asked)
	require.Equal(t, "1 MB free", g.Seen)
	require.Empty(t, r.facts("secondary").Database.State, "nothing was restored")
}
