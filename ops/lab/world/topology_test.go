package world_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/windows"
)

func TestWhatIsEditedCountsOnceItIsPublished(t *testing.T) {
	w := site(t)
	w.BareTopology()
	require.Equal(t, map[string]windows.Store{"primary": {FQDN: "sql01.litwareinc.com", Instance: "RTC"}}, w.Stores())
	require.ErrorContains(t, w.SetStore("mirror", "SQL02"), "not defined yet")
	require.NoError(t, w.DefineStore("sql02.litwareinc.com"))
	require.NoError(t, w.SetStore("mirror", "SQL02"))
	before := w.Topology()
	require.NotContains(t, w.Stores(), "mirror", "an edit is nobody else's business yet")

	w.PublishTopology(false)
	require.Equal(t, "sql02.litwareinc.com", w.Stores()["mirror"].FQDN)
	after := w.Topology()
	require.NotEqual(t, before.Document, after.Document)
	require.Equal(t, before.Document, after.Replica, "the hosts' copies follow later")
	w.PublishTopology(true)
	require.Equal(t, w.Topology().Document, w.Topology().Replica)
}

func TestTopologyBuilderRefusesWhatMakesNoSense(t *testing.T) {
	w := site(t)
	w.BareTopology()
	require.ErrorContains(t, w.DefineStore("SQL99"), "SQL99")
	require.ErrorContains(t, w.SetStore("witness", "SQL01"), "mirror, backup or backup-mirror")
	require.NoError(t, w.DefineStore("SQL12"))
	require.ErrorContains(t, w.SetStore("backup-mirror", "SQL12"), "log shipping is not enabled")
	require.ErrorContains(t, w.SetStore("mirror", "SQL01"), "SQL01 is the primary store already")
	require.NoError(t, w.DefineStore("SQL11"))
	require.NoError(t, w.SetStore("backup", "SQL11"))
	require.NoError(t, w.SetStore("backup-mirror", "SQL12"))
	require.NoError(t, w.SetStore("backup", ""), "log shipping is switched off, and its mirror with it")
	w.PublishTopology(true)
	require.Len(t, w.Stores(), 1)
}

// A cmdlet for a pair that the topology does not have is refused.
func TestWithoutAMirrorInTheTopologyThereIsNoneToInstallOrTurnTo(t *testing.T) {
	w := site(t)
	w.BareTopology()
	err := w.InstallMirror(t.Context(), windows.Mirror{SQLServerFQDN: "sql01.litwareinc.com", Instance: "RTC", FileShare: `\\FS01\LogShip`}, func(string) {})
	require.ErrorContains(t, err, "in the topology")
	require.Error(t, w.FailoverDatabase(t.Context(), "Mirror", false, func(string) {}))
}
