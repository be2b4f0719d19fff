//go:build unix

package mgmt

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// Whoever may write the file of the authority decides whom the console trusts,
// and whoever may write the certificate, as whom it logs in.
func TestAnAuthorityOrCertificateThatOthersMayChangeIsRefused(t *testing.T) {
	_, der := certificate(t, "127.0.0.1", time.Now().Add(time.Hour))
	for name, of := range map[string]func(file string) site.Host{
		"authority": func(file string) site.Host { return site.Host{Trust: site.Trust{CAFile: file}} },
		"client certificate": func(file string) site.Host {
			return site.Host{Auth: site.AuthCertificate, Credential: site.Credential{Cert: file}}
		},
	} {
		file := writePEM(t, "CERTIFICATE", der)
		require.NoError(t, os.Chmod(file, 0o666))
		_, err := tlsConfig(of(file), "")
		require.True(t, fault.Is(err, fault.Config), "%s: %v", name, err)
		require.ErrorContains(t, err, "others may write it", name)
	}
}
