package mgmt

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/procedures"
	"pchatops/ops/status"
)

func TestThePublishedTopologyIsRead(t *testing.T) {
	e := newEstate(t)
	s := shellOn(t, fast(), newMachine(t, e, "FE01", nil))
	got, err := s.Topology(t.Context())
	require.NoError(t, err)
	require.Equal(t, "FE01", got.Host)
	require.Equal(t, 12, got.Bytes)
	require.Len(t, got.SHA256, 64)
	service, ok := got.Service(strings.ToUpper(pool))
	require.True(t, ok)
	require.Equal(t, status.Store{FQDN: "sql01.litwareinc.com", Instance: "RTC"}, service.Stores.Primary)
	require.Equal(t, status.Store{}, service.Stores.Mirror)
	require.Equal(t, procedures.Replica{Unread: "This host keeps no copy of the topology."}, got.Replica)
	require.Equal(t, []procedures.Machines{{FQDN: "sql01.litwareinc.com", Computers: []string{"sql01.litwareinc.com"}, Site: "dc1"}}, got.Pools)

	read, err := s.Pool(t.Context())
	require.NoError(t, err)
	require.Equal(t, service.Stores, *read.Stores, "the panel sees the same stores")

	s.module = "Lync"
	_, err = s.Topology(t.Context())
	require.Equal(t, fault.NotFound, fault.ClassOf(err))
}

func TestEveryNameOfATopologyIsLookedAt(t *testing.T) {
	const bad = "evil\x1b[2J"
	whole := `{"services":[{"identity":"i","pool":"p","active":["a"],"idle":["b"],"stores":{"mirror":{"fqdn":"m","instance":"n"}}}],` +
		`"replica":{"document":{"sha256":"r","bytes":1}},"databases":[{"fqdn":"d","instance":"e"}],` +
		`"pools":[{"fqdn":"f","computers":["c"],"site":"t"}],"document":{"sha256":"h","bytes":1}}`
	for _, name := range []string{"i", "p", "a", "b", "m", "n", "r", "d", "e", "f", "c", "t", "h"} {
		encoded, err := json.Marshal(bad)
		require.NoError(t, err)
		var answer topologyAnswer
		require.NoError(t, json.Unmarshal([]byte(strings.Replace(whole, `"`+name+`"`, string(encoded), 1)), &answer))
		require.Contains(t, answer.words(), bad, name)
		require.False(t, plain(bad))
	}
}

func TestTheChangeOfRolesIsACommandThatPeopleKnow(t *testing.T) {
	a := shellOn(t, fast()).FailoverDatabase("Mirror", nil)
	require.Equal(t, "Invoke-CsDatabaseFailover -PoolFqdn 'pchat.litwareinc.com' -DatabaseType 'PersistentChat' -NewPrincipal 'Mirror' -Confirm:$false", a.Text)
}
