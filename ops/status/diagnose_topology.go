package status

import (
	"cmp"
	"net"
	"strings"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// storeNames are the roles as the topology calls their stores.
var storeNames = []struct {
	role site.Role
	name string
}{
	{site.Primary, "store"},
	{site.Mirror, "mirror store"},
	{site.Secondary, "log shipping secondary store"},
	{site.SecondaryMirror, "secondary mirror store"},
}

// diagnoseTopology compares the stores that the topology gives the pool with
// the site file and with what the SQL Servers do.
func (v *view) diagnoseTopology() {
	if v.Pool.Stores == nil {
		return
	}
	var differ []string
	for _, n := range storeNames {
		if d := v.storeDiffers(n.role); d != "" {
			differ = append(differ, "the "+n.name+" of the topology is "+d)
		}
	}
	if d := v.partnerDiffers(); d != "" {
		differ = append(differ, d)
	}
	if len(differ) > 0 {
		v.find(topologyDiffers, v.site.Pool, fault.Said(differ...))
	}
}

// storeDiffers compares one store with the site file. An instance that the
// site file knows by its address only cannot be compared.
func (v *view) storeDiffers(r site.Role) string {
	store := v.Pool.Stores.Of(r)
	i, ok := v.site.Instance(r)
	switch {
	case !ok && store.FQDN != "":
		return quote(store.String()) + ", the site file names none"
	case !ok || net.ParseIP(cmp.Or(i.FQDN, i.Host)) != nil || store.Holds(i):
		return ""
	}
	return quote(store.String()) + ", the site file names " + i.Address() + " (" + StoreOf(i).String() + ")"
}

// partnerDiffers finds a live database that is mirrored to a server which the
// topology does not know as a store of this pool.
func (v *view) partnerDiffers() string {
	n := v.sole()
	if n == nil || !n.Facts.Mirroring.Configured {
		return ""
	}
	host := endpointHost(n.Facts.Mirroring.Partner)
	if host == "" || net.ParseIP(host) != nil {
		return ""
	}
	for _, s := range storeNames {
		store := v.Pool.Stores.Of(s.role).FQDN
		short, _, _ := strings.Cut(store, ".")
		if strings.EqualFold(host, store) || strings.EqualFold(host, short) {
			return ""
		}
	}
	return n.Address + " is mirrored to " + quote(host) + ", which is no store of the pool"
}

// endpointHost is the host in a mirroring address: TCP://sql02.litwareinc.com:5022.
func endpointHost(address string) string {
	_, host, _ := strings.Cut(address, "//")
	host, _, _ = strings.Cut(host, ":")
	return host
}
