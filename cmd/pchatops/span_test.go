package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStatusSaysADurationAsEverythingElseDoes(t *testing.T) {
	for seconds, want := range map[float64]string{0: "0m 00s", 59.6: "1m 00s", 900: "15m 00s", 3720: "1h 02m"} {
		require.Equal(t, want, short(seconds))
	}
	age, exposure := 900.0, 1800.0
	said := snapshotLine{Nodes: []nodeLine{{BackupAge: &age, Reachable: true}}, Exposure: &exposure}.words()
	require.Contains(t, said, "backup 15m 00s ago")
	require.Contains(t, said, "30m 00s of chat")
}
