package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/journal"
)

// A clock that is a little off does not make an incident doubtful; one that is wrong does.
func TestAnIncidentOfATimeToComeIsNotGoneOnWith(t *testing.T) {
	now := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	for ahead, doubted := range map[time.Duration]bool{
		-time.Hour: false, 0: false, time.Minute: false, time.Minute + time.Second: true, 59 * time.Minute: true, 24 * time.Hour: true,
	} {
		i := journal.Info{Opening: journal.Opening{ID: "i", Identity: "aa", Format: journal.Format}, Last: now.Add(ahead), Acted: now.Add(ahead)}
		require.Equal(t, doubted, doubtful(i, now) != "", "%s", ahead)
	}
}
