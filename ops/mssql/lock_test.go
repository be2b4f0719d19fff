package mssql

import (
	"context"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/lease"
)

func TestOneConsoleDrivesASiteAndTheOtherLearnsWhichOne(t *testing.T) {
	e := newEstate(t, nil)
	mine, _ := e.server(secondary)
	theirs, _ := e.server(secondary)

	require.NoError(t, theirs.Lock(t.Context(), 1))
	require.NoError(t, theirs.Prove(t.Context(), 0))

	err := mine.Lock(t.Context(), 1)
	var taken *TakenError
	require.ErrorAs(t, err, &taken)
	require.True(t, fault.Is(err, fault.InUse))
	host, _ := os.Hostname()
	require.Equal(t, host, taken.Holder.Host)
	require.Equal(t, AppName, taken.Holder.Program)
	require.Equal(t, "sa", taken.Holder.Login)
	require.Equal(t, strconv.Itoa(os.Getpid()), taken.Holder.Process)
	require.False(t, taken.Holder.Own, "another run has it")
	require.Contains(t, err.Error(), host)
	require.ErrorContains(t, err, "if that console is gone for good, SQL Server ends its session once it notices; at once does KILL "+strconv.Itoa(taken.Holder.Session)+` on SQL11\RTC`)
	require.ErrorContains(t, err, "ask whoever drives to end it there (q in a console, ctrl+c in a run")
	require.Contains(t, Holder{Session: 57, Instance: `SQL11\RTC`, Command: "RESTORE LOG"}.wayOut(), "to the end of RESTORE LOG", "it is not ended in the middle of that")
	require.ErrorIs(t, mine.Prove(t.Context(), 0), lease.ErrOver)

	theirs.Unlock()
	require.ErrorIs(t, theirs.Prove(t.Context(), 0), lease.ErrOver)
	require.Eventually(t, func() bool { return mine.Lock(t.Context(), 1) == nil }, 2*time.Minute, 10*time.Millisecond,
		"the server frees it once it has noticed")
}

// The session that changes the instance is the one that holds the lock there.
func TestWhatIsChangedGoesOverTheSessionThatHoldsTheLock(t *testing.T) {
	e := newEstate(t, nil)
	s, r := e.server(secondary)
	require.NoError(t, s.Lock(t.Context(), 3))
	at := func(term lease.Term) context.Context { return lease.Hold{Term: term}.In(t.Context()) }
	send := func(ctx context.Context) error {
		_, err := s.alter(ctx, "look", "SELECT 1 AS one")
		return err
	}
	require.NoError(t, send(at(3)))
	require.NoError(t, send(at(4)), "another instance was joined since")
	require.ErrorIs(t, send(at(2)), lease.ErrOver, "it was planned before the lock was had")

	r.Cut()
	err := send(at(4))
	require.Error(t, err, "no other connection takes its place")
	require.ErrorIs(t, send(at(4)), lease.ErrOver)
	require.ErrorIs(t, s.Prove(t.Context(), time.Hour), lease.ErrOver)

	require.NoError(t, s.Lock(t.Context(), 5), "the server gave it back when the session ended")
	require.ErrorIs(t, send(at(4)), lease.ErrOver)
	require.NoError(t, send(at(5)))
}

func TestAnInstanceThatWasSilentIsLockedBeforeItIsChanged(t *testing.T) {
	e := newEstate(t, nil)
	s, _ := e.server(secondary)
	_, err := s.alter(lease.Hold{Term: 1}.In(t.Context()), "look", "SELECT 1 AS one")
	require.ErrorIs(t, err, lease.ErrOver)
	require.NoError(t, s.Lock(t.Context(), 2))
	_, err = s.alter(lease.Hold{Term: 2}.In(t.Context()), "look", "SELECT 1 AS one")
	require.NoError(t, err)
}

