package faults

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"time"
)

// Authority is a certificate authority that lives in memory.
type Authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// NewAuthority makes an authority that is valid for ten years around now.
func NewAuthority(name string, now time.Time) (*Authority, error) {
	const years = 5 * 365 * 24 * time.Hour
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	a := &Authority{key: key, certificate: &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-years), NotAfter: now.Add(years),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}}
	der, err := a.sign(a.certificate, key)
	if err != nil {
		return nil, err
	}
	a.certificate, err = x509.ParseCertificate(der)
	return a, err
}

// PEM is the authority's certificate, for clients to trust.
func (a *Authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
}

// Issue makes a server certificate for DNS names and addresses. One whose
// notAfter lies in the past is an expired one.
func (a *Authority) Issue(notBefore, notAfter time.Time, names ...string) (tls.Certificate, error) {
	return a.issue(&x509.Certificate{NotBefore: notBefore, NotAfter: notAfter}, names...)
}

// IssueSHA1 makes one that is signed as it was usual before 2016.
func (a *Authority) IssueSHA1(notBefore, notAfter time.Time, names ...string) (tls.Certificate, error) {
	return a.issue(&x509.Certificate{NotBefore: notBefore, NotAfter: notAfter, SignatureAlgorithm: x509.ECDSAWithSHA1}, names...)
}

// IssueNameless makes one that has its name in the subject only.
func (a *Authority) IssueNameless(notBefore, notAfter time.Time, name string) (tls.Certificate, error) {
	return a.issue(&x509.Certificate{NotBefore: notBefore, NotAfter: notAfter, Subject: pkix.Name{CommonName: name}})
}

func (a *Authority) issue(template *x509.Certificate, names ...string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template.KeyUsage, template.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
			continue
		}
		template.DNSNames = append(template.DNSNames, n)
		if template.Subject.CommonName == "" {
			template.Subject.CommonName = n
		}
	}
	der, err := a.sign(template, key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

func (a *Authority) sign(template *x509.Certificate, key *ecdsa.PrivateKey) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		return nil, err
	}
	template.SerialNumber = serial
	return x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
}

// OnlyTLS10 is a server as it was before 2016: it speaks nothing newer than
// TLS 1.0.
func OnlyTLS10(c *tls.Config) *tls.Config {
	c = c.Clone()
	c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS10 //nolint:gosec // that is the fault
	return c
}
