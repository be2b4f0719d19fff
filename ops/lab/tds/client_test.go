package tds

import (
	"context"
	"crypto/tls"
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

func TestAnOldServerSpeaksOnlyToClientsThatAcceptItsTLS(t *testing.T) {
	_, address := start(t, func(s *Server) {
		s.TLS.MinVersion, s.TLS.MaxVersion = tls.VersionTLS10, tls.VersionTLS10
	})
	db, err := sql.Open("sqlserver", "sqlserver://sa:x@"+address+"?encrypt=false")
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	require.ErrorContains(t, db.PingContext(t.Context()), "protocol version")
	require.NoError(t, open(t, address, "encrypt=false", "tlsmin=1.0").PingContext(t.Context()))
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

func TestEveryKindOfValueArrivesAsItIs(t *testing.T) {
	_, address := start(t, nil)
	conn := open(t, address)
	rows, err := conn.QueryContext(t.Context(), "SELECT * FROM everything")
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	types, err := rows.ColumnTypes()
	require.NoError(t, err)
	var names []string
	for _, c := range types {
		names = append(names, c.DatabaseTypeName())
	}
	require.Equal(t, []string{"INT", "BIGINT", "SMALLINT", "TINYINT", "BIT", "NVARCHAR", "NVARCHAR", "DATETIME", "DECIMAL", "DECIMAL", "UNIQUEIDENTIFIER", "VARBINARY", "VARBINARY", "REAL", "FLOAT"}, names)

	require.True(t, rows.Next())
	var (
		n, big, small, tiny int64
		yes                 bool
		text, long          string
		at                  time.Time
		lsn, price          string
		id                  mssql.UniqueIdentifier
		bin, longBin        []byte
		r, f                float64
	)
	require.NoError(t, rows.Scan(&n, &big, &small, &tiny, &yes, &text, &long, &at, &lsn, &price, &id, &bin, &longBin, &r, &f))
	require.Equal(t, []int64{-7, 1 << 40, -300, 200}, []int64{n, big, small, tiny})
	require.True(t, yes)
	require.Equal(t, "Grüße ☃", text)
	require.Equal(t, strings.Repeat("é", 9000), long)
	require.WithinDuration(t, noon.Add(123*time.Millisecond), at, 2*time.Millisecond)
	require.Equal(t, "1821957000104764400001", lsn)
	require.Equal(t, "-12.30", price)
	require.Equal(t, "6F9619FF-0000-0000-0000-000000000001", id.String())
	require.Equal(t, []byte{1, 2}, bin)
	require.Len(t, longBin, 9000)
	require.Equal(t, []float64{1.5, 2.25}, []float64{r, f})

	require.True(t, rows.Next())
	nulls := make([]any, 15)
	into := make([]any, 15)
	for i := range nulls {
		into[i] = &nulls[i]
	}
	require.NoError(t, rows.Scan(into...))
	require.Equal(t, make([]any, 15), nulls)
	require.False(t, rows.Next())
	require.NoError(t, rows.Err())
}

func TestParametersOfEveryKindGoInAndComeOut(t *testing.T) {
	_, address := start(t, nil)
	conn := open(t, address)
	uid := mssql.UniqueIdentifier{0xAA, 15: 0xBB}
	for _, c := range []struct {
		in   any
		want any
	}{
		{int64(1) << 40, int64(1) << 40},
		{int32(-5), int64(-5)},
		{true, true},
		{"O'Brien ☃", "O'Brien ☃"},
		{strings.Repeat("x", 10000), strings.Repeat("x", 10000)},
		{3.5, 3.5},
		{[]byte{0, 255}, []byte{0, 255}},
		{mssql.DateTime1(noon), noon},
		{noon, noon},
		{mssql.VarChar("Gr\xf6\xdfe"), "Größe"},
		{uid, []byte{0xAA, 15: 0xBB}},
	} {
		var got any
		require.NoError(t, conn.QueryRowContext(t.Context(), "SELECT @p1", c.in).Scan(&got))
		if b, ok := c.want.([]byte); ok && len(b) == 16 {
			var back mssql.UniqueIdentifier
			require.NoError(t, back.Scan(got))
			require.Equal(t, uid, back)
			continue
		}
		if at, ok := c.want.(time.Time); ok {
			require.True(t, at.Equal(got.(time.Time)), "%v", got)
			continue
		}
		require.Equal(t, c.want, got)
	}
	var text string
	var n int64
	_, err := conn.ExecContext(t.Context(), "SELECT @n = @n + 1, @text = N'out'", sql.Named("n", sql.Out{Dest: &n, In: true}), sql.Named("text", sql.Out{Dest: &text}))
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
	require.Equal(t, "out", text)
}

func TestAProcedureReturnsRowsOutputsAndItsCode(t *testing.T) {
	_, address := start(t, nil)
	conn := open(t, address)
	var id mssql.UniqueIdentifier
	var rc mssql.ReturnStatus
	rows, err := conn.QueryContext(t.Context(), "master.dbo.sp_add_things", sql.Named("database", "mgc"), sql.Named("id", sql.Out{Dest: &id}), &rc)
	require.NoError(t, err)
	var things []string
	for rows.Next() {
		var s string
		require.NoError(t, rows.Scan(&s))
		things = append(things, s)
	}
	require.NoError(t, rows.Close())
	require.Equal(t, []string{"one", "two"}, things)
	require.EqualValues(t, 42, rc)
	require.Equal(t, "11220000-0000-0000-0000-000000000000", id.String())

	_, err = conn.ExecContext(t.Context(), "sp_add_things", sql.Named("unknown", 1))
	require.Equal(t, int32(8145), number(t, err))
	_, err = conn.ExecContext(t.Context(), "sp_nothing_of_the_kind", sql.Named("database", "mgc"))
	require.Equal(t, int32(2812), number(t, err))
}

// number is the number of a SQL Server error.
func number(t *testing.T, err error) int32 {
	t.Helper()
	var e mssql.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, `SQL11\RTC`, e.ServerName)
	return e.Number
}

func TestABatchGivesAllItsResultSetsAndErrors(t *testing.T) {
	_, address := start(t, nil)
	conn := open(t, address)
	rows, err := conn.QueryContext(t.Context(), "DECLARE @x int = 1; SELECT 1 AS a; SELECT 'x' AS b, 2.50 AS c; USE msdb; SELECT DB = 1 WHERE 1 = 0; SELECT 4")
	require.NoError(t, err)
	var sets [][]string
	for {
		columns, err := rows.Columns()
		require.NoError(t, err)
		sets = append(sets, columns)
		for rows.Next() {
			continue
		}
		if !rows.NextResultSet() {
			break
		}
	}
	require.NoError(t, rows.Err())
	require.NoError(t, rows.Close())
	require.Equal(t, [][]string{{"a"}, {"b", "c"}, {"DB"}, {""}}, sets)

	_, err = conn.ExecContext(t.Context(), `RESTORE LOG mgc FROM DISK = N'E:\missing.trn' WITH NORECOVERY`)
	var failed mssql.Error
	require.ErrorAs(t, err, &failed)
	require.EqualValues(t, 3013, failed.Number)
	require.Len(t, failed.All, 2, "the cause comes before its follower")
	require.EqualValues(t, 3201, failed.All[0].Number)

	result, err := conn.ExecContext(t.Context(), "SELECT 1 UNION ALL SELECT 2")
	require.NoError(t, err)
	n, err := result.RowsAffected()
	require.NoError(t, err)
	require.EqualValues(t, 2, n)
}
