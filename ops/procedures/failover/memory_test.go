package failover

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/status"
)

// Facts about backups go from one incident to the next, decisions do not, and a
// recovered database ends it.
func TestAnIncidentLeavesWhatItSawAndNotWhatWasDecided(t *testing.T) {
	begun := func() *engine.History {
		h := engine.NewHistory()
		for _, name := range []string{pendingSeen, familySeen, setsSeen + "0", setsSeen + "3", lastCopied, sharesNamed, leftOut, gapAccepted, shareGivenUp, anotherAccepted} {
			h.Facts[name] = "of " + name
		}
		return h
	}
	var names []string
	for _, f := range Carried(begun()) {
		require.Equal(t, "of "+f.Name, f.Value)
		names = append(names, f.Name)
	}
	require.Equal(t, []string{pendingSeen, familySeen, lastCopied, sharesNamed, setsSeen + "0", setsSeen + "3"}, names)

	proved := begun()
	proved.Step("F4b").Outcome = engine.Done
	require.Empty(t, Carried(proved))
	pinned := begun()
	pinned.Facts[recoveredFork] = "fork"
	require.Empty(t, Carried(pinned))
	about := begun()
	about.Facts[recoveredAt] = "100"
	require.Equal(t, Carried(begun()), Carried(about), "it was about to, and nobody knows whether it did")
}

// What waited for the database before it was set up anew waits for no other.
func TestAnotherDatabaseDoesNotMissTheBackupsOfTheFirst(t *testing.T) {
	f := recalling(map[string]string{
		pendingSeen: "tail.trn", familySeen: "AAAA", lastCopied: "mgc_2.trn", lastRestored: "mgc_1.trn",
		setsSeen + "0": "mgc_3.trn|guid|34000000012300001|34000000012400001||2026-11-21T02:45:00Z|SQL01",
	})
	f.library = newLibrary()
	for family, want := range map[string]int{"aaaa": 3, "": 3, "BBBB": 0} {
		require.Len(t, f.told(status.Facts{Database: status.Database{Family: family}}), want, family)
	}
}
