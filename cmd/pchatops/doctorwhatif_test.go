package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/doctor"
	"pchatops/ops/lab"
	"pchatops/ops/site"
)

// whatIfOn tries the cmdlets of a site with -WhatIf, past the phrase.
func whatIfOn(t *testing.T, l *lab.Lab) []doctor.Check {
	t.Helper()
	s, err := site.Load(l.Describe().Config)
	require.NoError(t, err)
	e := ask{site: s, secrets: site.NewSecrets(nil), dir: t.TempDir()}.reach("doctor")
	defer e.close()
	return e.tryWhatIf(t.Context())
}

func found(checks []doctor.Check, code string) (out []doctor.Check) {
	for _, c := range checks {
		if c.Code == code {
			out = append(out, c)
		}
	}
	return out
}

// While people chat through the primary, nothing that could take chat from them is
// run, not even with -WhatIf.
func TestWhatIfTouchesNoPoolThatIsServed(t *testing.T) {
	t.Parallel()
	l := startSite(t, "healthy", lab.Options{})
	faulty("setup", "host=FE11", "whatif=ignored")(t, l)
	before := l.World().Truth()
	checks := whatIfOn(t, l)
	for _, cmdlet := range []string{"Set-CsPersistentChatState", "Set-CsPersistentChatActiveServer"} {
		c := found(checks, "whatif "+cmdlet)
		require.Len(t, c, 1)
		require.False(t, *c[0].Holds)
		require.Contains(t, c[0].Seen, "refused: the pool is Normal")
	}
	after := l.World().Truth()
	require.Equal(t, before.Pool, after.Pool)
	require.Equal(t, before.Active, after.Active)
	require.Empty(t, l.Leftovers())
}

func TestWhatIfShowsWhatTheCmdletsPrint(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{})
	checks := whatIfOn(t, l)
	for _, cmdlet := range []string{"Set-CsPersistentChatState", "Set-CsPersistentChatActiveServer", "Install-CsMirrorDatabase"} {
		c := found(checks, "whatif "+cmdlet)
		require.Len(t, c, 1)
		require.Contains(t, c[0].Seen, "What if: ")
	}
	c := found(checks, "whatif-changed")
	require.Len(t, c, 1)
	require.NotNil(t, c[0].Holds, c[0].Seen)
	require.True(t, *c[0].Holds, c[0].Seen)
	require.Equal(t, "Normal", l.World().Truth().Pool)
}

// A cmdlet that does not heed -WhatIf has changed the pool: that is critical, and what
// puts it back stands there.
func TestWhatIfFindsWhatACmdletChangedAllTheSame(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{})
	faulty("setup", "host=FE11", "whatif=ignored")(t, l)
	checks := whatIfOn(t, l)
	require.Equal(t, "FailedOver", l.World().Truth().Pool)
	c := found(checks, "whatif-changed")
	require.NotEmpty(t, c)
	require.True(t, c[0].Critical)
	require.Contains(t, c[0].Seen, "was Normal, and is FailedOver")
	require.Contains(t, c[0].Do, "-PoolState 'Normal'")
	require.Equal(t, doctor.NoGo, doctor.Conclude(checks).Verdict)
}

func TestWhatIfNeedsATerminal(t *testing.T) {
	t.Parallel()
	l := startSite(t, "healthy", lab.Options{})
	r := consoleOn(t, l).run("doctor", "--whatif")
	require.Equal(t, 3, r.code)
	require.Contains(t, r.stderr, "try the cmdlets of litware-lab with -WhatIf")
	require.Empty(t, r.lines)
}
