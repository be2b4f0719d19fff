package lab_test

import (
	"net"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// host is the endpoint of a Windows host.
func host(t *testing.T, l *lab.Lab, name string) string {
	t.Helper()
	for _, h := range l.Describe().Hosts {
		if h.Name == name {
			return net.JoinHostPort(h.Host, strconv.Itoa(h.Port))
		}
	}
	t.Fatalf("no host %s", name)
	return ""
}

// answers reports whether anything takes a connection there.
func answers(address string) bool {
	c, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}

func TestAManagementHostGoesDownByItself(t *testing.T) {
	l := start(t)
	for _, v := range []map[string]string{{"target": "FE11", "on": "false"}, {"target": "FE11", "on": "true"}} {
		_, ok := ctl(t, l, "power", v)
		require.True(t, ok)
		require.Equal(t, v["on"] == "true", answers(host(t, l, "FE11")), v)
		require.True(t, answers(host(t, l, "SQL11")))
	}
	_, ok := ctl(t, l, "power", map[string]string{"target": "FE11", "on": "false", "how": "loudly"})
	require.False(t, ok)
	_, ok = ctl(t, l, "power", map[string]string{"target": "FE99", "on": "false"})
	require.False(t, ok)
}

func TestAServiceIsStoppedAndItsMachineStaysOn(t *testing.T) {
	l := start(t)
	secondary := l.Describe().Instances[3]
	sql := net.JoinHostPort(secondary.Host, strconv.Itoa(secondary.Port))
	for _, on := range []string{"false", "true"} {
		_, ok := ctl(t, l, "service", map[string]string{"instance": `SQL11\RTC`, "on": on})
		require.True(t, ok)
		require.Equal(t, on == "true", answers(sql))
		require.True(t, answers(host(t, l, "SQL11")), "WinRM answers")
	}
	_, ok := ctl(t, l, "service", map[string]string{"instance": `SQL99\RTC`, "on": "false"})
	require.False(t, ok)
}

func TestSomebodyElseChangesALogin(t *testing.T) {
	l := start(t)
	in := l.Describe().Instances[3]
	c := connect(t, in, url.UserPassword(in.User, in.Password), "encrypt=disable")
	watcher := func(v map[string]string) int64 {
		v["instance"], v["name"] = in.Name, "watcher"
		_, ok := ctl(t, l, "login", v)
		require.True(t, ok, v)
		return one[int64](t, c, "SELECT CAST(is_disabled AS int) + 10 * IS_SRVROLEMEMBER('sysadmin', 'watcher') FROM sys.server_principals WHERE name = 'watcher'")
	}
	require.EqualValues(t, 10, watcher(map[string]string{"sysadmin": "true"}))
	require.EqualValues(t, 11, watcher(map[string]string{"enabled": "false"}))
	require.EqualValues(t, 1, watcher(map[string]string{"sysadmin": "false"}))
	for _, v := range []map[string]string{
		{"instance": "SQL99", "name": "sa"},
		{"instance": "SQL11", "name": "nobody"},
		{"instance": "SQL11", "name": "sa", "enabled": "perhaps"},
		{"instance": "SQL11", "name": "sa", "sysadmin": "perhaps"},
	} {
		_, ok := ctl(t, l, "login", v)
		require.False(t, ok, v)
	}
}

func TestReadersAreLetIn(t *testing.T) {
	l := start(t)
	in := l.Describe().Instances[0]
	c := connect(t, in, url.UserPassword(in.User, in.Password), "encrypt=disable")
	_, ok := ctl(t, l, "readers", map[string]string{"instance": "SQL01", "clients": "2", "every": "100ms"})
	require.True(t, ok)
	require.Eventually(t, func() bool {
		return one[int64](t, c, "SELECT COUNT(*) FROM sys.dm_exec_sessions WHERE program_name = 'Report Server'") == 2
	}, 2*time.Minute, 5*time.Millisecond)
	for _, v := range []map[string]string{
		{"instance": "SQL99", "clients": "2"}, {"instance": "SQL01", "clients": "many"}, {"instance": "SQL01", "clients": "1", "every": "often"},
	} {
		_, ok := ctl(t, l, "readers", v)
		require.False(t, ok, v)
	}
}

func TestAWrongClockAndASlowShareAreMended(t *testing.T) {
	l := start(t)
	in := l.Describe().Instances[0]
	c := connect(t, in, url.UserPassword(in.User, in.Password), "encrypt=disable")
	ahead := func() bool { return one[time.Time](t, c, "SELECT GETUTCDATE()").After(l.World().Now().Add(time.Hour)) }
	for what, v := range map[string]map[string]string{"skew": {"target": "SQL01", "by": "2h"}, "share": {"rate": "1000"}} {
		_, ok := ctl(t, l, what, v)
		require.True(t, ok, what)
	}
	_, ok := ctl(t, l, "power", map[string]string{"target": "FE11", "on": "false"})
	require.True(t, ok)
	require.True(t, ahead())
	require.EqualValues(t, 1000, l.World().ShareRate())
	require.NoError(t, l.Lift())
	require.False(t, ahead())
	require.Zero(t, l.World().ShareRate())
	require.True(t, answers(host(t, l, "FE11")))
	for what, v := range map[string]map[string]string{"skew": {"target": "SQL99", "by": "2h"}, "share": {"rate": "fast"}} {
		_, ok := ctl(t, l, what, v)
		require.False(t, ok, what)
	}
}
