package shipmirror_test

import (
	"errors"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/lab/world"
	"pchatops/ops/site"
)

// probes are the files that a trial has left on the share.
func (r *rig) probes() []string {
	r.t.Helper()
	files, err := filepath.Glob(filepath.Join(r.world().SharePath(), "pchatops_probe*"))
	require.NoError(r.t, err)
	return files
}

const tries = "SELECT database_name, is_copy_only FROM msdb.dbo.backupset WHERE database_name = 'model'"

func TestTheMirrorWritesToTheShareAndLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-mirror")
	r.do("M1")
	p, err := engine.Planned(t.Context(), r.step("M2-M3"))
	require.NoError(t, err)
	require.Len(t, p.Actions, 1)
	require.Contains(t, p.Actions[0].Text, "BACKUP DATABASE [model]")
	require.Empty(t, r.query(mirror, tries), "looking at a plan writes nothing")

	r.do("M2-M3", "M2-M3")
	require.Equal(t, []string{"model true"}, r.query(mirror, tries), "once is enough")
	require.Empty(t, r.probes())
	require.NoError(t, r.world().SetAccount(world.Mirror, world.Engine, `LITWARE\svc-other`))
	proof, err := engine.Proved(t.Context(), r.step("M2-M3"))
	require.NoError(t, err)
	require.False(t, proof.Holds, "another account has to show what it may")
	require.Contains(t, proof.Says, "nobody has tried yet")
}

func TestAMirrorThatMayNotWriteToTheShareIsNamed(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-mirror")
	require.NoError(t, r.world().SetAccess(world.Mirror, world.Engine, world.Share, world.ReadOnly))
	r.do("M1")
	require.Empty(t, r.unmet("M2-M3"), "it sees the folder")
	res, err := r.run("ship-mirror", r.step("M2-M3"))
	require.NoError(t, err)
	require.Equal(t, engine.Failed, res.Outcome)
	var f *fault.Error
	require.True(t, errors.As(res.Err, &f), res.Err)
	require.Equal(t, fault.Access, f.Class)
	require.EqualValues(t, 3201, f.Number)
	require.Contains(t, f.Text, "5(Access is denied.)")
	require.Regexp(t, "^"+regexp.QuoteMeta(`LITWARE\svc-sql, as which SQL Server on SQL02\RTC runs, lacks the right to write in \\FS01\LogShip: give it on the share and in NTFS`+
		` (the chat ran on the mirror SQL02\RTC when the servers were read at `)+`\d\d:\d\d:\d\d UTC: `+
		regexp.QuoteMeta(`see where it runs now; step M22 goes back to SQL01\RTC: run ship-mirror --step M22)`)+"$", f.Do, "it is said from memory: as what was so, and when")
	require.Nil(t, r.facts(site.Mirror).Primary, "nothing is half set up")
	require.Empty(t, r.probes())

	require.NoError(t, r.world().SetAccess(world.Mirror, world.Engine, world.Share, world.Allowed))
	r.do(all...)
}
