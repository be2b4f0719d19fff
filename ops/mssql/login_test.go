package mssql

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/lab/tds"
	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world"
	"pchatops/ops/lab/wsman/ntlm"
	"pchatops/ops/site"
)

func TestARefusedLoginIsNotTriedAgain(t *testing.T) {
	e := newEstate(t, nil)
	r := e.listen(secondary, nil)
	s := e.dial(r, secondary, "sa", "wrong password", nil)
	_, err := s.Facts(context.Background())
	require.True(t, fault.Is(err, fault.Login), err)
	require.EqualValues(t, 18456, numberOf(err))
	require.Equal(t, fault.TurnedAway, fault.ReachOf(err))
	require.NotContains(t, err.Error(), "wrong password")

	before := r.exchanges.Load()
	_, err = s.Facts(context.Background())
	require.True(t, fault.Is(err, fault.Login), err)
	require.Empty(t, fault.ReachOf(err), "nobody was asked, so nothing new is known")
	_, err = run(t, s.BringOnline("mgc", chain.LSN{}))
	require.True(t, fault.Is(err, fault.Login), err)
	err = s.Lock(context.Background(), 0)
	require.True(t, fault.Is(err, fault.Login), err)
	require.Equal(t, before, r.exchanges.Load(), "a console that polls must not lock the account out")
}

// domain is a domain controller with one account.
type domain struct{ ntlm.Acceptor }

func (d *domain) Step(token []byte) ([]byte, string, error) {
	reply, who, err := d.Acceptor.Step(token)
	if who == nil {
		return reply, "", err
	}
	return nil, who.Domain + `\` + who.User, err
}

// inDomain lets LITWARE\ops log in as if it were sa.
func inDomain(e *estate, seen *tds.Login) func(*tds.Server) {
	in := e.world.Instance(secondary)
	return func(s *tds.Server) {
		s.Integrated = func() tds.Negotiation {
			return &domain{ntlm.Acceptor{
				Names: ntlm.Names{Computer: "SQL11", Domain: "LITWARE", DNSDomain: "litwareinc.com"}, Now: time.Now(),
				Lookup: func(user, where string) (string, bool) { return "Sommer26", user == "ops" && where == "LITWARE" },
			}}
		}
		s.Authenticate = func(_ context.Context, l tds.Login) (tsql.Host, func(), *tsql.Error) {
			*seen = l
			return in.Login(world.LoginRequest{User: "sa", Password: in.Password("sa"), Database: l.Database, App: l.App, Host: l.Host, PID: l.PID})
		}
	}
}

func TestAWindowsAccountLogsInWithoutSendingItsPassword(t *testing.T) {
	e := newEstate(t, nil)
	var seen tds.Login
	l := e.listen(secondary, inDomain(e, &seen))
	windows := func(i *site.Instance) { i.Credential.Kind = site.LoginNTLM }
	facts(t, e.dial(l, secondary, `LITWARE\ops`, "Sommer26", windows))
	require.True(t, seen.Trusted)
	require.Equal(t, `LITWARE\ops`, seen.User)
	require.Empty(t, seen.Password)
	require.Equal(t, AppName, seen.App)

	_, err := e.dial(l, secondary, `LITWARE\ops`, "Winter26", windows).Facts(context.Background())
	require.True(t, fault.Is(err, fault.Login), err)
}

func TestTheConsoleIsNotSentOnToAnotherServer(t *testing.T) {
	host, port := peer(t, func(net.Conn) {})
	d := &dialer{host: host, dial: new(net.Dialer).DialContext}
	defer d.close()
	address := (&net.TCPAddr{IP: net.ParseIP(host), Port: port}).String()
	_, err := d.DialContext(context.Background(), "tcp", address)
	require.NoError(t, err)
	_, err = d.DialContext(context.Background(), "tcp", address)
	require.ErrorContains(t, err, "not followed")
}
