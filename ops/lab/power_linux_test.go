package lab_test

import (
	"context"
	"net"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/scenario"
	"pchatops/ops/lab/world"
)

// comes tries to connect to a server of the site as a console would.
func comes(t *testing.T, l *lab.Lab, name string) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	for _, in := range l.Describe().Instances {
		if in.Name == name {
			c, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(in.Host, strconv.Itoa(in.Port)))
			if err == nil {
				_ = c.Close()
			}
			return err
		}
	}
	t.Fatal(name)
	return nil
}

// sees is what a host of data centre 2 sees of a machine.
func sees(t *testing.T, l *lab.Lab, machine string) int {
	t.Helper()
	code, err := l.World().Connect(t.Context(), "dc2", machine, time.Millisecond)
	require.NoError(t, err)
	return code
}

func isLate(t *testing.T, err error) {
	t.Helper()
	var late net.Error
	require.ErrorAs(t, err, &late)
	require.True(t, late.Timeout(), err)
}

func begin(t *testing.T, name string, seed uint64) *lab.Lab {
	t.Helper()
	l, err := lab.Start(t.Context(), lab.Options{Scenario: name, Seed: seed, Speed: 60, Dir: t.TempDir(), History: time.Hour})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}

func do(t *testing.T, l *lab.Lab, what string, with map[string]string) {
	t.Helper()
	require.NoError(t, l.Perform([]scenario.Step{{Do: what, With: with}}))
}

func TestAServerDiesInTheWayThatIsAskedFor(t *testing.T) {
	l := begin(t, "healthy", 1)
	off := func(how string) {
		do(t, l, "power", map[string]string{"target": "dc1", "on": "false", "how": how})
	}
	on := func() { do(t, l, "power", map[string]string{"target": "dc1", "on": "true"}) }

	off("refused")
	require.ErrorIs(t, comes(t, l, `SQL01\RTC`), syscall.ECONNREFUSED)
	require.Equal(t, 10061, sees(t, l, "sql01.litwareinc.com"))
	on()
	require.NoError(t, comes(t, l, `SQL01\RTC`))
	require.Zero(t, sees(t, l, "sql01.litwareinc.com"))

	off("silent")
	isLate(t, comes(t, l, `SQL01\RTC`))
	require.Equal(t, 10060, sees(t, l, "SQL01"))
	on()
	require.NoError(t, comes(t, l, `SQL01\RTC`))

	off("deaf")
	require.NoError(t, comes(t, l, `SQL01\RTC`))
	require.Zero(t, sees(t, l, "SQL01"))
	on()
	require.Error(t, l.Perform([]scenario.Step{{Do: "power", With: map[string]string{"target": "dc1", "on": "false", "how": "quietly"}}}))
	require.Equal(t, 11001, sees(t, l, "sql99.litwareinc.com"))
}

func TestADataCentreIsCutOffFromHereFromThereOrFromBoth(t *testing.T) {
	l := begin(t, "healthy", 1)
	for from, c := range map[string]struct{ here, there bool }{"console": {here: true}, "others": {there: true}, "all": {true, true}} {
		do(t, l, "partition", map[string]string{"target": "dc1", "from": from, "on": "true"})
		if err := comes(t, l, `SQL01\RTC`); c.here {
			isLate(t, err)
		} else {
			require.NoError(t, err, from)
		}
		require.Equal(t, map[bool]int{true: 10060, false: 0}[c.there], sees(t, l, "SQL01"), from)
		require.NoError(t, comes(t, l, `SQL11\RTC`), "data centre 2 is not cut off from the console")
		require.True(t, l.World().Instance(world.Primary).On(), "nothing of it has lost its power")
		do(t, l, "partition", map[string]string{"target": "dc1", "from": from, "on": "false"})
		require.NoError(t, comes(t, l, `SQL01\RTC`), from)
		require.Zero(t, sees(t, l, "SQL01"), from)
	}
	do(t, l, "partition", map[string]string{"target": "dc1", "from": "all", "on": "true"})
	require.NoError(t, l.Lift())
	require.NoError(t, comes(t, l, `SQL01\RTC`))
	require.Zero(t, sees(t, l, "SQL01"))
	for _, wrong := range []map[string]string{{"target": "dc9", "from": "all", "on": "true"}, {"target": "dc1", "from": "me", "on": "true"}, {"target": "dc1", "from": "all", "on": "perhaps"}} {
		require.Error(t, l.Perform([]scenario.Step{{Do: "partition", With: wrong}}))
	}
}

func TestTheSeedDrawsTheDeathOfTheFailover(t *testing.T) {
	drawn := map[world.Death]bool{}
	for seed := range uint64(2) {
		l := begin(t, "failover", seed+1)
		drawn[l.World().Instance(world.Primary).Death()] = true
	}
	require.Equal(t, map[world.Death]bool{world.Refuses: true, world.Silent: true}, drawn)
}
