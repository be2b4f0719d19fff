package tds

import (
	"context"
	"database/sql"
	"net/url"
	"strings"
	"testing"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open connects the driver that the console uses.
func open(t *testing.T, address string, options ...string) *sql.Conn {
	t.Helper()
	u := url.URL{Scheme: "sqlserver", User: url.UserPassword("sa", "Pa$$wörd"), Host: address, RawQuery: strings.Join(append([]string{"database=master", "app+name=pchatops", "TrustServerCertificate=true"}, options...), "&")}
	db, err := sql.Open("sqlserver", u.String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	c, err := db.Conn(ctx)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestEveryModeOfEncryptionCarriesALogin(t *testing.T) {
	for _, c := range []struct {
		server Encryption
		client string
		all    bool
	}{
		{EncryptOff, "disable", false},
		{EncryptLogin, "disable", false},
		{EncryptLogin, "false", false},
		{EncryptLogin, "true", true},
		{EncryptRequired, "true", true},
		{EncryptRequired, "false", true},
	} {
		t.Run(c.client, func(t *testing.T) {
			i, address := start(t, func(s *Server) { s.Encryption = c.server })
			conn := open(t, address, "encrypt="+c.client)
			var n int
			require.NoError(t, conn.QueryRowContext(t.Context(), "SELECT 40 + 2").Scan(&n))
			require.Equal(t, 42, n)
			require.Equal(t, c.all, i.logins[0].Encrypted)
			require.Equal(t, "pchatops", i.logins[0].App)
		})
	}
}

func TestAWrongPasswordIsRefusedWith18456(t *testing.T) {
	_, address := start(t, nil)
	db, err := sql.Open("sqlserver", "sqlserver://sa:wrong@"+address+"?encrypt=disable")
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	var refused mssql.Error
	require.ErrorAs(t, db.PingContext(t.Context()), &refused)
	require.EqualValues(t, 18456, refused.Number)
}
