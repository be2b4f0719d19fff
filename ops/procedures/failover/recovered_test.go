package failover

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/procedures"
	"pchatops/ops/status"
)

// The history goes by the database's name: another database that was given the
// name began its fork where the history does not lead.
func TestHowFarADatabaseWasRecoveredIsNotTakenFromTheHistoryOfAnother(t *testing.T) {
	f := recalling(nil)
	last := status.Restored{First: number(2), Last: number(3), Fork: "old", Family: "f"}
	for name, c := range map[string]struct {
		d    status.Database
		at   int
		says string
	}{
		"recovered where the history ends": {status.Database{Fork: "new", ForkPoint: number(3), Restored: last}, 3, ""},
		"a fork point that is not told":    {status.Database{Fork: "new", Restored: last}, 3, ""},
		"renamed, recovered earlier":       {status.Database{Fork: "new", ForkPoint: number(1), Restored: last}, 1, "another copy"},
		"no history":                       {status.Database{Fork: "new", ForkPoint: number(3)}, 0, "no restore"},
	} {
		at, why := f.restored(c.d, nil)
		if c.at > 0 {
			require.Equal(t, number(c.at), at.LSN, name)
		} else {
			require.True(t, at.LSN.IsZero(), name)
		}
		if c.says == "" {
			require.Empty(t, why, name)
		} else {
			require.Contains(t, why, c.says, name)
		}
	}
}

func TestTheRecoveredDatabaseIsKnownByItsFork(t *testing.T) {
	f := recalling(map[string]string{recoveredAt: number(3).String(), recoveredFork: "ours", recoveredBy: "7"})
	last := status.Restored{ID: 7, First: number(2), Last: number(3), Fork: "old"}
	for name, c := range map[string]struct {
		d    status.Database
		same bool
	}{
		"the same":                              {status.Database{Fork: "OURS", ForkPoint: number(3), Restored: last}, true},
		"restored anew, up to the same log":     {status.Database{Fork: "x", ForkPoint: number(3), Restored: last}, false},
		"restored from an older full backup":    {status.Database{Fork: "x", ForkPoint: number(1), Restored: status.Restored{Last: number(1), Fork: "old"}}, false},
		"restored from a backup of it":          {status.Database{Fork: "x", ForkPoint: number(5), Restored: status.Restored{Last: number(5), Fork: "ours"}}, false},
		"the same, where it began is not told":  {status.Database{Fork: "x", Restored: status.Restored{Last: number(5), Fork: "ours"}}, false},
		"made anew as the mirror, and led back": {status.Database{Fork: "ours", ForkPoint: number(3), Restored: status.Restored{Last: number(5), Fork: "ours"}}, true},
		"its mirror took over and forked later": {status.Database{Fork: "x", ForkPoint: number(5), Restored: last}, true},
		"restored once more since, up to there": {status.Database{Fork: "x", ForkPoint: number(5), Restored: status.Restored{ID: 9, First: number(2), Last: number(3), Fork: "old"}}, false},
	} {
		at, _ := f.restored(c.d, nil)
		require.Equal(t, c.same, f.same("", c.d, at), name)
	}
}

func recalling(recalled map[string]string) *failover {
	return &failover{Estate: &procedures.Estate{Recall: func(name string) string { return recalled[name] }}, db: "mgc"}
}

// Whoever goes on with a database that was put in the place of the recovered one
// says so, and it is no tick before that.
func TestGoingOnWithAnotherDatabaseAsksForAPhrase(t *testing.T) {
	e := newEstate(t)
	for _, id := range []string{"F1", "F2", "F3", "F4b"} {
		_, err := e.run(t, id)
		require.NoError(t, err)
	}
	e.remembered[recoveredFork], e.secondary.facts.Database.Fork = "ours", "another"
	e.secondary.applied = e.secondary.applied[:1]
	p := e.proven(t, "F4b")
	require.False(t, p.Holds)
	require.Empty(t, p.Moot, "it takes the tick back")
	require.NotEmpty(t, p.LeftBehind)
	require.Contains(t, unmet(e.plan(t, "F4b"))["the recovered database"].Override, "go on with the mgc")
	_, err := e.run(t, "F4b")
	require.NoError(t, err)
	p = e.proven(t, "F4b")
	require.True(t, p.Holds)
	require.NotEmpty(t, p.LeftBehind, "what it lacks is still said")
}
