package lab_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"testing"
	"time"

	_ "github.com/microsoft/go-mssqldb"
	_ "github.com/microsoft/go-mssqldb/integratedauth/ntlm"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"pchatops/ops/lab"
	"pchatops/ops/lab/scenario"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T) *lab.Lab {
	t.Helper()
	l, err := lab.Start(t.Context(), lab.Options{Scenario: "healthy", Seed: 7, Speed: 60, Dir: t.TempDir()})
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

// ctl does what `lab ctl` does; the answer is empty where it was refused.
func ctl(t *testing.T, l *lab.Lab, what string, values map[string]string) (answer string, ok bool) {
	t.Helper()
	body, err := json.Marshal(values)
	require.NoError(t, err)
	u, err := url.Parse(l.Describe().Control)
	require.NoError(t, err)
	u.Path += what
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, u.String(), bytes.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Close = true
	out, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { require.NoError(t, out.Body.Close()) }()
	text, err := io.ReadAll(out.Body)
	require.NoError(t, err)
	return string(text), out.StatusCode == http.StatusOK
}

func TestRightsAccountsDisksAndOwnersCanBeTakenAway(t *testing.T) {
	l := start(t)
	secondary := l.Describe().Instances[3]
	require.Equal(t, "secondary", secondary.Role)
	sa := connect(t, secondary, url.UserPassword(secondary.User, secondary.Password), "encrypt=disable")
	const read = `DECLARE @n int; BEGIN TRY RESTORE VERIFYONLY FROM DISK = '\\FS01\LogShip\mgc_full.bak'; SET @n = 0; END TRY BEGIN CATCH SET @n = ERROR_NUMBER(); END CATCH; SELECT @n`
	require.Zero(t, one[int64](t, sa, read))
	for _, c := range []struct {
		what   string
		values map[string]string
		query  string
		want   string
	}{
		{"access", map[string]string{"instance": "SQL11", "service": "engine", "folder": "share", "state": "denied"}, read, "3013"},
		{"access", map[string]string{"instance": "SQL11", "service": "engine", "folder": "share", "state": "allowed"}, read, "0"},
		{"account", map[string]string{"instance": "SQL11", "service": "agent", "name": "LocalSystem"}, "SELECT service_account FROM sys.dm_server_services WHERE servicename LIKE '%Agent%'", "LocalSystem"},
		{"volume", map[string]string{"instance": "SQL11", "folder": `E:\SQLData`, "free": "5"}, "SELECT MIN(v.available_bytes) FROM sys.master_files f CROSS APPLY sys.dm_os_volume_stats(f.database_id, f.file_id) v", "5242880"},
		{"job", map[string]string{"instance": "SQL11", "name": `LSCopy_SQL01\RTC_mgc`, "do": "orphan"}, "SELECT COUNT(*) FROM msdb.dbo.sysjobs WHERE SUSER_SNAME(owner_sid) IS NULL", "1"},
	} {
		answer, ok := ctl(t, l, c.what, c.values)
		require.True(t, ok, answer)
		require.Equal(t, c.want, fmt.Sprint(one[any](t, sa, c.query)), c.what)
		for key := range c.values { // each value has to be one that there is
			wrong := maps.Clone(c.values)
			wrong[key] = "?"
			if c.what == "account" && key == "name" {
				continue
			}
			_, ok := ctl(t, l, c.what, wrong)
			require.False(t, ok, "%s %v", c.what, wrong)
		}
	}
}

// What a trainee reads of the site's past agrees with the clock on the wall.
func TestTheClockShowsTheTimeOfDayWhenTheSiteBeginsToLive(t *testing.T) {
	now := time.Date(2026, 11, 30, 3, 0, 0, 0, time.UTC)
	for _, s := range scenario.All() {
		l, err := lab.Start(t.Context(), lab.Options{Situation: &s, Seed: 7, Start: now, Dir: t.TempDir()})
		require.NoError(t, err, s.Name)
		require.WithinDuration(t, now, l.World().Now(), time.Minute, s.Name)
		require.NoError(t, l.Close())
	}
}
