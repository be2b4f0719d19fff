package failover

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/inventory"
)

// One name can stand for two: what lies under it now, and what it was given to. What
// lies on both sides is one.
func TestWhatIsLeftBehindIsNamedOnceForEachReason(t *testing.T) {
	rival := inventory.Backup{Name: "mgc_3.trn", Kind: inventory.Rival, Why: "family 0aacd514"}
	own := inventory.Backup{Name: "mgc_3.trn", Kind: inventory.Gone, Why: "another backup lies under its name now"}
	require.Equal(t, []engine.Left{
		{File: "mgc_3.trn", Why: "of another database of that name: family 0aacd514"},
		{File: "mgc_3.trn", Why: "gone: another backup lies under its name now"},
	}, left([]inventory.Backup{rival, rival, own}))
}
