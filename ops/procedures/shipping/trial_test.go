package shipping

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/lab/world"
)

// probes are the files that a trial has left, wherever.
func (r *rig) probes() (left []string) {
	r.t.Helper()
	for _, folder := range []string{r.lab.World().SharePath(), r.lab.World().FolderPath()} {
		files, err := filepath.Glob(filepath.Join(folder, "pchatops_probe*"))
		require.NoError(r.t, err)
		left = append(left, files...)
	}
	return left
}

func TestTheFoldersAreTriedAndNothingIsLeftBehind(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	const tries = "SELECT database_name, is_copy_only FROM msdb.dbo.backupset WHERE database_name = 'model'"
	require.Len(t, r.plan("P4-P6").Actions, 4)
	require.False(t, r.proof("P4-P6").Holds, "nobody has tried")
	require.Empty(t, r.probes(), "looking at a plan writes nothing")
	require.Empty(t, r.sql("primary", tries))

	r.ship("P4-P6")
	r.already("P4-P6")
	require.Empty(t, r.probes())
	require.NotContains(t, strings.Join(r.said, "\n"), "could not be deleted")
	for _, role := range []string{"primary", "secondary"} {
		require.Equal(t, []string{"model true"}, r.sql(role, tries))
	}
	require.NoError(t, r.lab.World().SetAccount(world.Secondary, world.Engine, `LITWARE\svc-other`))
	require.False(t, r.proof("P4-P6").Holds, "another account has to show what it may")
}

func TestWhichAccountLacksWhichRightIsSaid(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	for _, c := range []struct {
		role, folder string
		access       world.Access
		class        fault.Class
		text, do     string
	}{
		{world.Primary, world.Share, world.ReadOnly, fault.Access, "5(Access is denied.)", `LITWARE\svc-sql, as which SQL Server on SQL01\RTC runs, lacks the right to write in \\FS01\LogShip`},
		{world.Primary, world.Share, world.Unreachable, fault.NotFound, "53(The network path was not found.)", `SQL01\RTC does not reach \\FS01\LogShip`},
		{world.Primary, world.Share, world.NoLogon, fault.Access, "1326(", `the file server of \\FS01\LogShip refuses the logon of LITWARE\svc-sql, as which SQL Server on SQL01\RTC runs`},
		{world.Secondary, world.Share, world.Denied, fault.Access, "5(Access is denied.)", `LITWARE\svc-sql, as which SQL Server on SQL11\RTC runs, lacks the right to read in \\FS01\LogShip`},
		{world.Secondary, world.Share, world.Unreachable, fault.NotFound, "53(", `SQL11\RTC does not reach \\FS01\LogShip`},
		{world.Secondary, world.Share, world.NoLogon, fault.Access, "1326(", `as which SQL Server on SQL11\RTC runs`},
		{world.Secondary, world.Folder, world.ReadOnly, fault.Access, "5(Access is denied.)", `LITWARE\svc-sql, as which SQL Server on SQL11\RTC runs, lacks the right to write in E:\LogShip`},
	} {
		require.NoError(t, r.lab.World().SetAccess(c.role, world.Engine, c.folder, c.access))
		var f *fault.Error
		require.True(t, errors.As(r.send("P4-P6"), &f), c.do)
		require.Equal(t, c.class, f.Class)
		require.EqualValues(t, 3201, f.Number)
		require.Contains(t, f.Text, c.text)
		require.Contains(t, f.Do, c.do)
		require.False(t, r.proof("P4-P6").Holds)
		require.Empty(t, r.probes(), "%s: a trial that fails is cleared away, too", c.do)
		require.NoError(t, r.lab.World().SetAccess(c.role, world.Engine, c.folder, world.Allowed))
	}
	r.ship("P4-P6")
}

func TestAnAgentWithAnAccountOfItsOwnIsTriedByItsJob(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	require.NoError(t, r.lab.World().SetAccount(world.Secondary, world.Agent, `LITWARE\svc-agent`))
	require.NoError(t, r.lab.World().SetAccess(world.Secondary, world.Agent, world.Share, world.Denied))
	require.Contains(t, r.plan("P4-P6").Notes[0], `LITWARE\svc-agent`)
	r.ship("P4-P6", "P13a", "P13b", "P1-P9", "P10-P19")
	var f *fault.Error
	require.True(t, errors.As(r.send("P20"), &f))
	require.Equal(t, fault.Agent, f.Class)
	require.Contains(t, f.Text, "5(Access is denied.)")
	require.Contains(t, f.Do, `LITWARE\svc-agent, as which the Agent of SQL11\RTC runs, has to read \\FS01\LogShip and to write E:\LogShip`)
	require.NoError(t, r.lab.World().SetAccess(world.Secondary, world.Agent, world.Share, world.Allowed))
	r.ship("P20")
}

func TestAProbeThatCannotBeDeletedIsTold(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ship-primary")
	actions := r.plan("P4-P6").Actions
	require.NoError(t, actions[0].Do(t.Context(), r))
	left := r.probes()
	require.Len(t, left, 1)
	name := filepath.Base(left[0])
	require.NoError(t, r.lab.World().Garble(world.Share, name))
	require.NoError(t, actions[2].Do(t.Context(), r))
	require.Contains(t, r.said[len(r.said)-1], name+" could not be deleted: delete it by hand")
	r.ship("P4-P6")
	require.Empty(t, r.probes(), "the next trial overwrites it")
}
