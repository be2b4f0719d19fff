package mssql

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"

	"pchatops/ops/private"
	"pchatops/ops/site"
)

var tlsVersions = map[string]uint16{
	"":    0, // the library's floor
	"1.0": tls.VersionTLS10,
	"1.1": tls.VersionTLS11,
	"1.2": tls.VersionTLS12,
	"1.3": tls.VersionTLS13,
}

// tlsConfig gives the TLS settings of one instance. They are set even where
// encryption is off: a server that forces it anyway is then checked too.
func tlsConfig(i site.Instance) (*tls.Config, error) {
	floor, ok := tlsVersions[i.TLSMin]
	if !ok {
		return nil, fmt.Errorf("tlsmin %q: 1.0, 1.1, 1.2 or 1.3 expected", i.TLSMin)
	}
	c := &tls.Config{
		ServerName:         i.Trust.ServerName,
		InsecureSkipVerify: i.Trust.Any, // asked for in the site file, and shown on screen
		MinVersion:         floor,       // old servers need an old floor
		// SQL Server wants each of its packets in one TLS record.
		DynamicRecordSizingDisabled: true,
	}
	if c.ServerName == "" {
		c.ServerName = i.Host
	}
	if i.Trust.CAFile == "" {
		return c, nil
	}
	pem, err := private.ReadFile(i.Trust.CAFile)
	if err != nil {
		return nil, fmt.Errorf("CA file: %w", err)
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("CA file %s holds no certificate in PEM form", i.Trust.CAFile)
	}
	return c, nil
}
