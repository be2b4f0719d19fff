package failover_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
	"pchatops/ops/procedures/procedurestest"
)

// The target is a plan of F2 under 3 s; the test leaves room for a machine that
// does other things beside.
func TestThePlanOfF2DoesNotReadThousandsOfForeignFiles(t *testing.T) {
	l := procedurestest.Start(t, lab.Options{Scenario: "failover", Seed: 7})
	require.NoError(t, l.World().Foreigners(world.Share, "erp", 6_000, false))
	s := step(t, l, "F2")
	began := time.Now()
	p, err := s.Plan(t.Context())
	took := time.Since(began)
	require.NoError(t, err)
	require.Len(t, p.Actions, 3, "the own backups, a look at the others, and what that brings to light")
	t.Logf("planned in %s", took)
	require.Less(t, took, 30*time.Second)
}
