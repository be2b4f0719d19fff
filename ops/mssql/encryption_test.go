package mssql

import (
	"context"
	"crypto/tls"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/tds"
	"pchatops/ops/site"
)

// issued makes a server certificate that is good until then, and the file of
// the authority that signed it.
func issued(t *testing.T, until time.Time) (tls.Certificate, string) {
	t.Helper()
	a, err := faults.NewAuthority("Litware", time.Now())
	require.NoError(t, err)
	cert, err := a.Issue(time.Now().Add(-48*time.Hour), until, "sql11.litwareinc.com", "127.0.0.1")
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(file, a.PEM(), 0o600))
	return cert, file
}

func tomorrow() time.Time  { return time.Now().Add(24 * time.Hour) }
func yesterday() time.Time { return time.Now().Add(-24 * time.Hour) }

// reach asks an instance with the given certificate and TLS versions.
func reach(t *testing.T, c *tls.Config, mode tds.Encryption, change func(*site.Instance)) error {
	t.Helper()
	e := newEstate(t, nil)
	r := e.listen(secondary, encrypted(c, mode))
	s := e.dial(r, secondary, "sa", e.world.Instance(secondary).Password("sa"), change)
	_, err := s.Facts(context.Background())
	return err
}

func TestTheStatusComesOverEachKindOfEncryption(t *testing.T) {
	cert, ca := issued(t, tomorrow())
	c := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	for _, mode := range []site.Encrypt{site.EncryptOff, site.EncryptLogin, site.EncryptFull} {
		require.NoError(t, reach(t, c, tds.EncryptLogin, func(i *site.Instance) {
			i.Encrypt, i.Trust.CAFile = mode, ca
		}), mode)
	}
}

func TestACertificateThatIsNotTrustedIsRefusedWithAReason(t *testing.T) {
	good, ca := issued(t, tomorrow())
	old, oldCA := issued(t, yesterday())
	for _, c := range []struct {
		what   string
		cert   tls.Certificate
		change func(*site.Instance)
		says   string
	}{
		{"of an unknown authority", good, nil, "ca_file"},
		{"expired", old, func(i *site.Instance) { i.Trust.CAFile = oldCA }, "expired"},
		{"for another name", good, func(i *site.Instance) { i.Trust = site.Trust{CAFile: ca, ServerName: "sql12.litwareinc.com"} }, "server_name"},
	} {
		for _, mode := range []site.Encrypt{site.EncryptLogin, site.EncryptFull} {
			conf := &tls.Config{Certificates: []tls.Certificate{c.cert}, MinVersion: tls.VersionTLS12}
			err := reach(t, conf, tds.EncryptLogin, func(i *site.Instance) {
				i.Encrypt = mode
				if c.change != nil {
					c.change(i)
				}
			})
			require.True(t, fault.Is(err, fault.Certificate), "%s: %v", c.what, err)
			require.Contains(t, err.Error(), c.says)
		}
	}
}

func TestTrustInAnyCertificateIsTheOperatorsChoice(t *testing.T) {
	old, _ := issued(t, yesterday())
	c := &tls.Config{Certificates: []tls.Certificate{old}, MinVersion: tls.VersionTLS12}
	require.NoError(t, reach(t, c, tds.EncryptLogin, func(i *site.Instance) { i.Encrypt, i.Trust.Any = site.EncryptFull, true }))
}

func TestAServerThatOnlySpeaksTLS10IsNamedAsSuch(t *testing.T) {
	cert, ca := issued(t, tomorrow())
	c := faults.OnlyTLS10(&tls.Config{Certificates: []tls.Certificate{cert}})
	change := func(i *site.Instance) { i.Encrypt, i.Trust.CAFile = site.EncryptFull, ca }
	err := reach(t, c, tds.EncryptLogin, change)
	require.True(t, fault.Is(err, fault.Unreachable), err)
	require.Contains(t, err.Error(), "tlsmin")

	require.NoError(t, reach(t, c, tds.EncryptLogin, func(i *site.Instance) {
		change(i)
		i.TLSMin = "1.0"
	}))
}

func TestAServerWithoutTLSIsNamedAsSuch(t *testing.T) {
	err := reach(t, nil, tds.EncryptOff, func(i *site.Instance) { i.Encrypt = site.EncryptFull })
	require.True(t, fault.Is(err, fault.Unreachable), err)
	require.Contains(t, err.Error(), "encrypt: off")
}
