package world

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"pchatops/ops/lab/windows"
)

// topology is what Topology Builder edits: the SQL Server stores that are
// defined, and which of them the pool uses.
type topology struct {
	defined []string          // machine names
	stores  map[string]string // "primary", "mirror", "backup", "backup-mirror" to machine name
	version int               // how often it was published after the first time
}

func (t topology) clone() topology {
	return topology{slices.Clone(t.defined), maps.Clone(t.stores), t.version}
}

// fullTopology is that of a site whose high availability and disaster recovery
// have been set up.
func fullTopology() topology {
	return topology{
		defined: []string{"SQL01", "SQL02", "SQL11", "SQL12"},
		stores:  map[string]string{"primary": "SQL01", "mirror": "SQL02", "backup": "SQL11", "backup-mirror": "SQL12"},
	}
}

// BareTopology publishes a topology as it is before high availability and
// disaster recovery are configured: the pool and its primary store.
func (w *World) BareTopology() {
	w.locked(func() {
		w.pool.draft = topology{defined: []string{"SQL01"}, stores: map[string]string{"primary": "SQL01"}}
		w.publish(true)
	})
}

// DefineStore adds a SQL Server store to the draft in Topology Builder.
func (w *World) DefineStore(machine string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.byHost(shortHost(machine))
	if i == nil {
		return fmt.Errorf("no SQL Server %q", machine)
	}
	if !slices.Contains(w.pool.draft.defined, i.host) {
		w.pool.draft.defined = append(w.pool.draft.defined, i.host)
	}
	return nil
}

// SetStore chooses the store of the draft's pool for a purpose ("mirror",
// "backup", "backup-mirror"); an empty machine switches the purpose off.
func (w *World) SetStore(purpose, machine string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := &w.pool.draft
	host := shortHost(machine)
	switch {
	case purpose != "mirror" && purpose != "backup" && purpose != "backup-mirror":
		return fmt.Errorf("no store %q: mirror, backup or backup-mirror", purpose)
	case machine == "":
		delete(t.stores, purpose)
		if purpose == "backup" {
			delete(t.stores, "backup-mirror")
		}
		return nil
	case !slices.Contains(t.defined, host):
		return fmt.Errorf("the SQL Server store %q is not defined yet", machine)
	case purpose == "backup-mirror" && t.stores["backup"] == "":
		return fmt.Errorf("log shipping is not enabled: there is no secondary to mirror")
	}
	for other, taken := range t.stores {
		if taken == host && other != purpose {
			return fmt.Errorf("%s is the %s store already", host, other)
		}
	}
	t.stores[purpose] = host
	return nil
}

// PublishTopology publishes the draft. Without replication the hosts' own
// copies of the topology stay as they were.
func (w *World) PublishTopology(replicate bool) {
	w.locked(func() { w.publish(replicate) })
}

// publish puts the draft into force. The caller holds w.mu.
func (w *World) publish(replicate bool) {
	w.pool.draft.version++
	w.pool.topology = w.pool.draft.clone()
	if replicate {
		w.pool.replica = w.pool.topology
	}
}

// storesOf are the SQL Server stores of a topology's pool.
func (t topology) storesOf() map[string]windows.Store {
	stores := map[string]windows.Store{}
	for purpose, host := range t.stores {
		stores[purpose] = windows.Store{FQDN: fqdn(host), Instance: instanceName}
	}
	return stores
}

// Topology is what Get-CsTopology, Get-CsService and Get-CsPool tell.
func (w *World) Topology() windows.Topology {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := windows.Topology{Replica: w.pool.replica.document(), Document: w.pool.document()}
	stores := w.pool.storesOf()
	for _, purpose := range slices.Sorted(maps.Keys(stores)) {
		t.Databases = append(t.Databases, stores[purpose])
	}
	chat := windows.Pool{FQDN: PoolFQDN, Site: "dc1"}
	for _, s := range chatServers {
		chat.Computers = append(chat.Computers, s.FQDN)
	}
	t.Pools = append(t.Pools, chat)
	for _, host := range w.pool.defined {
		t.Pools = append(t.Pools, windows.Pool{FQDN: fqdn(host), Computers: []string{fqdn(host)}, Site: w.byHost(host).dataCentre})
	}
	return t
}

// document is a topology as XML, as far as it concerns the
// chat. How a real one writes the stores of a pool is not documented.
func (t topology) document() string {
	var b strings.Builder
	fmt.Fprintf(&b, "<Topology xmlns=\"urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008\" Published=\"%d\">\n", t.version+1)
	for _, host := range t.defined {
		fmt.Fprintf(&b, "  <SqlInstance Name=%q Fqdn=%q />\n", instanceName, fqdn(host))
	}
	for _, purpose := range slices.Sorted(maps.Keys(t.stores)) {
		fmt.Fprintf(&b, "  <Service RoleName=\"PersistentChatStore\" Usage=%q InstalledOn=%q />\n", purpose, fqdn(t.stores[purpose]))
	}
	b.WriteString("</Topology>\n")
	return b.String()
}
