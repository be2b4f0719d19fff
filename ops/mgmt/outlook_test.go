package mgmt

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/lab/wsman"
	"pchatops/ops/site"
)

// dc2 is a site whose secondary stands beside hosts of other roles.
func dc2(hosts ...site.Host) *site.Site {
	return &site.Site{Instances: []site.Instance{{Role: site.Secondary, DataCentre: "dc2"}}, Hosts: hosts}
}

func in(role site.Role, dataCentre string) func(*site.Host, *wsman.Server) {
	return func(h *site.Host, _ *wsman.Server) { h.Role, h.DataCentre = role, dataCentre }
}

func TestTheSecondPlaceSaysHowFarItCame(t *testing.T) {
	m := newMachine(t, newEstate(t), "SQL11", in(site.Secondary, "dc2"))
	o := NewOutlook(dc2(m.site), fast())
	t.Cleanup(o.Close)
	for fqdn, want := range map[string]fault.Reach{
		"sql01.litwareinc.com": fault.Closed, "sql02.litwareinc.com": fault.NoAnswer, "sql99.litwareinc.com": fault.NoName,
		"sql12.litwareinc.com": fault.Opened,
	} {
		place, reach, err := o.Look(t.Context(), site.Instance{FQDN: fqdn}, 1433, time.Second)
		require.NoError(t, err, fqdn)
		require.Equal(t, "SQL11", place)
		require.Equal(t, want, reach, fqdn)
	}
	_, _, err := o.Look(t.Context(), site.Instance{FQDN: "sql13.litwareinc.com"}, 1433, time.Second)
	require.ErrorContains(t, err, "socket error 10055", "what it cannot tell is no sight")
}

func TestTheSecondPlaceIsAnyHostBesideTheSecondary(t *testing.T) {
	gone := newMachine(t, newEstate(t), "SQL11", in(site.Secondary, "dc2"))
	gone.door.set(true)
	far := newMachine(t, newEstate(t), "FE01", in(site.Management, "dc1"))
	near := newMachine(t, newEstate(t), "FE11", in(site.Management, "dc2"))
	o := NewOutlook(dc2(far.site, near.site, gone.site), fast())
	t.Cleanup(o.Close)
	place, _, err := o.Look(t.Context(), site.Instance{FQDN: "sql01.litwareinc.com"}, 1433, time.Second)
	require.NoError(t, err)
	require.Equal(t, "FE11", place)

	near.door.set(true)
	_, _, err = o.Look(t.Context(), site.Instance{FQDN: "sql01.litwareinc.com"}, 1433, time.Second)
	require.Error(t, err, "a host of the primary's data centre sees what the console sees, or less")

	none := NewOutlook(dc2(), fast())
	_, _, err = none.Look(t.Context(), site.Instance{FQDN: "sql01.litwareinc.com"}, 1433, time.Second)
	require.Error(t, err)
}
