package procedurestest

import (
	"database/sql"
	"fmt"
	"net/url"
	"strings"
	"testing"

	_ "github.com/microsoft/go-mssqldb" // as an administrator's client has it
	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// Query runs a batch on an instance as an administrator would by hand, over a
// connection of its own, and gives its rows, a line each. The instance is named
// by its role or its name.
func Query(t testing.TB, l *lab.Lab, instance, text string) []string {
	t.Helper()
	for _, in := range l.Describe().Instances {
		if in.Role == instance || in.Name == instance {
			return query(t, in, text)
		}
	}
	t.Fatalf("no instance %s", instance)
	return nil
}

func query(t testing.TB, in lab.InstanceEndpoint, text string) []string {
	t.Helper()
	u := url.URL{
		Scheme: "sqlserver", User: url.UserPassword(in.User, in.Password), Host: fmt.Sprintf("%s:%d", in.Host, in.Port),
		RawQuery: "encrypt=disable",
	}
	db, err := sql.Open("sqlserver", u.String())
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	rows, err := db.QueryContext(t.Context(), text)
	require.NoError(t, err, text)
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	require.NoError(t, err)
	var out []string
	for rows.Next() {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		require.NoError(t, rows.Scan(into...))
		out = append(out, strings.TrimSpace(fmt.Sprintln(values...)))
	}
	require.NoError(t, rows.Err(), text)
	return out
}
