package world

import (
	"fmt"
	"slices"
	"strings"

	"pchatops/ops/lab/windows"
)

// The states of a Persistent Chat pool.
const (
	normal     = "Normal"
	failedOver = "FailedOver"
)

// pool is what the Central Management Store says of the Persistent Chat pool.
type pool struct {
	state  string
	active []string
	row    string // identity of the row that tells the state; "": its own
	// firstPair: Get-CsDatabaseMirrorState goes on telling of the primary and its
	// mirror after a failover.
	firstPair bool
	takes     string // which identity the cmdlets take: service, global; "": either

	topology          // published
	draft    topology // open in Topology Builder
	replica  topology // the copies that the hosts keep
}

// isActive reports whether a chat server is in the active list.
func (p pool) isActive(fqdn string) bool {
	return slices.ContainsFunc(p.active, func(a string) bool { return strings.EqualFold(a, fqdn) })
}

// newPool is the pool as the topology was published.
func newPool() pool {
	p := pool{state: normal, topology: fullTopology(), draft: fullTopology(), replica: fullTopology()}
	for _, s := range ChatServers() {
		if s.DataCentre == "dc1" {
			p.active = append(p.active, s.FQDN)
		}
	}
	return p
}

func (w *World) storeOf(name string) *Instance { return w.byHost(w.pool.stores[name]) }

const poolIdentity = "PersistentChatServer:" + PoolFQDN

// PoolState is Get-CsPersistentChatState.
func (w *World) PoolState() (identity, state string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return poolIdentity, w.pool.state
}

// SetPoolState is Set-CsPersistentChatState.
func (w *World) SetPoolState(identity, state string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, name, found := strings.Cut(identity, ":")
	if !found || !strings.EqualFold(strings.TrimPrefix(name, "PersistentChatServer:"), PoolFQDN) {
		return &windows.CmdletError{
			Message:  fmt.Sprintf("Cannot find a Persistent Chat pool with the identity %q.", identity),
			ID:       "PoolNotFound,Microsoft.Rtc.Management.PersistentChat.Cmdlets.SetPersistentChatStateCmdlet",
			Category: "ObjectNotFound",
		}
	}
	for _, known := range []string{normal, failedOver} {
		if strings.EqualFold(known, state) {
			w.pool.state, w.pool.row = known, ""
			return nil
		}
	}
	return &windows.CmdletError{
		Message: fmt.Sprintf("Cannot bind parameter 'PoolState'. Cannot convert value %q to type \"PoolState\": the possible enumeration values are \"Normal\" and \"FailedOver\".",
			state),
		ID:       "CannotConvertArgumentNoMessage,Microsoft.Rtc.Management.PersistentChat.Cmdlets.SetPersistentChatStateCmdlet",
		Category: "InvalidArgument",
	}
}

// StateRow is the identity of the row that tells the pool's state: its own, or
// Global for a pool whose state was never set.
func (w *World) StateRow() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pool.row != "" {
		return w.pool.row
	}
	return poolIdentity
}

// SetStateRow takes the pool's own state row away ("global"), or gives it back ("own").
func (w *World) SetStateRow(row string) error {
	rows := map[string]string{"own": "", "global": "Global"}
	identity, known := rows[row]
	if !known {
		return fmt.Errorf("row=%q: own or global", row)
	}
	w.locked(func() { w.pool.row = identity })
	return nil
}

// TakeIdentity says which identity Set-CsPersistentChatActiveServer takes: that of
// the service, global, or any of the two.
func (w *World) TakeIdentity(which string) error {
	if which != "service" && which != "global" && which != "any" {
		return fmt.Errorf("identity=%q: service, global or any", which)
	}
	w.locked(func() { w.pool.takes = which })
	return nil
}

// Takes is why Set-CsPersistentChatActiveServer does not take an identity; nil: it
// does. It does not do without one.
func (w *World) Takes(identity string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	global, service := strings.EqualFold(identity, "global"), strings.EqualFold(identity, poolIdentity)
	if global && w.pool.takes != "service" || service && w.pool.takes != "global" {
		return nil
	}
	return &windows.CmdletError{
		Message:  fmt.Sprintf("Cannot find the collection of Persistent Chat servers with the identity %q.", identity),
		ID:       "CollectionNotFound,Microsoft.Rtc.Management.PersistentChat.Cmdlets.SetPersistentChatActiveServerCmdlet",
		Category: "ObjectNotFound",
	}
}

// ReportPair says which pair Get-CsDatabaseMirrorState tells of after a failover:
// that in use, or that of the primary.
func (w *World) ReportPair(which string) error {
	if which != "used" && which != "primary" {
		return fmt.Errorf("mirror-state=%q: used or primary", which)
	}
	w.locked(func() { w.pool.firstPair = which == "primary" })
	return nil
}

// Servers are the active and the idle chat servers of the pool.
func (w *World) Servers() (active, idle []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range ChatServers() {
		if w.pool.isActive(s.FQDN) {
			active = append(active, s.FQDN)
		} else {
			idle = append(idle, s.FQDN)
		}
	}
	return active, idle
}

// SetActiveServers is Set-CsPersistentChatActiveServer with a replacing list.
func (w *World) SetActiveServers(active []string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []string
	for _, name := range active {
		known := slices.IndexFunc(ChatServers(), func(s ChatServer) bool { return strings.EqualFold(s.FQDN, name) })
		if known < 0 {
			return &windows.CmdletError{
				Message:  fmt.Sprintf("%q is not a Persistent Chat Server of the pool %q.", name, PoolFQDN),
				ID:       "InvalidServer,Microsoft.Rtc.Management.PersistentChat.Cmdlets.SetPersistentChatActiveServerCmdlet",
				Category: "InvalidArgument",
			}
		}
		list = append(list, ChatServers()[known].FQDN)
	}
	w.pool.active = list
	return nil
}

// Stores are the SQL Server stores of the pool in the topology.
func (w *World) Stores() map[string]windows.Store {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.pool.storesOf()
}
