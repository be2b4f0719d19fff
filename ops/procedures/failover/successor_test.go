package failover

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/status"
)

// To a secondary that mirrors another server nothing is sent, and what is on record of its
// recovery stays on record.
func TestNothingIsSentToASecondaryThatIsAMirror(t *testing.T) {
	made := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		change func(*estate)
		holds  bool
		left   int
		unread int
		err    string // what no proof can tell
	}{
		"without a record": {func(*estate) {}, true, 0, 1, ""},
		"with its record": {func(e *estate) {
			for _, f := range remembering("1", nil, nil) {
				e.remembered[f.Name] = f.Value
			}
			e.remembered[leftBehindFact+"in all"], e.remembered[leftBehindFact+"0"] = "1", "mgc_1.trn\tgone"
			e.remembered[recoveredFork] = "F"
		}, true, 1, 0, ""},
		"by force": {func(e *estate) {
			e.remembered[recoveredAt], e.remembered[recoveredFork], e.remembered[recoveredMade] = "1", "old", madeOn(status.Database{Created: made})
		}, true, 0, 0, ""},
		"made anew from another": {func(e *estate) {
			e.remembered[recoveredAt], e.remembered[recoveredFork], e.remembered[recoveredMade] = "1", "old", "another time"
		}, false, 0, 0, ""},
		"its principal does not answer": {func(e *estate) { e.mirror.down = &fault.Error{Class: fault.Unreachable} }, false, 0, 0, "which has the newer chat"},
		"its principal serves nothing":  {func(e *estate) { e.mirror.facts.Database.State = "SUSPECT" }, false, 0, 0, "mgc is SUSPECT"},
		"it is another one's":           {func(e *estate) { e.mirror.facts.Mirroring.Session = "other" }, false, 0, 0, "which has the newer chat"},
	} {
		t.Run(name, func(t *testing.T) {
			e := mirrored(t)
			turned(e)
			e.secondary.facts.Database.Created, e.mirror.facts.Database.Fork = made, "f"
			c.change(e)
			for _, id := range []string{"F2", "F3", "F4a", "F4b"} {
				plan := e.plan(t, id)
				require.Empty(t, plan.Actions, id)
				require.Equal(t, c.holds, plan.Already != "", id)
				for _, g := range plan.Gates {
					require.Empty(t, g.Override, id)
				}
				p, err := e.step(t, id).Verify(t.Context())
				if c.err != "" {
					require.ErrorContains(t, err, c.err, id)
					require.NotContains(t, err.Error(), "PARTNER OFF")
					continue
				}
				require.NoError(t, err)
				require.Equal(t, c.holds, p.Holds, id)
				require.Len(t, p.LeftBehind, c.left, id)
				require.Len(t, p.Unread, c.unread, id)
			}
		})
	}
}

// What the secondary's mirror has online is newer than what waits there; what it does not
// tell may be, where that was recovered here before.
func TestTheSecondarysMirrorMayHoldNewerChat(t *testing.T) {
	online := status.Facts{Sysadmin: true, Database: status.Database{Exists: true, State: "ONLINE", Family: "f"}}
	for name, c := range map[string]struct {
		change func(*estate)
		phrase string // "": no gate asks
	}{
		"online": {func(e *estate) { e.mirror.facts = online }, `lose the chat that only SQL12\RTC has`},
		"a leftover that went its own way before what is restored": {func(e *estate) {
			e.mirror.facts, e.secondary.facts.Database.Restored = online, status.Restored{Last: number(9), Fork: "K"}
			e.mirror.facts.Database.Fork, e.mirror.facts.Database.ForkPoint = "G", number(8)
		}, ""},
		"online, and the secondary was restored from it": {func(e *estate) {
			e.mirror.facts, e.secondary.facts.Database.Restored = online, status.Restored{Last: number(9), Fork: "K"}
			e.mirror.facts.Database.Fork, e.mirror.facts.Database.ForkPoint = "K", number(8)
		}, `lose the chat that only SQL12\RTC has`},
		"missing, by its own path, and the pool unread": {func(e *estate) {
			e.secondary.facts.Database.Restored.Fork, e.shell.poolErr = "J", errors.New("silent")
		}, `lose the chat that SQL12\RTC may have`},
		"another of the name":           {func(e *estate) { e.mirror.facts = online; e.mirror.facts.Database.Family = "other" }, ""},
		"none":                          {func(*estate) {}, ""},
		"no answer, at a first attempt": {func(e *estate) { e.mirror.down = &fault.Error{Class: fault.Unreachable} }, ""},
		"no answer, and recovered before": {func(e *estate) {
			e.remembered[earlierRecovery+recoveredFork] = "K"
			e.mirror.down = &fault.Error{Class: fault.Unreachable}
		}, `lose the chat that SQL12\RTC may have`},
		"offline, and recovered before": {func(e *estate) {
			e.remembered[recoveredFork] = "K"
			e.mirror.facts = online
			e.mirror.facts.Database.State = "OFFLINE"
		}, `lose the chat that SQL12\RTC may have`},
		"missing, and recovered before": {func(e *estate) { e.remembered[recoveredFork] = "K" }, `lose the chat that SQL12\RTC may have`},
		"missing, by its own path": {func(e *estate) {
			e.secondary.facts.Database.Restored.Fork, e.shell.pool.State = "J", "FailedOver"
		}, `lose the chat that SQL12\RTC may have`},
		"by its own path, and the pool is at home": {func(e *estate) { e.secondary.facts.Database.Restored.Fork = "J" }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, id := range []string{"F1", "F3", "F4a", "F4b"} {
				e := newEstate(t)
				e.secondary.sessions = []status.Session{{ID: 51, Login: "x"}}
				c.change(e)
				require.Equal(t, c.phrase, unmet(e.plan(t, id))[newer].Override, id)
			}
		})
	}
}
