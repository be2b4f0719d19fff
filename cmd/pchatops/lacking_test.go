package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
)

func TestAnIncompleteRunSaysWhatIsOpen(t *testing.T) {
	back := 3.0
	for want, sum := range map[string]engine.Summary{
		"chat was not seen back":                   {Procedure: "failover"},
		"backups left behind: 1, first mgc_1.trn":  {Procedure: "failover", ChatBack: &back, LeftBehind: []engine.Left{{File: "mgc_1.trn"}}},
		`places not read: 1, first \\FS01\LogShip`: {Procedure: "failover", ChatBack: &back, Unread: []engine.Unread{{Place: `\\FS01\LogShip`}}},
	} {
		require.Equal(t, want, lacking(sum))
	}
}
