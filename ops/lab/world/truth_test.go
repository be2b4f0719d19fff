package world_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/world"
)

func TestTheTruthNamesWhatIsLeftToCopyAndToApply(t *testing.T) {
	w := site(t)
	healthy := w.Truth()
	require.True(t, healthy.Shipping)
	require.True(t, healthy.Rolls)
	require.Equal(t, []string{`SQL01\RTC`}, healthy.Principal)
	require.Equal(t, []string{`SQL01\RTC`, `SQL02\RTC`}, healthy.Standing)
	require.Empty(t, healthy.Live)
	require.Equal(t, "Normal", healthy.Pool)

	w.StopAgent(world.Secondary)
	w.Elapse(52 * time.Minute)
	require.NoError(t, w.PowerOff("dc1"))
	lost := w.Truth()
	require.Empty(t, lost.Standing)
	require.GreaterOrEqual(t, len(lost.ToCopy), 3)
	require.Empty(t, lost.ToApply)

	content, err := os.ReadFile(filepath.Join(w.SharePath(), lost.ToCopy[0]))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(w.FolderPath(), "by_hand.trn"), content, 0o644))
	require.Equal(t, []string{"by_hand.trn"}, w.Truth().ToApply, "whatever its name is")
	require.Equal(t, lost.ToCopy[1:], w.Truth().ToCopy)

	whole, err := os.ReadFile(filepath.Join(w.SharePath(), lost.ToCopy[1]))
	require.NoError(t, err)
	parts, err := w.Stripe(world.Share, lost.ToCopy[1], 2)
	require.NoError(t, err)
	require.Subset(t, w.Truth().ToCopy, parts, "each part of a striped one")
	copied := filepath.Join(w.FolderPath(), lost.ToCopy[1])
	require.NoError(t, os.WriteFile(copied, whole, 0o600))
	require.Equal(t, lost.ToCopy[2:], w.Truth().ToCopy, "no part of one that was copied before it was striped")
	require.NoError(t, os.Remove(copied))
	twin := filepath.Join(w.FolderPath(), "twin.trn")
	require.NoError(t, os.WriteFile(twin, content, 0o600))
	require.NoError(t, w.Damage(world.Folder, "twin.trn"))
	require.NoError(t, w.Remove(world.Folder, "by_hand.trn"))
	require.NotContains(t, w.Truth().ToCopy, lost.ToCopy[0], "its copy has another name and a whole header")
	require.NoError(t, os.Remove(twin))
	require.NoError(t, os.WriteFile(filepath.Join(w.FolderPath(), "by_hand.trn"), content, 0o600))
	require.NoError(t, w.Rename(world.Share, parts[0], "away.bak"))
	require.Contains(t, w.Truth().ToCopy, "away.bak", "whatever its name is")
	require.NoError(t, w.Remove(world.Share, "away.bak"))
	require.Empty(t, w.Truth().ToCopy, "of no use without its other part")
	require.NoError(t, os.WriteFile(filepath.Join(w.SharePath(), lost.ToCopy[1]), whole, 0o600))
	require.NoError(t, w.Remove(world.Share, parts[1]))

	require.NoError(t, w.Garble(world.Share, lost.ToCopy[2]))
	require.Equal(t, lost.ToCopy[1:2], w.Truth().ToCopy, "nothing continues behind what is spoilt")
}