// A killed session takes its lock along, whatever the console believes.
func TestALockIsLostWithItsSession(t *testing.T) {
	e := newEstate(t, nil)
	s, _ := e.server(secondary)
	other, _ := e.server(secondary)
	require.NoError(t, s.Lock(t.Context(), 1))
	sessions, err := s.read(t.Context(), "look", "SELECT session_id FROM sys.dm_exec_sessions WHERE context_info IS NOT NULL")
	require.NoError(t, err)
	require.Len(t, sessions, 1)
	_, err = other.read(t.Context(), "kill", "KILL "+strconv.Itoa(int(sessions[0].int("session_id", 0))))
	require.NoError(t, err)
	require.NoError(t, other.Lock(t.Context(), 1))
	require.ErrorIs(t, s.Prove(t.Context(), 0), lease.ErrOver)
	require.NoError(t, other.Prove(t.Context(), 0))
}

// A cut can leave our own session alive at the server. It is known again by what
// it says of itself, and ended only while it is idle.
func TestASessionOfOurOwnThatIsLeftBehindIsKnown(t *testing.T) {
	e := newEstate(t, nil)
	before, _ := e.server(secondary)
	now, _ := e.server(secondary)
	stranger, _ := e.server(secondary)
	dead, alive := lease.Process{ID: 4711, User: "alice"}, lease.Process{ID: 4712}
	before.run, now.run = lease.NewRun(dead, "incident"), lease.NewRun(alive, "incident")
	require.NoError(t, before.Lock(t.Context(), 1))

	var taken *TakenError
	require.ErrorAs(t, stranger.Lock(t.Context(), 1), &taken)
	require.False(t, taken.Holder.Own)
	require.Error(t, stranger.EndOwn(t.Context(), taken.Holder))

	require.ErrorAs(t, now.Lock(t.Context(), 1), &taken)
	require.False(t, taken.Holder.Own, "whether its console is still there is not known")
	require.ErrorContains(t, taken, "alice's pchatops on ")
	require.Error(t, now.EndOwn(t.Context(), taken.Holder))

	now.gone = func(p lease.Process) bool { return p.ID == dead.ID }
	require.ErrorAs(t, now.Lock(t.Context(), 1), &taken)
	require.True(t, taken.Holder.Own)
	require.Empty(t, taken.Holder.Command)
	busy := taken.Holder
	busy.Command = "RESTORE LOG"
	require.Error(t, now.EndOwn(t.Context(), busy))
	require.NoError(t, now.EndOwn(t.Context(), taken.Holder))
	require.Eventually(t, func() bool { return now.Lock(t.Context(), 1) == nil }, 2*time.Minute, 10*time.Millisecond)
	require.ErrorIs(t, before.Prove(t.Context(), 0), lease.ErrOver)
}

func TestTheConsoleDoesNotWaitForALock(t *testing.T) {
	e := newEstate(t, nil)
	s, _ := e.server(secondary)
	other, _ := e.server(secondary)
	require.NoError(t, s.Lock(t.Context(), 1))
	began := time.Now()
	require.Error(t, other.Lock(t.Context(), 1))
	require.Less(t, time.Since(began), 20*time.Second)
}

// The servers name the lock, so that site files in other words mean the same one.
func TestALockIsNamedByTheServer(t *testing.T) {
	e := newEstate(t, nil)
	s, _ := e.server(secondary)
	other, _ := e.server(secondary)
	name, err := s.Approach(t.Context())
	require.NoError(t, err)
	require.Equal(t, `SQL11\RTC`, name)
	require.NoError(t, s.Lock(t.Context(), 1))
	other.database = "MGC"
	require.True(t, fault.Is(other.Lock(t.Context(), 1), fault.InUse))
	other.database = "mgc2"
	require.NoError(t, other.Lock(t.Context(), 1), "another database is another site")

	require.Equal(t, `pchatops:SQL11\RTC:mgc`, lockName(`sql11\rtc`, "MGC"))
	long := lockName(strings.Repeat("n", 300), "mgc")
	require.LessOrEqual(t, len(long), 255)
	require.NotEqual(t, long, lockName(strings.Repeat("n", 301), "mgc"))
}
