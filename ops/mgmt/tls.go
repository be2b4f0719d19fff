package mgmt

import (
	"crypto/tls"
	"crypto/x509"

	"pchatops/ops/fault"
	"pchatops/ops/private"
	"pchatops/ops/site"
)

// tlsConfig turns the trust settings of a host into TLS terms. key is the
// client certificate's key where it is not in the certificate's own file.
func tlsConfig(h site.Host, key string) (*tls.Config, error) {
	config := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		ServerName:         h.Trust.ServerName,
		InsecureSkipVerify: h.Trust.Any, //nolint:gosec // the site file says so, and the console shows it
	}
	if h.Trust.CAFile != "" {
		pem, err := private.ReadFile(h.Trust.CAFile)
		if err != nil {
			return nil, badConfig(h, "read the certificate authority "+h.Trust.CAFile, err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, badConfig(h, "read the certificate authority "+h.Trust.CAFile+": it holds no PEM certificate", nil)
		}
	}
	if h.Auth == site.AuthCertificate {
		certificate, err := clientCertificate(h, key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{certificate}
		// IIS and HTTP.SYS ask for the client's certificate after the handshake.
		config.Renegotiation = tls.RenegotiateOnceAsClient
		config.MaxVersion = tls.VersionTLS12
	}
	return config, nil
}

func clientCertificate(h site.Host, key string) (tls.Certificate, error) {
	pem, err := private.ReadFile(h.Credential.Cert)
	if err != nil {
		return tls.Certificate{}, badConfig(h, "read the client certificate "+h.Credential.Cert, err)
	}
	keyPEM := []byte(key)
	if key == "" {
		keyPEM = pem
	}
	certificate, err := tls.X509KeyPair(pem, keyPEM)
	if err != nil {
		return tls.Certificate{}, badConfig(h, "use the client certificate "+h.Credential.Cert, err)
	}
	return certificate, nil
}

func badConfig(h site.Host, tried string, cause error) *fault.Error {
	f := &fault.Error{Class: fault.Config, Tried: tried, Target: h.Name, Cause: cause, Do: "correct the host in the site file"}
	if cause != nil {
		f.Text = cause.Error()
	}
	return f
}
