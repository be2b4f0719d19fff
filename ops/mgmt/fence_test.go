package mgmt

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/lease"
)

// under gives a context whose right is proved by a function.
func under(t *testing.T, prove func() error) context.Context {
	return lease.Hold{Term: 1, Prove: func(context.Context, time.Duration) error { return prove() }}.In(t.Context())
}

func TestNoJobIsStartedWithoutTheRightToDrive(t *testing.T) {
	e := newEstate(t)
	s := shellOn(t, fast(), newMachine(t, e, "FE11", nil))
	err := s.SetPoolState(thePool, "FailedOver").Do(under(t, func() error { return lease.ErrOver }), &reporter{})
	require.ErrorIs(t, err, lease.ErrOver)
	_, state := e.PoolState()
	require.Equal(t, "Normal", state)
}

// The console stands still between its proof and its request, another one takes
// over, and the first one goes on: the host knows that it was overtaken.
func TestAStartThatWasOvertakenIsNotHonoured(t *testing.T) {
	e := newEstate(t)
	m := newMachine(t, e, "FE11", nil)
	other := shellOn(t, fast(), m)
	proofs := 0
	lost := errors.Join(lease.ErrOver)
	ctx := under(t, func() error {
		if proofs++; proofs == 1 {
			other.hosts.Fence(t.Context()) // and this console does not know
			return nil
		}
		return lost
	})
	err := shellOn(t, fast(), m).SetPoolState(thePool, "FailedOver").Do(ctx, &reporter{})
	require.ErrorIs(t, err, lease.ErrOver)
	require.Equal(t, 2, proofs, "it is proved anew before it is asked again")
	_, state := e.PoolState()
	require.Equal(t, "Normal", state)
}

func TestWhoStillDrivesTakesANewTicket(t *testing.T) {
	e := newEstate(t)
	m := newMachine(t, e, "FE11", nil)
	other := shellOn(t, fast(), m)
	proofs := 0
	ctx := under(t, func() error {
		if proofs++; proofs == 1 {
			other.hosts.Fence(t.Context())
		}
		return nil
	})
	require.NoError(t, shellOn(t, fast(), m).SetPoolState(thePool, "FailedOver").Do(ctx, &reporter{}))
	_, state := e.PoolState()
	require.Equal(t, "FailedOver", state)
}

// A busy host begins the job too late, or after another console took over.
func TestAJobThatItsHostDidNotBeginIsStartedAnewOnlyByWhoDrives(t *testing.T) {
	for name, drives := range map[string]bool{"drives": true, "drives no more": false} {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t)
			m := newMachine(t, e, "FE11", nil)
			m.Hold(true)
			other := shellOn(t, fast(), m)
			action := shellOn(t, fast(), m).SetPoolState(thePool, "FailedOver")
			first, _, _ := strings.Cut(action.Text, "\n")
			queued := make(chan struct{})
			proofs := 0
			ctx := under(t, func() error {
				if proofs++; proofs == 1 {
					defer close(queued)
				} else if !drives {
					return lease.ErrOver
				}
				return nil
			})
			go func() {
				<-queued
				for {
					answer, err := other.hosts.All()[0].find(t.Context(), findRequest{Work: strings.ToLower(first)})
					if err != nil || len(answer.Jobs) > 0 {
						break
					}
				}
				other.hosts.Fence(t.Context())
				m.Hold(false)
			}()
			err := action.Do(ctx, &reporter{})
			_, state := e.PoolState()
			if drives {
				require.NoError(t, err)
				require.Equal(t, "FailedOver", state)
				return
			}
			require.ErrorIs(t, err, lease.ErrOver)
			require.Equal(t, "Normal", state)
		})
	}
}

// The answer to a start is lost, and with the network goes the right to drive. It
// is not asked again, and whether the job was started is not known.
func TestAStartIsNotRepeatedByWhoHasLostTheRight(t *testing.T) {
	for name, over := range map[string]error{
		"another drives":        lease.ErrOver,
		"the servers are away":  errors.Join(lease.ErrOver, &fault.Error{Class: fault.Unreachable, Cause: io.EOF}),
		"the servers are mute":  errors.Join(lease.ErrOver, &fault.Error{Class: fault.Timeout, Cause: io.EOF}),
		"their sessions ended":  errors.Join(lease.ErrOver, &fault.Error{Class: fault.Lost, Cause: io.EOF}),
		"the instances restart": errors.Join(lease.ErrOver, &fault.Error{Class: fault.Busy, Cause: io.EOF}),
	} {
		t.Run(name, func(t *testing.T) { notRepeated(t, over) })
	}
}

func notRepeated(t *testing.T, over error) {
	t.Helper()
	e := newEstate(t)
	m := newMachine(t, e, "FE11", nil)
	o := fast()
	o.Poll = 10 * time.Second
	r := &reporter{onLine: func(string) { m.door.set(false) }}
	go func() {
		<-e.begun
		m.door.set(true)
	}()
	proofs := 0
	ctx := under(t, func() error {
		if proofs++; proofs == 1 {
			return nil
		}
		return over
	})
	err := shellOn(t, o, m).InstallMirror(mirroring).Do(ctx, r)
	require.Equal(t, fault.Lost, fault.ClassOf(err), "%v", err)
	require.Equal(t, 2, proofs)
	close(e.finish)
}

// The host is away, and with it the right to drive for good: nobody waits until
// the host's patience is over.
func TestAJobIsNotWaitedForOnceTheRightIsGone(t *testing.T) {
	e := newEstate(t)
	m := newMachine(t, e, "FE11", nil)
	gone := make(chan struct{})
	r := &reporter{onLine: func(line string) {
		if line == "Database Name: mgc" {
			m.door.set(true)
			close(gone)
		}
	}}
	ctx := lease.Hold{Term: 1, Prove: func(context.Context, time.Duration) error { return nil }, Lost: gone}.In(t.Context())
	err := shellOn(t, fast(), m).InstallMirror(mirroring).Do(ctx, r)
	require.Equal(t, fault.Lost, fault.ClassOf(err), "%v", err)
	require.ErrorContains(t, err, "the right to drive this site is gone")
}
