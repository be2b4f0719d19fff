package status

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/site"
)

// What a mirror is good for whose primary is silent, its own mirroring decides: a
// remedy that needs a partner is not named where there is none.
func TestTheRemedyFitsWhatTheMirrorStillIs(t *testing.T) {
	alone := func(d Database) func(*Facts) {
		return func(f *Facts) { f.Database, f.Mirroring = d, Mirroring{} }
	}
	for name, c := range map[string]struct {
		change   func(*Facts)
		unproved bool // whether the primary lives
		code     string
		why, do  string
		never    string // part of no remedy
	}{
		"a mirror with a witness": {
			func(f *Facts) { f.Mirroring.State, f.Mirroring.WitnessState = "DISCONNECTED", "CONNECTED" }, false,
			"primary-down-mirror-up", "a witness is connected", "wait some seconds for the automatic failover; if none comes, make the mirror the principal", "",
		},
		"a mirror without a witness": {
			func(f *Facts) { f.Mirroring.State, f.Mirroring.Witness = "DISCONNECTED", "" }, false,
			"primary-down-mirror-up", "nothing fails over by itself", "-NewPrincipal Mirror -Force", "automatic failover",
		},
		"a mirror whose witness is gone": {
			func(f *Facts) { f.Mirroring.State, f.Mirroring.WitnessState = "DISCONNECTED", "DISCONNECTED" }, false,
			"primary-down-mirror-up", "nothing fails over by itself", "-NewPrincipal Mirror -Force", "automatic failover",
		},
		"no partner": {
			alone(Database{Exists: true, State: "RESTORING"}), false,
			"mirror-unpaired", "no mirroring failover can come", `bring mgc back on SQL02\RTC`, "Invoke-CsDatabaseFailover",
		},
		"no partner, and it may live": {
			alone(Database{Exists: true, State: "RESTORING"}), true,
			"mirror-unpaired", "no mirroring failover can come", `bring mgc back on SQL02\RTC`, "Invoke-CsDatabaseFailover",
		},
		"no partner and offline": {
			alone(Database{Exists: true, State: "OFFLINE"}), false,
			"mirror-unpaired", `is OFFLINE`, "or fail over", "Invoke-CsDatabaseFailover",
		},
		"no right to see a partner": {
			func(f *Facts) {
				f.Database, f.Mirroring, f.Sysadmin = Database{Exists: true, State: "RESTORING"}, Mirroring{}, false
			}, false,
			"mirror-unpaired", "whether it is mirrored there is not told", "sysadmin", "Invoke-CsDatabaseFailover",
		},
		"no database": {
			alone(Database{}), false,
			"primary-site-lost", `SQL02\RTC answers and has no database mgc`, "if it has another there", "Invoke-CsDatabaseFailover",
		},
		"no database, and the primary may live": {
			alone(Database{}), true, "life-unknown", `SQL01\RTC has not answered`, "wait for the verdict", "Invoke-CsDatabaseFailover",
		},
		"it is the principal": {
			func(f *Facts) {
				f.Database.State, f.Mirroring.Role, f.Mirroring.State = "ONLINE", "PRINCIPAL", "DISCONNECTED"
			}, false,
			"mirror-took-over", "ONLINE as principal", "once the two are SYNCHRONIZED again", "",
		},
		"recovered by hand": {
			alone(Database{Exists: true, State: "ONLINE"}), false,
			"mirror-took-over", "is no principal", "Invoke-CsDatabaseFailover cannot go back", "-NewPrincipal Primary",
		},
		"recovered, with no right to see a partner": {
			func(f *Facts) {
				f.Database, f.Mirroring, f.Sysadmin = Database{Exists: true, State: "ONLINE"}, Mirroring{}, false
			}, false,
			"mirror-took-over", "whether it is mirrored there is not told", "sysadmin", "-NewPrincipal Primary",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := healthy()
			silence(s, site.Primary)
			if c.unproved {
				s.Node(site.Primary).Life = Life{Verdict: LifeUnknown}
			}
			c.change(&s.Node(site.Mirror).Facts)
			found := codesLike(s, c.code)
			require.Len(t, found, 1, "%v", codes(Diagnose(s, litware(), now)))
			require.Contains(t, found[0].Why, c.why)
			require.Contains(t, found[0].Do, c.do)
			if c.never != "" {
				require.NotContains(t, found[0].Do, c.never)
			}
		})
	}
}
