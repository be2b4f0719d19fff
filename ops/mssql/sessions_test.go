package mssql

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/status"
)

const report = "Report Viewer"

// intruders lists the sessions of others in mgc.
func intruders(t *testing.T, s *Server) []status.Session {
	t.Helper()
	all, err := s.Sessions(context.Background(), "mgc")
	require.NoError(t, err)
	var out []status.Session
	for _, one := range all {
		if !one.Own && !one.System {
			out = append(out, one)
		}
	}
	return out
}

func TestSessionsTellWhoHoldsTheDatabase(t *testing.T) {
	e := newEstate(t, nil)
	s, _ := e.server(secondary)
	e.world.Intrude(secondary, "mgc", report, 2, 0)
	found := intruders(t, s)
	require.Len(t, found, 2)
	require.Equal(t, report, found[0].Program)
	require.Equal(t, "RPT01", found[0].Host)
	require.NotEmpty(t, found[0].Login)
	require.False(t, found[0].LoginTime.IsZero())
	require.Equal(t, 2, facts(t, s).Sessions)
}

func TestAListThatTheLoginMayNotSeeIsNoEmptyList(t *testing.T) {
	e := newEstate(t, nil)
	_, err := e.watcher(secondary).Sessions(context.Background(), "mgc")
	require.True(t, fault.Is(err, fault.Permission), err)
	require.Contains(t, err.Error(), "VIEW SERVER STATE")
}

func TestASessionIsEndedOnce(t *testing.T) {
	e := newEstate(t, nil)
	s, _ := e.server(secondary)
	e.world.Intrude(secondary, "mgc", report, 1, 0)
	a := s.EndSession(intruders(t, s)[0])
	settled, err := a.Settle(context.Background())
	require.NoError(t, err)
	require.False(t, settled)

	_, err = run(t, a)
	require.NoError(t, err)
	require.Empty(t, intruders(t, s))
	_, err = run(t, a)
	require.NoError(t, err, "a session that has gone is what was wanted")
	settled, err = a.Settle(context.Background())
	require.NoError(t, err)
	require.True(t, settled)
}

func TestASessionIDThatWasUsedAgainIsLeftAlone(t *testing.T) {
	e := newEstate(t, nil)
	s, _ := e.server(secondary)
	e.world.Intrude(secondary, "mgc", report, 1, 0)
	listed := intruders(t, s)[0]
	for what, change := range map[string]func(*status.Session){
		"another connection": func(one *status.Session) { one.Connection = "00000000-0000-0000-0000-000000000001" },
		"hostile, too":       func(one *status.Session) { one.Connection = "x' OR 1=1 --" },
		"a later login": func(one *status.Session) {
			one.Connection, one.LoginTime = "", one.LoginTime.Add(-time.Second)
		},
		"no login time yet": func(one *status.Session) { one.Connection, one.LoginTime = "", time.Time{} },
	} {
		other := listed
		change(&other)
		_, err := run(t, s.EndSession(other))
		require.True(t, fault.Is(err, fault.Refused), "%s: %v", what, err)
	}
	require.Len(t, intruders(t, s), 1)
}

// A pool hands its connection on between the list and the KILL.
func TestASessionIsEndedThoughItsPoolHandsItsConnectionOn(t *testing.T) {
	e := newEstate(t, still)
	s, _ := e.server(secondary)
	e.world.Intrude(secondary, "mgc", report, 1, 0)
	listed := intruders(t, s)
	require.Len(t, listed, 1)
	require.Equal(t, report, listed[0].Program, "not a thread of its report, which names nobody")
	e.world.Elapse(5 * time.Second)
	require.NotEqual(t, listed[0].LoginTime, intruders(t, s)[0].LoginTime)
	_, err := run(t, s.EndSession(listed[0]))
	require.NoError(t, err)
	require.Empty(t, intruders(t, s))
}

func TestOwnAndSystemSessionsAreNeverEnded(t *testing.T) {
	e := newEstate(t, nil)
	s, r := e.server(secondary)
	all, err := s.Sessions(context.Background(), "master")
	require.NoError(t, err)
	own, system := 0, 0
	facts(t, s)
	before := r.exchanges.Load()
	for _, one := range all {
		if one.Own {
			own++
		}
		if one.System {
			system++
		}
		if one.Own || one.System {
			_, err := run(t, s.EndSession(one))
			require.True(t, fault.Is(err, fault.Refused), err)
		}
	}
	require.NotZero(t, own, "the console sees its own session")
	require.NotZero(t, system)
	require.Equal(t, before, r.exchanges.Load(), "nothing was sent")
}
