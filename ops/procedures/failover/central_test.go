package failover

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/site"
	"pchatops/ops/status"
)

var (
	oldStore = status.Store{FQDN: "fesql01.litwareinc.com", Instance: "rtc"}
	newStore = status.Store{FQDN: "fesql11.litwareinc.com", Instance: "rtc"}
)

// storeLost is a disaster that took the Central Management Store, too.
func storeLost(t *testing.T) *estate {
	e := newEstate(t)
	e.secondary.facts.Database.State = "ONLINE"
	e.Site.Hosts = append(e.Site.Hosts, site.Host{Role: site.Management, Name: "FE11", DataCentre: "dc2"})
	e.shell.pool.Host, e.shell.pool.Local, e.shell.pool.Stores = "FE11", true, nil
	e.shell.pool.Central = status.Central{At: oldStore, Away: true, Code: 53, Why: "The network path was not found.", Known: []status.Store{oldStore, newStore}}
	return e
}

func TestALostStoreIsFailedOverForAPhraseThatNamesBoth(t *testing.T) {
	e := storeLost(t)
	plan := e.plan(t, "F5a")
	require.Empty(t, unmet(plan))
	require.Contains(t, plan.Confirm, "from "+oldStore.String()+" to "+newStore.String())
	require.Contains(t, plan.Loss, oldStore.String())
	require.Equal(t, []string{"Central Management Store", "backup store of the topology"}, slices.Sorted(maps.Keys(unmet(e.plan(t, "F5")))), "F5 says what it waits for")
	_, err := e.run(t, "F5a")
	require.NoError(t, err)
	require.True(t, e.proven(t, "F5a").Holds)
	require.Contains(t, e.plan(t, "F5a").Already, newStore.String())
}

func TestAStoreIsNotFailedOver(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*estate)
		gate   string
	}{
		"while its server answers": {func(e *estate) {
			e.Site.Instances[0].FQDN, e.Site.Instances[0].Name = "sql01.litwareinc.com", "RTC"
			e.shell.pool.Central.At = status.Store{FQDN: "sql01.litwareinc.com", Instance: "RTC"}
			e.shell.pool.Central.Known[0] = e.shell.pool.Central.At
			e.primary.down = nil
		}, "old Central Management Store"},
		"without a backup": {func(e *estate) { e.shell.pool.Central.Known = []status.Store{oldStore} }, "backup of the Central Management Store"},
		"to one of several": {func(e *estate) {
			e.shell.pool.Central.Known = append(e.shell.pool.Central.Known, status.Store{FQDN: "c"})
		}, "backup of the Central Management Store"},
		"to one that nobody defined": {func(e *estate) { e.Site.Central.Backup = site.Store{FQDN: "c"} }, "backup of the Central Management Store"},
		"from the other data centre": {func(e *estate) { e.shell.pool.Host = "FE01" }, "host in dc2"},
		"that answers and is sealed": {func(e *estate) {
			e.shell.pool.Central = status.Central{At: oldStore, Answers: true, Updateability: "READ_ONLY"}
		}, "Central Management Store"},
	} {
		t.Run(name, func(t *testing.T) {
			e := storeLost(t)
			c.change(e)
			plan := e.plan(t, "F5a")
			require.Equal(t, []string{c.gate}, slices.Collect(maps.Keys(unmet(plan))))
			for _, g := range plan.Gates {
				require.True(t, g.Holds || g.Override == "", "no phrase passes it")
			}
		})
	}
}

// What nobody can tell is no reason to move the store, and none to keep chat waiting:
// F5 changes nothing where it cannot write.
func TestAStoreThatDoesNotTellIsLeftAlone(t *testing.T) {
	e := storeLost(t)
	e.shell.pool.Local = false
	for _, c := range []status.Central{{}, {At: oldStore, Answers: true, Why: "18456"}, {At: oldStore, Why: "?"}} {
		e.shell.pool.Central = c
		plan := e.plan(t, "F5a")
		require.NotEmpty(t, plan.Skip)
		require.Empty(t, plan.Actions)
		require.NotContains(t, unmet(e.plan(t, "F5")), "Central Management Store")
		_, err := e.step(t, "F5a").Verify(t.Context())
		require.Error(t, err, "it is not proved, and not disproved")
	}
}

// The Management Shell takes seconds to load: the way past a living store reads the
// pool once for F5a and F5 together.
func TestALivingStoreCostsNoReadingOfItsOwn(t *testing.T) {
	e := newEstate(t)
	e.secondary.facts.Database.State = "ONLINE"
	e.shell.pool.Answered = e.Now()
	require.NotEmpty(t, e.plan(t, "F5a").Already)
	require.True(t, e.proven(t, "F5a").Holds)
	require.NotEmpty(t, e.plan(t, "F5").Actions)
	require.Equal(t, 1, e.shell.read)
	now := e.Now()
	e.Now = func() time.Time { return now.Add(poolAge) }
	e.plan(t, "F5")
	require.Equal(t, 2, e.shell.read, "what is old is read anew")
}
