package incident

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/status"
)

func TestASnapshotShowsThatADatabaseIsNotWhatItWas(t *testing.T) {
	lsn := func(s string) chain.LSN {
		l, err := chain.ParseLSN(s)
		require.NoError(t, err)
		return l
	}
	before := status.Node{Reachable: true, Answered: time.Unix(1, 0), Facts: status.Facts{Database: status.Database{Exists: true, State: "RESTORING", RedoLSN: lsn("100")}}}
	for name, c := range map[string]struct {
		change func(*status.Node)
		moved  bool
	}{
		"nothing":                            {func(*status.Node) {}, false},
		"it was set offline":                 {func(n *status.Node) { n.Facts.Database.State = "OFFLINE" }, true},
		"it was dropped":                     {func(n *status.Node) { n.Facts.Database = status.Database{} }, true},
		"it is a mirror now":                 {func(n *status.Node) { n.Facts.Mirroring = status.Mirroring{Configured: true, Role: "MIRROR"} }, true},
		"it does not answer":                 {func(n *status.Node) { n.Reachable = false }, false},
		"it is dead":                         {func(n *status.Node) { n.Reachable, n.Life.Verdict = false, status.Dead }, true},
		"it was restored from the beginning": {func(n *status.Node) { n.Facts.Database.RedoLSN = lsn("99") }, true},
		"log was applied":                    {func(n *status.Node) { n.Facts.Database.RedoLSN = lsn("101") }, false},
		"another one has its name":           {func(n *status.Node) { n.Facts.Database.Family = "other" }, true},
		"it is on another recovery fork":     {func(n *status.Node) { n.Facts.Database.Fork = "other" }, true},
		"it waits for another fork":          {func(n *status.Node) { n.Facts.Database.RedoFork = "other" }, true},
		"more sessions":                      {func(n *status.Node) { n.Facts.Sessions = 9 }, false},
	} {
		t.Run(name, func(t *testing.T) {
			now := before
			c.change(&now)
			require.Equal(t, c.moved, moved(&status.Snapshot{Nodes: []status.Node{before}}, &status.Snapshot{Nodes: []status.Node{now}}))
		})
	}
	require.False(t, moved(nil, &status.Snapshot{Nodes: []status.Node{before}}), "the first look shows no change")
}
