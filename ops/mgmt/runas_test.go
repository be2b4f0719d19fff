package mgmt

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/lab/windows"
	"pchatops/ops/lab/wsman"
	"pchatops/ops/site"
)

// domain is what a domain controller knows of one account: wrong passwords count.
type domain struct {
	mu       sync.Mutex
	password string
	refusal  int // of the right password; 0: it is taken
	wrong    int
}

func (d *domain) logon(_, password string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case password != d.password:
		d.wrong++
		return &windows.Win32Error{Code: 1326, Text: "The user name or password is incorrect."}
	case d.refusal != 0:
		d.wrong++
		return &windows.Win32Error{Code: d.refusal, Text: "refused"}
	}
	return nil
}

func (d *domain) asked() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.wrong
}

// beyondOneHop makes hosts whose own logon reaches no further server, and the
// options with which a console reaches them.
func beyondOneHop(t *testing.T, d *domain, secret *string, names ...string) (Options, []*machine) {
	e := newEstate(t)
	var all []*machine
	for _, name := range names {
		m := newMachine(t, e, name, func(h *site.Host, _ *wsman.Server) {
			h.RunAs = site.Credential{Kind: site.LoginNTLM, User: `LITWARE\svc-chat`, Source: site.FromPrompt, Ref: "run-as"}
		})
		m.Logon, m.Manners = d.logon, func() windows.Manners { return windows.Manners{NoHop: true} }
		all = append(all, m)
	}
	o := fast()
	o.Refused = NewRefusals()
	o.Secret = func(ctx context.Context, c site.Credential) (site.Secret, error) {
		if c.Ref == "run-as" {
			return site.NewSecret(*secret), nil
		}
		return secrets(ctx, c)
	}
	return o, all
}

// Polling with a password that has become wrong would lock the account of the chat
// service in the middle of a disaster.
func TestARunAsPasswordThatWasRefusedIsNotAskedAgain(t *testing.T) {
	d, secret := &domain{password: "right"}, "wrong"
	o, all := beyondOneHop(t, d, &secret, "FE01", "SQL11")
	shell, files := shellOn(t, o, all[0]), filesOn(t, o, all[1])
	_, err := shell.Pool(t.Context())
	require.Equal(t, fault.Login, fault.ClassOf(err), "%v", err)
	require.ErrorContains(t, err, "1326")
	for range 5 {
		_, err = shell.Pool(t.Context())
		require.Equal(t, fault.Login, fault.ClassOf(err), "%v", err)
		require.ErrorContains(t, err, "not sent again")
		_, err = shell.Topology(t.Context())
		require.Equal(t, fault.Login, fault.ClassOf(err), "%v", err)
		l, err := files.List(t.Context(), share, copyF)
		require.NoError(t, err)
		require.NoError(t, l.CopyErr, "what needs no other account is read all the same")
		require.Equal(t, fault.Login, fault.ClassOf(l.ShareErr), "%v", l.ShareErr)
	}
	require.Equal(t, 1, d.asked(), "one wrong logon at the domain, whatever host and script")

	secret = "right"
	_, err = shell.Pool(t.Context())
	require.NoError(t, err, "a corrected password is noticed")
	l, err := files.List(t.Context(), share, copyF)
	require.NoError(t, err)
	require.NoError(t, l.ShareErr)
}

func TestALockedOrExpiredAccountIsNotAskedAgainEither(t *testing.T) {
	for _, code := range []int{1909, 1793, 1330, 1907, 1331, 1327} {
		d, secret := &domain{password: "right", refusal: code}, "right"
		o, all := beyondOneHop(t, d, &secret, "SQL11")
		now := time.Now()
		o.Now = func() time.Time { return now }
		files := filesOn(t, o, all[0])
		for range 3 {
			l, err := files.List(t.Context(), share, copyF)
			require.NoError(t, err)
			require.Equal(t, fault.Login, fault.ClassOf(l.ShareErr), "%d: %v", code, l.ShareErr)
			now = now.Add(time.Hour)
		}
		require.Equal(t, 1, d.asked(), "%d: no polling wears the account out", code)
	}
}

func TestWithoutARunAsAccountTheSecondHopIsNamedInAnyLanguage(t *testing.T) {
	for _, language := range []string{"en", "de", "ja"} {
		m := newMachine(t, newEstate(t), "FE11", nil)
		m.Manners = func() windows.Manners { return windows.Manners{NoHop: true, Language: language} }
		_, err := shellOn(t, fast(), m).Pool(t.Context())
		require.Equal(t, fault.Permission, fault.ClassOf(err), "%s: %v", language, err)
		require.ErrorContains(t, err, "18456", language)
		require.ErrorContains(t, err, "run-as account", language)
		l, err := filesOn(t, fast(), m).List(t.Context(), share, copyF)
		require.NoError(t, err)
		require.Equal(t, fault.Access, fault.ClassOf(l.ShareErr), "%s: %v", language, l.ShareErr)
	}
}

// Without a domain a user is one of the host's own.
func TestAKerberosCredentialKeepsItsRealmWhereAJobRunsAsIt(t *testing.T) {
	for want, c := range map[string]site.Credential{
		"ops@LITWAREINC.COM":   {Kind: site.LoginKerberos, User: "ops", Realm: "LITWAREINC.COM"},
		"ops@litwareinc.com":   {Kind: site.LoginKerberos, User: "ops@litwareinc.com", Realm: "LITWAREINC.COM"},
		`LITWARE\ops`:          {Kind: site.LoginNTLM, User: `LITWARE\ops`, Realm: "LITWAREINC.COM"},
		`LITWARE\svc-kerberos`: {Kind: site.LoginKerberos, User: `LITWARE\svc-kerberos`, Realm: "LITWAREINC.COM"},
	} {
		require.Equal(t, want, logonName(c))
	}
}
