package shipmirror_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/site"
)

func TestAMirrorThatWasNotSynchronizedIsWaitedForAndThenConfigured(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-mirror")
	r.query(primary, "ALTER DATABASE mgc SET PARTNER SUSPEND")
	_, err := r.run("ship-mirror", r.step("M1"))
	require.True(t, fault.Is(err, fault.Refused))
	require.Nil(t, r.facts(site.Mirror).Primary, "nothing is half set up")
	r.query(primary, "ALTER DATABASE mgc SET PARTNER RESUME")
	require.Eventually(t, func() bool { return r.facts(site.Primary).Mirroring.State == "SYNCHRONIZED" }, 2*time.Minute, 10*time.Millisecond)
	r.do(all...)
	require.Equal(t, "PRINCIPAL", r.facts(site.Primary).Mirroring.Role)
	require.NotNil(t, r.facts(site.Mirror).Primary)
}

func TestWithoutAWitnessTheMirrorIsConfiguredAllTheSame(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-mirror")
	r.query(primary, "ALTER DATABASE mgc SET WITNESS OFF")
	p, err := engine.Planned(t.Context(), r.step("M1"))
	require.NoError(t, err)
	require.Contains(t, p.Notes, "there is no witness: while the chat runs on the mirror nothing fails over by itself")
	r.do(all...)
	require.Equal(t, "PRINCIPAL", r.facts(site.Primary).Mirroring.Role)
	require.NotNil(t, r.facts(site.Mirror).Primary)
}

func TestAPrincipalThatMovesBackByItselfIsBroughtOverAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-mirror")
	before := r.secondaryConfiguration()
	r.do("M1", "M2-M3")
	r.query(mirror, "ALTER DATABASE mgc SET PARTNER FAILOVER") // nobody asked the console
	require.Contains(t, r.unmet("M4-M20"), "mirroring")
	_, err := r.run("ship-mirror", r.step("M4-M20"))
	require.True(t, fault.Is(err, fault.Refused), err)
	require.Nil(t, r.facts(site.Mirror).Primary, "nothing is half set up")

	r.do(all...)
	require.Equal(t, "PRINCIPAL", r.facts(site.Primary).Mirroring.Role)
	require.NotNil(t, r.facts(site.Mirror).Primary)
	require.Equal(t, before, r.secondaryConfiguration())
}
