package tds

import (
	"database/sql"
	"net/url"
	"testing"

	mssql "github.com/microsoft/go-mssqldb"
	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/wsman/ntlm"
)

// ntlmLogon fits the lab's NTLM to the server.
type ntlmLogon struct{ ntlm.Acceptor }

func (n *ntlmLogon) Step(token []byte) ([]byte, string, error) {
	reply, login, err := n.Acceptor.Step(token)
	if login == nil {
		return reply, "", err
	}
	return nil, login.Domain + `\` + login.User, err
}

func TestAWindowsAccountLogsInWithNTLM(t *testing.T) {
	i, address := start(t, func(s *Server) {
		s.Integrated = func() Negotiation {
			return &ntlmLogon{ntlm.Acceptor{
				Names: ntlm.Names{Computer: "SQL11", Domain: "LITWARE", DNSDomain: "litwareinc.com"},
				Now:   noon,
				Lookup: func(user, domain string) (string, bool) {
					return "Sommer26", user == "ops" && domain == "LITWARE"
				},
			}}
		}
	})
	for password, want := range map[string]int32{"Sommer26": 0, "wrong": 18452} {
		u := url.URL{Scheme: "sqlserver", User: url.UserPassword(`LITWARE\ops`, password), Host: address, RawQuery: "encrypt=false&TrustServerCertificate=true&authenticator=ntlm"}
		db, err := sql.Open("sqlserver", u.String())
		require.NoError(t, err)
		err = db.PingContext(t.Context())
		if want != 0 {
			var refused mssql.Error
			require.ErrorAs(t, err, &refused)
			require.Equal(t, want, refused.Number)
		} else {
			require.NoError(t, err)
		}
		require.NoError(t, db.Close())
	}
	require.Len(t, i.logins, 1)
	require.True(t, i.logins[0].Trusted)
}

func TestIntegratedLoginsAreRefusedWhereThereIsNoDomain(t *testing.T) {
	_, address := start(t, nil)
	db, err := sql.Open("sqlserver", `sqlserver://LITWARE%5Cops:x@`+address+`?encrypt=disable&authenticator=ntlm`)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	var refused mssql.Error
	require.ErrorAs(t, db.PingContext(t.Context()), &refused)
	require.EqualValues(t, 18452, refused.Number)
}
