package ntlm

import (
	"bytes"
	"testing"
	"time"

	"github.com/bodgit/ntlmssp"
	"github.com/stretchr/testify/require"
)

func acceptor() *Acceptor {
	return &Acceptor{
		Names: Names{Computer: "SQL11", Domain: "LITWARE", DNSDomain: "litwareinc.com"},
		Now:   time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC),
		Lookup: func(user, _ string) (string, bool) {
			return "secret", user == "ops"
		},
	}
}

func logOn(t *testing.T, a *Acceptor, user, password string) (*ntlmssp.Client, []byte) {
	t.Helper()
	c, err := ntlmssp.NewClient(ntlmssp.SetUserInfo(user, password), ntlmssp.SetDomain("LITWARE"), ntlmssp.SetVersion(ntlmssp.DefaultVersion()))
	require.NoError(t, err)
	first, err := c.Authenticate(nil, nil)
	require.NoError(t, err)
	challenge, login, err := a.Step(first)
	require.NoError(t, err)
	require.Nil(t, login)
	last, err := c.Authenticate(challenge, nil)
	require.NoError(t, err)
	return c, last
}

func TestSealedMessagesTravelBothWays(t *testing.T) {
	a := acceptor()
	c, last := logOn(t, a, "ops", "secret")
	_, login, err := a.Step(last)
	require.NoError(t, err)
	require.Equal(t, "ops", login.User)
	for _, text := range []string{"first", "second", "third"} {
		sealed, signature, err := c.SecuritySession().Wrap([]byte(text))
		require.NoError(t, err)
		got, err := login.Session.Open(signature, sealed)
		require.NoError(t, err)
		require.Equal(t, text, string(got))

		signature, sealed = login.Session.Seal([]byte(text))
		got, err = c.SecuritySession().Unwrap(sealed, signature)
		require.NoError(t, err)
		require.Equal(t, text, string(got))
	}
	sealed, signature, err := c.SecuritySession().Wrap([]byte("altered"))
	require.NoError(t, err)
	sealed[0] ^= 1
	_, err = login.Session.Open(signature, sealed)
	require.ErrorIs(t, err, ErrSeal)
}

func TestHandshakeRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		user, password string
		tamper         func(message []byte) []byte
	}{
		"wrong password":          {"ops", "guess", nil},
		"unknown user":            {"nobody", "secret", nil},
		"altered integrity code":  {"ops", "secret", func(m []byte) []byte { m[micOffset] ^= 1; return m }},
		"altered flags":           {"ops", "secret", func(m []byte) []byte { m[60] ^= flagSeal; return m }},
		"cut off":                 {"ops", "secret", func(m []byte) []byte { return m[:70] }},
		"no response":             {"ops", "secret", func(m []byte) []byte { m[20], m[21] = 0, 0; return m }},
		"challenge instead":       {"ops", "secret", func(m []byte) []byte { m[8] = 2; return m }},
		"version 1 style message": {"ops", "secret", func(m []byte) []byte { m[20], m[21] = 24, 0; return m }},
	} {
		t.Run(name, func(t *testing.T) {
			a := acceptor()
			_, last := logOn(t, a, c.user, c.password)
			if c.tamper != nil {
				last = c.tamper(last)
			}
			_, login, err := a.Step(last)
			require.Error(t, err)
			require.Nil(t, login)
		})
	}
}

func TestAnswerWithoutChallengeIsRefused(t *testing.T) {
	a := acceptor()
	_, last := logOn(t, a, "ops", "secret")
	_, login, err := acceptor().Step(bytes.Clone(last))
	require.Error(t, err)
	require.Nil(t, login)
	_, _, err = a.Step(last)
	require.NoError(t, err)
	_, _, err = a.Step(last)
	require.Error(t, err, "a challenge serves once")
}

func FuzzStep(f *testing.F) {
	f.Add([]byte(signature+"\x01\x00\x00\x00\x07\x82\x08\xa2"), []byte(signature+"\x03\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		a := acceptor()
		_, _, _ = a.Step(first)
		if _, login, _ := a.Step(second); login != nil {
			t.Fatal("logged on without the password")
		}
	})
}
