package world_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world"
)

// tried is the error of SQL Server and its text when model is backed up to a
// file, or a file is read.
func (c *client) tried(file string, write bool) (int32, string) {
	c.t.Helper()
	var e *tsql.Error
	if write {
		e = c.fresh().host.Backup(c.t.Context(), tsql.Backup{Database: "model", Disks: []string{file}, With: with("COPY_ONLY", "FORMAT", "CHECKSUM")}, c)
	} else {
		e = c.fresh().host.Restore(c.t.Context(), tsql.Restore{What: "VERIFYONLY", Disks: []string{file}, With: with("CHECKSUM")}, c)
	}
	for _, m := range append(c.info, e) {
		if m != nil && m.Class > 10 {
			return m.Number, m.Message
		}
	}
	return 0, ""
}

func TestTheShareCanBeOutOfReachFromOneSideOnly(t *testing.T) {
	const file = world.Share + `\probe.bak`
	w := site(t)
	primary, second := admin(t, w, world.Primary), admin(t, w, world.Secondary)
	number, _ := primary.tried(file, true)
	require.Zero(t, number)
	for _, c := range []struct {
		access      world.Access
		write, read string // what the server says; "": it can
	}{
		{world.ReadOnly, "5(Access is denied.)", ""},
		{world.Denied, "5(Access is denied.)", "5(Access is denied.)"},
		{world.Unreachable, "53(The network path was not found.)", "53(The network path was not found.)"},
		{world.NoLogon, "1326(The user name or password is incorrect.)", "1326(The user name or password is incorrect.)"},
		{world.Allowed, "", ""},
	} {
		for _, side := range []struct {
			name         string
			limited, not *client
		}{{world.Primary, primary, second}, {world.Secondary, second, primary}} {
			require.NoError(t, w.SetAccess(side.name, world.Engine, world.Share, c.access))
			for write, want := range map[bool]string{true: c.write, false: c.read} {
				number, text := side.limited.tried(file, write)
				if want == "" {
					require.Zero(t, number, text)
				} else {
					require.EqualValues(t, 3201, number)
					require.Contains(t, text, want)
				}
				number, text = side.not.tried(file, write)
				require.Zero(t, number, "the other side: %s", text)
			}
			require.NoError(t, w.SetAccess(side.name, world.Engine, world.Share, world.Allowed))
		}
	}
	require.Error(t, w.SetAccess("SQL99", world.Engine, world.Share, world.Denied))
	require.Error(t, w.SetAccess(world.Primary, "browser", world.Share, world.Denied))
	require.Error(t, w.SetAccess(world.Primary, world.Engine, `C:\Windows`, world.Denied))
	require.Error(t, w.SetAccess(world.Primary, world.Engine, world.Share, "half"))
}

func TestTheAgentHasEyesOfItsOwn(t *testing.T) {
	w := site(t)
	require.NoError(t, w.SetAccount(world.Secondary, world.Agent, `LITWARE\svc-agent`))
	require.NoError(t, w.SetAccess(world.Secondary, world.Agent, world.Share, world.Denied))
	second := admin(t, w, world.Secondary)
	number, _ := second.tried(world.Share+`\mgc_full.bak`, false)
	require.Zero(t, number, "SQL Server itself reads it")
	require.Equal(t, []any{`LITWARE\svc-sql`, `LITWARE\svc-agent`}, second.column("", "sys", "dm_server_services", "service_account"))
	sofar := len(jobRuns(second, "LSCopy"))
	w.Elapse(w.Config().Interval)
	runs := jobRuns(second, "LSCopy")
	require.Greater(t, len(runs), sofar)
	require.Equal(t, int64(0), runs[len(runs)-1]["run_status"])
}

func TestLocalSystemReachesNoShare(t *testing.T) {
	w := site(t)
	require.NoError(t, w.SetAccount(world.Primary, world.Engine, "LocalSystem"))
	number, _ := admin(t, w, world.Primary).tried(world.Share+`\probe.bak`, true)
	require.EqualValues(t, 3201, number)
}

func TestOldBackupsAreDeletedByExtensionAndWhatIsNoneStays(t *testing.T) {
	w := site(t)
	sa := admin(t, w, world.Primary)
	for _, name := range []string{`\a.probe1`, `\b.probe2`, `\c.probe1`} {
		number, text := sa.tried(world.Share+name, true)
		require.Zero(t, number, text)
	}
	require.NoError(t, w.Garble(world.Share, "c.probe1"))
	seen := func(name string) any {
		sa.must("xp_fileexist", "@filename", world.Share+name)
		return sa.sets[0].Values[0][0]
	}
	sa.must("xp_delete_file", "@type", int64(0), "@folder", world.Share, "@extension", "probe1", "@before", "2026-11-20T00:00:00")
	require.Equal(t, int64(1), seen(`\a.probe1`), "it is younger")
	sa.must("xp_delete_file", "@type", int64(0), "@folder", world.Share, "@extension", "probe1", "@before", "2026-11-22T00:00:00")
	require.Equal(t, int64(0), seen(`\a.probe1`))
	require.Equal(t, int64(1), seen(`\b.probe2`), "it has another extension")
	require.Equal(t, int64(1), seen(`\c.probe1`), "it is no backup")
	require.EqualValues(t, 22049, refused(sa, "xp_delete_file", "@type", int64(0), "@folder", world.Share))
}

func TestAShellMayBeRefusedWhatTheServerMayRead(t *testing.T) {
	w := site(t)
	sa := admin(t, w, world.Secondary)
	for state, says := range map[world.Access]string{world.Denied: "Access is denied", world.Unreachable: "network path", world.NoLogon: "password"} {
		require.NoError(t, w.SetAccess("SQL11", world.Shell, world.Share, state))
		_, err := w.Resolve("SQL11", world.Share)
		require.ErrorContains(t, err, says)
		_, err = w.Resolve("FE11", world.Share)
		require.NoError(t, err)
		require.Zero(t, sa.restore("VERIFYONLY", world.Share+`\mgc_full.bak`))
	}
	require.NoError(t, w.SetAccess("SQL11", world.Shell, world.Share, world.Allowed))
	_, err := w.Resolve("SQL11", world.Share)
	require.NoError(t, err)
	require.NoError(t, w.SetAccess("FE11", world.Shell, world.Share, world.Denied))
	_, err = w.Resolve("fe11.litwareinc.com", world.Share+`\mgc_full.bak`)
	require.Error(t, err)
	require.NoError(t, w.SetAccess("SQL11", world.Shell, world.Share, world.ReadOnly))
	_, err = w.Resolve("SQL11", world.Share)
	require.NoError(t, err, "reading goes on")
	require.Error(t, w.SetAccess("FE11", world.Engine, world.Share, world.Denied))
}
