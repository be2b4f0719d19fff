//go:build unix

package private

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAModeIsToldAsItIsKnown(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o777|os.ModeSticky))
	info, err := os.Stat(dir)
	require.NoError(t, err)
	require.ErrorContains(t, unwritable(dir, info), "has mode 1777")
}
