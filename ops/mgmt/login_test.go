package mgmt

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/binary"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

func withNTLM(h *site.Host, _ *Options) {
	h.Auth, h.Credential.Kind = site.AuthNTLM, site.LoginNTLM
}

func TestAHostWithoutNTLMGetsNeitherPasswordNorMessage(t *testing.T) {
	p := newPeer(t, on("", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Basic realm="WSMAN"`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	err := p.host(t, withNTLM).Call(t.Context(), HostFacts, struct{}{}, "", nil)
	require.Equal(t, fault.Config, fault.ClassOf(err), "%v", err)
	require.Equal(t, p.count(""), p.count(create)+1, "one empty request, no message")
	require.Zero(t, p.count(create))
	for _, login := range p.logins {
		require.True(t, strings.HasPrefix(login, "Negotiate TlRMTVNTUAAB"), "only an NTLM NEGOTIATE is sent: %s", login)
	}
}

// challenge is an NTLM CHALLENGE with the flags given.
func challenge(flags uint32) string {
	b := append([]byte("NTLMSSP\x00\x02\x00\x00\x00"), make([]byte, 44)...)
	binary.LittleEndian.PutUint32(b[16:], 56)
	binary.LittleEndian.PutUint32(b[20:], flags)
	copy(b[24:], "challeng")
	binary.LittleEndian.PutUint32(b[44:], 56)
	return "Negotiate " + base64.StdEncoding.EncodeToString(b)
}

func TestOverPlainHTTPNothingIsSentToAHostThatDoesNotSeal(t *testing.T) {
	var sent atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent.Add(r.ContentLength)
		w.Header().Set("WWW-Authenticate", challenge(wantedFlags&^0x20))
		w.WriteHeader(http.StatusUnauthorized)
	}))
	t.Cleanup(s.Close)
	h := NewHost(site.Host{
		Name: "FE11", Host: "127.0.0.1", Port: s.Listener.Addr().(*net.TCPAddr).Port, Scheme: "http", Auth: site.AuthNTLM,
		Credential: site.Credential{User: `LITWARE\ops`, Source: site.FromPrompt},
	}, Options{Secret: secrets})
	t.Cleanup(h.Close)
	err := h.Call(t.Context(), HostFacts, struct{}{}, "", nil)
	require.Equal(t, fault.Config, fault.ClassOf(err), "%v", err)
	require.ErrorContains(t, err, "seal")
	require.Zero(t, sent.Load())
}

func TestOverPlainHTTPOnlyNTLMIsUsed(t *testing.T) {
	for _, auth := range []site.Auth{site.AuthBasic, site.AuthKerberos, site.AuthCertificate} {
		h := NewHost(site.Host{Name: "FE11", Host: "127.0.0.1", Port: 1, Scheme: "http", Auth: auth}, Options{Secret: secrets})
		err := h.Call(t.Context(), HostFacts, struct{}{}, "", nil)
		require.Equal(t, fault.Config, fault.ClassOf(err), "%s: %v", auth, err)
	}
}

func TestARefusedPasswordIsNotSentAgainUntilItChangesOrTimePasses(t *testing.T) {
	now := time.Date(2026, 11, 21, 2, 40, 0, 0, time.UTC)
	right := "old"
	p := newPeer(t, on(create, func(w http.ResponseWriter, r *http.Request) {
		if _, given, _ := r.BasicAuth(); given != "new" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		answer(w, 200, replies[create])
	}))
	h := p.host(t, func(_ *site.Host, o *Options) {
		o.Now = func() time.Time { return now }
		o.Secret = func(context.Context, site.Credential) (site.Secret, error) { return site.NewSecret(right), nil }
	})
	call := func() error { return h.Call(t.Context(), HostFacts, struct{}{}, "", nil) }

	require.True(t, fault.Is(call(), fault.Login))
	require.Equal(t, 1, p.count(create))
	err := call()
	require.True(t, fault.Is(err, fault.Login))
	require.ErrorContains(t, err, "02:50:00 UTC")
	require.Equal(t, 1, p.count(create), "the same password is not sent again")

	now = now.Add(refusedFor)
	require.True(t, fault.Is(call(), fault.Login))
	require.Equal(t, 2, p.count(create), "after ten minutes it is")

	right = "new"
	require.NoError(t, call())
	require.Equal(t, 3, p.count(create), "a corrected one is sent at once")
}

func TestWhatIsWrongWithACertificateIsSaid(t *testing.T) {
	soon, past := time.Now().Add(time.Hour), time.Now().Add(-time.Hour)
	cases := []struct {
		name, issuedTo string
		until          time.Time
		change         func(*site.Host)
		class          fault.Class
		says           string
	}{
		{"expired", "127.0.0.1", past, nil, fault.Certificate, "renew it"},
		{"of another host", "fe99.litwareinc.com", soon, nil, fault.Certificate, "server-name"},
		{"of an unknown authority", "127.0.0.1", soon, func(h *site.Host) { h.Trust.CAFile = "" }, fault.Certificate, "ca-file"},
		{"named in the site file", "fe99.litwareinc.com", soon, func(h *site.Host) { h.Trust.ServerName = "fe99.litwareinc.com" }, "", ""},
		{"accepted whatever it is", "fe99.litwareinc.com", past, func(h *site.Host) { h.Trust = site.Trust{Any: true} }, "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			pair, der := certificate(t, c.issuedTo, c.until)
			p := newPeer(t, nil)
			p.TLS.Certificates = []tls.Certificate{pair}
			h := p.host(t, func(h *site.Host, _ *Options) {
				h.Trust.CAFile = writePEM(t, "CERTIFICATE", der)
				if c.change != nil {
					c.change(h)
				}
			})
			err := h.Call(t.Context(), HostFacts, struct{}{}, "", nil)
			if c.class == "" {
				require.NoError(t, err)
				return
			}
			require.Equal(t, c.class, fault.ClassOf(err), "%v", err)
			require.ErrorContains(t, err, c.says)
		})
	}
}

// Authorities of 2012 sign with SHA-1, and their templates name a host in the subject
// alone; old hosts speak an old TLS. Each is named, with the setting that helps.
func TestOldCertificatesAndProtocolsAreNamed(t *testing.T) {
	authority, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	until := time.Now().Add(time.Hour)
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Litware Root"}, NotBefore: until.Add(-48 * time.Hour), NotAfter: until,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, root, root, authority.Public(), authority)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		change func(*x509.Certificate)
		config func(*tls.Config)
		says   string
	}{
		"SHA-1":           {func(c *x509.Certificate) { c.SignatureAlgorithm = x509.SHA1WithRSA }, nil, "SHA-256"},
		"no SAN":          {func(c *x509.Certificate) { c.IPAddresses, c.Subject.CommonName = nil, "fe11.litwareinc.com" }, nil, "SAN"},
		"no server":       {func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }, nil, "Server Authentication"},
		"TLS 1.0 and 1.1": {nil, func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }, "TLS 1.2"},
		"no common cipher": {nil, func(c *tls.Config) {
			c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_RSA_WITH_RC4_128_SHA}
		}, "TLS 1.2"},
	} {
		t.Run(name, func(t *testing.T) {
			leaf := &x509.Certificate{
				SerialNumber: big.NewInt(2), NotBefore: root.NotBefore, NotAfter: until, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
				KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
			}
			if c.change != nil {
				c.change(leaf)
			}
			signed, err := x509.CreateCertificate(rand.Reader, leaf, root, authority.Public(), authority)
			require.NoError(t, err)
			p := newPeer(t, nil)
			p.TLS.Certificates = []tls.Certificate{{Certificate: [][]byte{signed}, PrivateKey: authority}}
			if c.config != nil {
				c.config(p.TLS)
			}
			h := p.host(t, func(h *site.Host, _ *Options) {
				h.Trust.CAFile = writePEM(t, "CERTIFICATE", der)
				if name == "no SAN" {
					h.Trust.ServerName = "fe11.litwareinc.com"
				}
			})
			err = h.Call(t.Context(), HostFacts, struct{}{}, "", nil)
			require.Equal(t, fault.Certificate, fault.ClassOf(err), "%v", err)
			require.ErrorContains(t, err, c.says)
		})
	}
}

func TestATicketIsAskedForTheServiceThatTheSiteFileNames(t *testing.T) {
	for given, want := range map[string]string{
		"": "HTTP/fe11.litwareinc.com", "WSMAN": "WSMAN/fe11.litwareinc.com", "WSMAN/pool.litwareinc.com": "WSMAN/pool.litwareinc.com",
	} {
		require.Equal(t, want, servicePrincipal(given, "fe11.litwareinc.com"))
	}
}

func TestAHostThatCannotBeReachedIsUnreachable(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = silent.Close() })

	for name, at := range map[string]net.Addr{"nobody listens": closed.Addr(), "no TLS there": plain.Listener.Addr(), "no TLS handshake": silent.Addr()} {
		for _, auth := range []site.Auth{site.AuthBasic, site.AuthNTLM} {
			t.Run(name+" "+string(auth), func(t *testing.T) {
				h := NewHost(site.Host{Name: "FE11", Host: "127.0.0.1", Port: at.(*net.TCPAddr).Port, Scheme: "https", Auth: auth},
					Options{Secret: secrets, Connect: 100 * time.Millisecond})
				t.Cleanup(h.Close)
				err := h.Call(t.Context(), HostFacts, struct{}{}, "", nil)
				require.Equal(t, fault.Unreachable, fault.ClassOf(err), "%v", err)
			})
		}
	}
}

func TestAClientCertificateIsTheLogin(t *testing.T) {
	pair, der := certificate(t, "ops", time.Now().Add(time.Hour))
	var subject atomic.Value
	p := newPeer(t, on(create, func(w http.ResponseWriter, r *http.Request) {
		if len(r.TLS.PeerCertificates) == 1 && r.Header.Get("Authorization") == certificateScheme {
			subject.Store(r.TLS.PeerCertificates[0].Subject.CommonName)
		}
		answer(w, 200, replies[create])
	}))
	p.TLS.ClientAuth = tls.RequireAnyClientCert
	h := p.host(t, func(h *site.Host, o *Options) {
		h.Auth = site.AuthCertificate
		h.Credential = site.Credential{Kind: site.LoginCert, Cert: writePEM(t, "CERTIFICATE", der), Source: site.FromFile}
		o.Secret = func(context.Context, site.Credential) (site.Secret, error) {
			return site.NewSecret(keyPEM(t, pair)), nil
		}
	})
	require.NoError(t, h.Call(t.Context(), HostFacts, struct{}{}, "", nil))
	require.Equal(t, "ops", subject.Load())
}

func TestASiteFileThatNamesMissingFilesIsAConfigurationError(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	empty := filepath.Join(t.TempDir(), "empty.pem")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	for name, change := range map[string]func(*site.Host){
		"no CA file":       func(h *site.Host) { h.Trust.CAFile = missing },
		"an empty CA file": func(h *site.Host) { h.Trust.CAFile = empty },
		"no certificate":   func(h *site.Host) { h.Auth, h.Credential.Cert = site.AuthCertificate, missing },
		"no krb5.conf":     func(h *site.Host) { h.Auth, h.Credential.Config = site.AuthKerberos, missing },
		"no such login":    func(h *site.Host) { h.Auth = "digest" },
	} {
		t.Run(name, func(t *testing.T) {
			h := site.Host{Name: "FE11", Host: "127.0.0.1", Port: 1, Scheme: "https", Auth: site.AuthBasic}
			change(&h)
			err := NewHost(h, Options{Secret: secrets}).Call(t.Context(), HostFacts, struct{}{}, "", nil)
			require.Equal(t, fault.Config, fault.ClassOf(err), "%v", err)
		})
	}
}
