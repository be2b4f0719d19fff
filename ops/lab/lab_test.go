package lab_test

import (
	"database/sql"
	"fmt"
	"net/url"
	"testing"

	_ "github.com/microsoft/go-mssqldb"
	_ "github.com/microsoft/go-mssqldb/integratedauth/ntlm"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"pchatops/ops/lab"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T) *lab.Lab {
	t.Helper()
	l, err := lab.Start(t.Context(), lab.Options{Scenario: "healthy", Seed: 7, Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}

// connect opens one connection to an instance of the site.
func connect(t *testing.T, in lab.InstanceEndpoint, who *url.Userinfo, how string) *sql.Conn {
	t.Helper()
	u := url.URL{Scheme: "sqlserver", User: who, Host: fmt.Sprintf("%s:%d", in.Host, in.Port), RawQuery: how}
	db, err := sql.Open("sqlserver", u.String())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	c, err := db.Conn(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c
}

func one[T any](t *testing.T, c *sql.Conn, query string) (out T) {
	t.Helper()
	require.NoError(t, c.QueryRowContext(t.Context(), query).Scan(&out), query)
	return out
}

func TestAnApplicationLockOfATransactionEndsWithIt(t *testing.T) {
	in := start(t).Describe().Instances[0]
	sa := url.UserPassword(in.User, in.Password)
	const plain = "encrypt=disable"
	a, b := connect(t, in, sa, plain), connect(t, in, sa, plain)
	const take = "DECLARE @rc int; EXEC @rc = sp_getapplock @Resource = N'site', @LockMode = N'Exclusive', @LockTimeout = 0; SELECT @rc"
	require.EqualValues(t, -999, one[int64](t, a, take), "no transaction to own it")
	for _, end := range []string{"ROLLBACK", "COMMIT"} {
		require.EqualValues(t, 0, one[int64](t, a, "BEGIN TRANSACTION; BEGIN TRANSACTION; "+take))
		require.EqualValues(t, -1, one[int64](t, b, "BEGIN TRANSACTION; "+take+"; ROLLBACK"))
		_, err := a.ExecContext(t.Context(), map[string]string{"COMMIT": "COMMIT; COMMIT", "ROLLBACK": "ROLLBACK"}[end])
		require.NoError(t, err)
		require.EqualValues(t, 0, one[int64](t, b, "BEGIN TRANSACTION; "+take+"; ROLLBACK"), "after "+end)
	}
}

func TestAWindowsAccountIsAnAdministratorOfEveryInstance(t *testing.T) {
	l := start(t)
	password := l.Describe().Hosts[0].Password
	for _, in := range l.Describe().Instances {
		for _, how := range []string{"encrypt=disable&authenticator=ntlm", "encrypt=true&trustservercertificate=true&authenticator=ntlm"} {
			c := connect(t, in, url.UserPassword(`LITWARE\ops`, password), how)
			require.Equal(t, `LITWARE\ops`, one[string](t, c, "SELECT SUSER_SNAME()"))
			require.EqualValues(t, 1, one[int64](t, c, "SELECT IS_SRVROLEMEMBER('sysadmin')"))
		}
	}
}
