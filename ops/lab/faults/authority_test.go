package faults_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/faults"
)

// handshake connects a client to a TLS server behind a link.
func handshake(t *testing.T, server, client *tls.Config) error {
	t.Helper()
	l, err := faults.Listen("127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	served := make(chan struct{})
	go func() {
		defer close(served)
		c, err := tls.NewListener(l, server).Accept()
		if err == nil {
			_, _ = io.Copy(io.Discard, c)
			_ = c.Close()
		}
	}()
	c, err := tls.Dial("tcp", l.Addr().String(), client)
	if err == nil {
		err = c.Close()
	}
	<-served
	return err
}

func TestClientsTellGoodCertificatesFromBad(t *testing.T) {
	now := time.Now()
	ours, err := faults.NewAuthority("Litware Root", now)
	require.NoError(t, err)
	foreign, err := faults.NewAuthority("Somebody Else", now)
	require.NoError(t, err)
	trust := x509.NewCertPool()
	require.True(t, trust.AppendCertsFromPEM(ours.PEM()))
	client := &tls.Config{RootCAs: trust, ServerName: "sql11.litwareinc.com"}
	issue := func(a *faults.Authority, until time.Time, names ...string) *tls.Config {
		c, err := a.Issue(now.Add(-48*time.Hour), until, names...)
		require.NoError(t, err)
		return &tls.Config{Certificates: []tls.Certificate{c}}
	}
	tomorrow := now.Add(24 * time.Hour)
	require.NoError(t, handshake(t, issue(ours, tomorrow, "sql11.litwareinc.com", "127.0.0.1"), client))

	var invalid x509.CertificateInvalidError
	require.ErrorAs(t, handshake(t, issue(ours, now.Add(-time.Hour), "sql11.litwareinc.com"), client), &invalid)
	require.Equal(t, x509.Expired, invalid.Reason)
	var unknown x509.UnknownAuthorityError
	require.ErrorAs(t, handshake(t, issue(foreign, tomorrow, "sql11.litwareinc.com"), client), &unknown)
	var wrongName x509.HostnameError
	require.ErrorAs(t, handshake(t, issue(ours, tomorrow, "sql12.litwareinc.com"), client), &wrongName)
}

func TestOldServerSpeaksTLS10Only(t *testing.T) {
	now := time.Now()
	ours, err := faults.NewAuthority("Litware Root", now)
	require.NoError(t, err)
	certificate, err := ours.Issue(now.Add(-time.Hour), now.Add(time.Hour), "127.0.0.1")
	require.NoError(t, err)
	trust := x509.NewCertPool()
	require.True(t, trust.AppendCertsFromPEM(ours.PEM()))
	old := faults.OnlyTLS10(&tls.Config{Certificates: []tls.Certificate{certificate}})
	require.ErrorContains(t, handshake(t, old, &tls.Config{RootCAs: trust}), "protocol version")
	require.NoError(t, handshake(t, old, &tls.Config{RootCAs: trust, MinVersion: tls.VersionTLS10}))
}
