package incident

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/status"
)

func TestASnapshotShowsThatADatabaseIsNotWhatItWas(t *testing.T) {
	online := status.Node{Reachable: true, Answered: time.Unix(1, 0), Facts: status.Facts{Database: status.Database{Exists: true, State: "ONLINE"}}}
	for name, c := range map[string]struct {
		change func(*status.Node)
		moved  bool
	}{
		"nothing":            {func(*status.Node) {}, false},
		"it was set offline": {func(n *status.Node) { n.Facts.Database.State = "OFFLINE" }, true},
		"it was dropped":     {func(n *status.Node) { n.Facts.Database = status.Database{} }, true},
		"it is a mirror now": {func(n *status.Node) { n.Facts.Mirroring = status.Mirroring{Configured: true, Role: "MIRROR"} }, true},
		"it does not answer": {func(n *status.Node) { n.Reachable = false }, false},
		"more sessions":      {func(n *status.Node) { n.Facts.Sessions = 9 }, false},
	} {
		t.Run(name, func(t *testing.T) {
			now := online
			c.change(&now)
			require.Equal(t, c.moved, moved(&status.Snapshot{Nodes: []status.Node{online}}, &status.Snapshot{Nodes: []status.Node{now}}))
		})
	}
	require.False(t, moved(nil, &status.Snapshot{Nodes: []status.Node{online}}), "the first look shows no change")
}
