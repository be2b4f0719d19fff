package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
)

func TestAnIncompleteRunSaysWhatIsOpen(t *testing.T) {
	for want, sum := range map[string]engine.Summary{
		"the summary says what is open":            {Procedure: "failover"}, // that chat is not back is an error of its own
		"backups left behind: 1, first mgc_1.trn":  {Procedure: "failover", LeftBehind: []engine.Left{{File: "mgc_1.trn"}}},
		`places not read: 1, first \\FS01\LogShip`: {Procedure: "failover", Unread: []engine.Unread{{Place: `\\FS01\LogShip`}}},
	} {
		require.Equal(t, want, lacking(sum))
	}
}
