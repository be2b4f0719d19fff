//go:build linux || darwin

package process

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lease"
)

func TestAProcessIsGoneOnlyWhereThatIsKnown(t *testing.T) {
	me := Self()
	require.NotZero(t, me.Machine)
	require.NotZero(t, me.Start)
	require.Equal(t, uint32(os.Getpid()), me.ID)
	with := func(f func(*lease.Process)) lease.Process {
		p := me
		f(&p)
		return p
	}
	for name, c := range map[string]struct {
		p    lease.Process
		gone bool
	}{
		"this one":                                               {me, false},
		"an earlier one of its number":                           {with(func(p *lease.Process) { p.Start-- }), true},
		"one before this machine was restarted":                  {with(func(p *lease.Process) { p.Boot[0]++ }), true},
		"one of another machine":                                 {with(func(p *lease.Process) { p.Machine[0]++; p.Boot[0]++; p.ID = 1 << 22 }), false},
		"one of before this one was renamed":                     {with(func(p *lease.Process) { p.Machine[0]++; p.Start-- }), true},
		"this one, which was renamed since":                      {with(func(p *lease.Process) { p.Machine[0]++ }), false},
		"one of another name that tells no start of its machine": {with(func(p *lease.Process) { p.Machine[0]++; p.Boot = [8]byte{}; p.Start-- }), false},
		"one whose numbers are not ours":                         {with(func(p *lease.Process) { p.Machine[15]++; p.ID = 1 << 22 }), false},
		"one that does not tell its machine":                     {with(func(p *lease.Process) { p.Machine = [16]byte{} }), false},
		"one that does not tell its start":                       {with(func(p *lease.Process) { p.Start = 0 }), false},
		"one without a number":                                   {with(func(p *lease.Process) { p.ID = 0 }), false},
		"none":                                                   {lease.Process{}, false},
		"a number that nobody has":                               {with(func(p *lease.Process) { p.ID = 1 << 22 }), true},
	} {
		require.Equal(t, c.gone, Gone(c.p), name)
	}
}

func TestAProcessThatWasKilledIsGone(t *testing.T) {
	child := exec.CommandContext(t.Context(), "sleep", "600")
	require.NoError(t, child.Start())
	p := Self()
	p.ID = uint32(child.Process.Pid)
	var there presence
	p.Start, there = look(child.Process.Pid)
	require.Equal(t, present, there)
	require.False(t, Gone(p))
	require.NoError(t, child.Process.Kill())
	require.Eventually(t, func() bool { return Gone(p) }, time.Minute, time.Millisecond, "though nobody has asked for its exit code")
	_ = child.Wait()
	require.True(t, Gone(p))
}
