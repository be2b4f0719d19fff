package failover

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/procedures"
)

func TestEachUserWithoutALoginGetsTheStatementThatMendsIt(t *testing.T) {
	sid := []byte{0x5a, 1}
	for want, o := range map[string]procedures.Orphan{
		"USE [mgc]; ALTER USER [rtc]]x] WITH LOGIN = [rtc]]x]":               {Name: "rtc]x", Type: "S", SID: sid, Namesake: true},
		"CREATE LOGIN [rtc] WITH PASSWORD = N'(its password)', SID = 0x5A01": {Name: "rtc", Type: "S", SID: sid},
		`it is of the machine SQL01: CREATE LOGIN [SQL11\RTC Local Administrators] FROM WINDOWS; USE [mgc]; ALTER USER [SQL01\RTC Local Administrators] WITH LOGIN = [SQL11\RTC Local Administrators]`: {Name: `SQL01\RTC Local Administrators`, Type: "G"},
		`unless it logs in through a group: CREATE LOGIN [LITWARE\svc] FROM WINDOWS`: {Name: `LITWARE\svc`, Type: "U"},
	} {
		require.Equal(t, want, adopt("mgc", "SQL11", o))
	}
}

func TestOwnerTrustAndLevelAreToldWithWhatWouldChangeThem(t *testing.T) {
	facts := settings("mgc", procedures.Principals{Owner: "sa", DBO: `LITWARE\svc-sql`, OwnerDiffers: true, Level: 100, OwnLevel: 110})
	require.Len(t, facts, 3)
	require.Contains(t, facts[0].Value, `ALTER AUTHORIZATION ON DATABASE::[mgc] TO [LITWARE\svc-sql]`)
	require.Contains(t, facts[1].Value, "SET TRUSTWORTHY ON")
	require.Contains(t, facts[2].Value, "SET COMPATIBILITY_LEVEL = 110")
	require.Empty(t, settings("mgc", procedures.Principals{Owner: "sa", DBO: "sa", Trustworthy: true, Level: 110, OwnLevel: 110}))
}
