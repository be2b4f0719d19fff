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
			w.pool.state = known
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
