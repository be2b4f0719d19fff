package chain

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBackupsAreOrderedByTheTimeInTheirNames(t *testing.T) {
	const early, late = `\\FS01\LogShip\mgc_20261121024500.trn`, `E:\LogShip\mgc_20261121030000.trn`
	require.True(t, Before(early, late))
	require.False(t, Before(late, early))
	require.False(t, Before(early, early))
	require.True(t, Before("", early), "no backup at all is older than any")
	require.False(t, Before(early, "mgc_copy.trn"))
}
