package world_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/world"
)

func TestTheLedgerCountsWhatTookEffect(t *testing.T) {
	w := lost(t)
	copyRest(t, w)
	sa := admin(t, w, world.Secondary)
	names, err := w.Backups(world.Folder)
	require.NoError(t, err)
	before := w.Ledger().Restored
	taken := 0
	for _, name := range names {
		if sa.restore("LOG", world.Folder+`\`+name, "NORECOVERY") == 0 {
			taken++
			require.Equal(t, before[name]+1, w.Ledger().Restored[name])
		}
	}
	require.Positive(t, taken)
	require.NotZero(t, sa.restore("LOG", world.Folder+`\`+names[0], "NORECOVERY"))
	require.Equal(t, before[names[0]], w.Ledger().Restored[names[0]], "what was refused took no effect")
	for name := range w.Ledger().Restored {
		require.True(t, strings.HasPrefix(name, "mgc_"), name)
	}
}

func TestWhatIsBackedUpAfterTheOtherSideTookOverWasNotShipped(t *testing.T) {
	w := lost(t)
	restoreByLSN(t, w)
	shipped := w.Ledger()
	require.Zero(t, shipped.Lost)
	require.NoError(t, w.PowerOn("SQL01"))
	require.NoError(t, w.PowerOn("SQL02"))
	w.Elapse(time.Hour)
	names, err := w.Backups(world.Share)
	require.NoError(t, err)
	require.Positive(t, len(names))
	after := w.Ledger()
	require.Equal(t, shipped.Shipped, after.Shipped)
	require.Zero(t, after.Lost)
}

func TestTheLedgerKnowsWhenChatIsBack(t *testing.T) {
	w := lost(t)
	restoreByLSN(t, w)
	w.Elapse(time.Minute)
	require.Nil(t, w.Ledger().ChatBack, "the pool still names data centre 1")
	require.NoError(t, w.SetPoolState("Service:PersistentChatServer:"+world.PoolFQDN, "FailedOver"))
	var dc2 []string
	for _, s := range world.ChatServers() {
		if s.DataCentre == "dc2" {
			dc2 = append(dc2, s.FQDN)
		}
	}
	require.NoError(t, w.SetActiveServers(dc2))
	from := w.Now()
	w.Elapse(2 * time.Minute)
	require.NotNil(t, w.Ledger().ChatBack)
	require.True(t, w.Ledger().ChatBack.After(from))
}
