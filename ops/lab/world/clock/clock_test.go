package clock_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"pchatops/ops/lab/world/clock"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var three = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

func TestStandsStillUntilItIsMovedByHand(t *testing.T) {
	c := clock.New(three, 0)
	require.Equal(t, three, c.Now())
	c.MoveTo(three.Add(time.Hour))
	c.MoveTo(three) // never back
	require.Equal(t, three.Add(time.Hour), c.Now())
}

func TestAWaitEndsWhenTheClockIsMovedPastIt(t *testing.T) {
	c := clock.New(three, 0)
	waited := make(chan error, 1)
	go func() { waited <- c.Wait(context.Background(), 30*time.Minute) }()
	select {
	case <-waited:
		t.Fatal("the wait ended although the clock stands still")
	default:
	}
	for ended := false; !ended; { // the waiter may not have looked at the clock yet
		c.MoveTo(c.Now().Add(30 * time.Minute))
		select {
		case err := <-waited:
			require.NoError(t, err)
			ended = true
		case <-time.After(time.Millisecond):
		}
	}
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, clock.New(three, 0).Wait(ctx, time.Hour), context.Canceled)
}

func TestRunsFasterThanRealTime(t *testing.T) {
	c := clock.New(three, 3600)
	began := time.Now()
	require.NoError(t, c.Wait(context.Background(), time.Minute))
	require.GreaterOrEqual(t, c.Now().Sub(three), time.Minute)
	require.Less(t, time.Since(began), 10*time.Second)
}

func TestChangingTheSpeedKeepsTheTime(t *testing.T) {
	c := clock.New(three, 1e6)
	c.SetSpeed(0)
	stopped := c.Now()
	require.False(t, stopped.Before(three))
	require.Equal(t, stopped, c.Now())
	require.Zero(t, c.Speed())
}
