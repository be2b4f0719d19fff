package faults

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAMeterCountsTripsAndWhatTheServersTakeTogether(t *testing.T) {
	m, one, two := &Meter{}, &Link{}, &Link{}
	at := func(ms int) time.Time { return time.Unix(0, 0).Add(time.Duration(ms) * time.Millisecond) }
	for _, piece := range []struct {
		on *Link
		to Direction
		ms int
	}{
		{one, ToServer, 40},
		{one, ToServer, 41}, // a request in two pieces
		{two, ToServer, 50},
		{one, ToClient, 90},
		{one, ToClient, 100}, // sent at 50 and 60: 20 ms
		{two, ToClient, 110}, // sent at 70: 10 ms more
		{two, ToServer, 200},
		{two, ToClient, 245}, // 5 ms
		{one, ToServer, 300}, // never answered
	} {
		m.note(piece.on, piece.to, at(piece.ms), 40*time.Millisecond)
	}
	require.Equal(t, 2, m.Trips(one))
	require.Equal(t, 2, m.Trips(two))
	require.Equal(t, 35*time.Millisecond, m.Busy())
	m.Reset()
	require.Zero(t, m.Trips(one))
	require.Zero(t, m.Busy())
}
