package mssql

import (
	"context"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
)

func TestOneConsoleDrivesASiteAndTheOtherLearnsWhichOne(t *testing.T) {
	e := newEstate(t, nil)
	mine, _ := e.server(secondary)
	theirs, _ := e.server(secondary)

	first, err := theirs.Lock(context.Background(), "litware-pchat")
	require.NoError(t, err)
	require.NoError(t, first.Held())

	_, err = mine.Lock(context.Background(), "litware-pchat")
	var taken *TakenError
	require.ErrorAs(t, err, &taken)
	require.True(t, fault.Is(err, fault.InUse))
	host, _ := os.Hostname()
	require.Equal(t, host, taken.Holder.Host)
	require.Equal(t, AppName, taken.Holder.Program)
	require.Equal(t, "sa", taken.Holder.Login)
	require.Equal(t, strconv.Itoa(os.Getpid()), taken.Holder.Process)
	require.Contains(t, err.Error(), host)

	other, err := mine.Lock(context.Background(), "another site")
	require.NoError(t, err, "two sites are two locks")
	require.NoError(t, other.Release())

	require.NoError(t, first.Release())
	require.Error(t, first.Held())
	second, err := mine.Lock(context.Background(), "litware-pchat")
	require.NoError(t, err)
	require.NoError(t, second.Release())
}

func TestALockIsLostWithItsConnection(t *testing.T) {
	e := newEstate(t, nil)
	s, r := e.server(secondary)
	l, err := s.Lock(context.Background(), "litware-pchat")
	require.NoError(t, err)
	select {
	case <-l.Lost():
		t.Fatal("it is held")
	default:
	}
	r.Cut()
	<-l.Lost()
	require.Error(t, l.Held())
	require.NoError(t, l.Release())

	again, err := s.Lock(context.Background(), "litware-pchat")
	require.NoError(t, err, "the server gave it back when the session ended")
	require.NoError(t, again.Release())
}

func TestTheConsoleDoesNotWaitForALock(t *testing.T) {
	e := newEstate(t, nil)
	s, _ := e.server(secondary)
	l, err := s.Lock(context.Background(), "litware-pchat")
	require.NoError(t, err)
	defer func() { require.NoError(t, l.Release()) }()
	began := time.Now()
	_, err = s.Lock(context.Background(), "litware-pchat")
	require.Error(t, err)
	require.Less(t, time.Since(began), 5*time.Second)
}
