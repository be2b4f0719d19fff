package failover

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/procedures"
)

// F2 asks before it goes on without a backup that nobody can copy, and copies it
// as soon as somebody can.
func TestF2IsNotDoneWhileABackupCannotBeCopied(t *testing.T) {
	e := newEstate(t)
	name := fileName(5)
	e.remembered[procedures.NotCopied+name] = "access is denied"
	e.folders.locked = map[string]bool{name: true}

	p := e.plan(t, "F2")
	require.Equal(t, []string{name}, p.Lost)
	g := unmet(p)["every backup on the share copied"]
	require.Equal(t, "go on without copying "+name, g.Override)
	proof := e.proven(t, "F2")
	require.False(t, proof.Holds)
	require.True(t, proof.Decide)
	require.Contains(t, proof.Says, name)

	_, err := e.run(t, "F2") // with the phrase
	require.NoError(t, err)
	proof = e.proven(t, "F2")
	require.True(t, proof.Holds)
	require.Equal(t, name, proof.LeftBehind[0].File)

	e.folders.locked = nil
	require.Empty(t, unmet(e.plan(t, "F2")), "it opens by now")
	_, err = e.run(t, "F2")
	require.NoError(t, err)
	proof = e.proven(t, "F2")
	require.True(t, proof.Holds)
	require.Empty(t, proof.LeftBehind)
}
