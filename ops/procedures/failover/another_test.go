package failover

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
)

// Nothing is recovered in the place of the database that was shipped unless that
// is asked for by its own phrase, in F3 and again in F4b.
func TestAnotherDatabaseUnderTheNameIsNotFailedOverSilently(t *testing.T) {
	e := newEstate(t)
	e.secondary.before, e.secondary.applied = e.secondary.applied, nil
	e.secondary.facts.Database.Family = "0123456789"
	e.folders.share, e.folders.copied = nil, nil
	e.secondary.facts.Secondary = nil

	require.Contains(t, e.proven(t, "F2").Says, "another one")
	require.False(t, e.proven(t, "F3").Holds)
	p := e.plan(t, "F3")
	require.Empty(t, p.Already)
	require.Equal(t, "go on with another mgc (family 01234567)", unmet(p)["the database that was shipped"].Override)
	require.Equal(t, []string{"mgc as it was shipped"}, p.Lost)
	_, err := e.run(t, "F3")
	require.NoError(t, err)
	proof := e.proven(t, "F3")
	require.True(t, proof.Holds)
	require.Equal(t, "mgc as it was shipped", proof.LeftBehind[0].File)

	p = e.plan(t, "F4b")
	require.Contains(t, p.Loss, "all chat")
	require.Equal(t, "recover another mgc (family 01234567) and lose all chat that was shipped", unmet(p)["the database that was shipped"].Override)
	_, err = e.run(t, "F4b")
	require.NoError(t, err)
	require.Contains(t, e.remembered[leftBehindFact+"0"], "mgc as it was shipped")
}

func TestWhatTheHistoryRestoredIsOnlyAppliedToTheDatabaseAsItStands(t *testing.T) {
	e := newEstate(t)
	e.secondary.facts.Database.RedoLSN = number(1) // an older copy bears the name now
	e.secondary.facts.Secondary = nil
	p := e.plan(t, "F3")
	require.Contains(t, p.Actions[0].ID, chain.Base(fileName(2)), "what stands there is brought forward again")
	e.folders.share, e.folders.copied = e.folders.share[:2], e.folders.copied[:2]
	_, err := e.run(t, "F3")
	require.NoError(t, err)
	p = e.plan(t, "F4b")
	require.Contains(t, unmet(p)["no backup left behind"].Seen, fileName(3))
	require.Contains(t, p.Lost, fileName(3))
}
