package shipping

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// What a list says of a procedure rests on servers that tell now, and that tell all.
func TestWhetherShippingAppliesTheServersTell(t *testing.T) {
	at := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	s := &shipping{
		Estate: &procedures.Estate{Site: &site.Site{Database: "mgc"}}, db: "mgc",
		primary: server{label: `SQL01\RTC`}, secondary: server{label: `SQL11\RTC`},
	}
	type nodes struct{ primary, secondary *status.Node }
	for name, c := range map[string]struct {
		change        func(nodes)
		ship, unship  bool
		says, removes string
	}{
		"it is set up":          {func(nodes) {}, true, true, "changes what differs", `set up on SQL01\RTC`},
		"nothing is":            {func(n nodes) { n.primary.Facts.Primary, n.secondary.Facts.Secondary = nil, nil }, true, false, "its log is not shipped", "no server is set up"},
		"the secondary is not":  {func(n nodes) { n.secondary.Facts.Secondary = nil }, true, true, `SQL11\RTC takes none`, ""},
		"the primary is not":    {func(n nodes) { n.primary.Facts.Primary = nil }, true, true, `SQL01\RTC ships none`, `set up on SQL11\RTC`},
		"it was failed over":    {func(n nodes) { n.secondary.Facts.Database.State = "ONLINE" }, false, true, "looks like a failover", ""},
		"the primary is no one": {func(n nodes) { n.primary.Facts.Database.State = "RESTORING" }, false, true, `mgc on SQL01\RTC is RESTORING`, ""},
		"the login sees nothing": {func(n nodes) {
			n.primary.Facts.Sysadmin, n.primary.Facts.Primary, n.secondary.Facts.Secondary = false, nil, nil
		}, false, false, "not sysadmin", "not sysadmin"},
		"a part was not told": {func(n nodes) {
			n.secondary.Facts.Unread, n.secondary.Facts.Secondary, n.primary.Facts.Primary = []string{"secondary: 229 denied"}, nil, nil
		}, false, false, "not known", "not known"},
		"both are gone": {func(n nodes) {
			for _, one := range []*status.Node{n.primary, n.secondary} {
				one.Reachable, one.Life.Verdict, one.Err = false, status.Dead, &fault.Error{Class: fault.Unreachable}
			}
		}, false, false, `SQL01\RTC is DOWN`, `SQL01\RTC is DOWN`},
		"one refuses the login": {func(n nodes) {
			n.primary.Reachable, n.primary.Err = false, &fault.Error{Class: fault.Login}
		}, false, true, "NO LOGIN", `set up on SQL11\RTC`},
		"nobody was asked": {func(n nodes) { n.primary.Asked, n.secondary.Asked = time.Time{}, time.Time{} }, false, false, "not been asked", "not been asked"},
	} {
		snap := &status.Snapshot{Taken: at, Nodes: []status.Node{
			{Role: site.Primary, Address: `SQL01\RTC`, Facts: status.Facts{Primary: &status.ShippingPrimary{}, Database: status.Database{Exists: true, State: "ONLINE"}}},
			{Role: site.Secondary, Address: `SQL11\RTC`, Facts: status.Facts{Secondary: &status.ShippingSecondary{}, Database: status.Database{Exists: true, State: "RESTORING"}}},
		}}
		for i := range snap.Nodes {
			n := &snap.Nodes[i]
			n.Reachable, n.Asked, n.Answered, n.Facts.Sysadmin = true, at, at, true
		}
		c.change(nodes{snap.Node(site.Primary), snap.Node(site.Secondary)})
		ok, why := s.applies(snap)
		require.Equal(t, c.ship, ok, "%s: %s", name, why)
		require.Contains(t, why, c.says, name)
		ok, why = s.shipped(snap)
		require.Equal(t, c.unship, ok, "%s: %s", name, why)
		require.Contains(t, why, c.removes, name)
	}
}

// After a failover the way back is no change of roles between primary and mirror.
func TestALivePrimaryIsNotSoughtInTheOldSiteAfterAFailover(t *testing.T) {
	s := &shipping{db: "mgc", primary: server{label: `SQL01\RTC`}, secondary: server{label: `SQL11\RTC`}}
	e := ends{primary: status.Facts{Database: status.Database{Exists: true, State: "RESTORING"}, Mirroring: status.Mirroring{Role: "MIRROR"}}}
	require.Contains(t, s.live(e).Do, "-NewPrincipal Primary")
	e.secondary.Database = status.Database{Exists: true, State: "ONLINE"}
	require.Contains(t, s.live(e).Do, `ONLINE on SQL11\RTC`)
	require.NotContains(t, s.live(e).Do, "-NewPrincipal")
}
