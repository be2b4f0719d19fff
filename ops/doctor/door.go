package doctor

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"time"

	"pchatops/ops/site"
)

// Door is what a server offers to who knocks with TLS, before any login.
type Door struct {
	Err     error // why it could not be seen
	Plain   bool  // the server offers no encryption
	Version uint16
	Chain   []*x509.Certificate // the server's own first
	// Roots are the authorities that the site file trusts for this server; nil:
	// those of this machine.
	Roots *x509.CertPool
}

// settings are what the site file says about the way to a server.
type settings struct {
	name  string // that is dialled
	trust site.Trust
	floor string // tlsmin; empty: 1.2
	none  bool   // encrypt: off
}

// door judges TLS version and certificate.
func (l *list) door(d Door, s settings, now time.Time) {
	switch {
	case s.none:
		l.is("tls", true, "not used: encrypt: off sends the password for anybody on the way to read", "")
		return
	case d.Err != nil:
		text, do := why(d.Err)
		l.unread("tls", text, do)
		l.unread("certificate", text, do)
		return
	case d.Plain:
		l.is("tls", false, "the server offers no encryption, or somebody between takes it away", "install a certificate on the server; set encrypt: off in the site file only where the password may be read on the way")
		return
	}
	l.version(d, s)
	if len(d.Chain) == 0 {
		l.unread("certificate", "the server showed none", "install a certificate on the server")
		return
	}
	l.certificate(d, s, now)
}

var floors = map[string]uint16{"": tls.VersionTLS12, "1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}

func (l *list) version(d Door, s settings) {
	seen := tls.VersionName(d.Version)
	if d.Version >= floors[s.floor] {
		l.is("tls", true, seen, "")
		return
	}
	speaks := strings.TrimPrefix(seen, "TLS ")
	l.is("tls", false, "the server speaks nothing newer than "+seen, fmt.Sprintf("update the server so that it speaks TLS 1.2; until then set tlsmin: %q for it in the site file", speaks))
}

// certificate judges what the server shows. Which setting would accept it is
// tried out, so that nothing is advised that does not help.
func (l *list) certificate(d Door, s settings, now time.Time) {
	own := d.Chain[0]
	seen := describe(own)
	name := s.name
	if s.trust.ServerName != "" {
		name = s.trust.ServerName
	}
	if s.trust.Any {
		l.is("certificate", true, seen+"; any certificate is accepted (trust: any)", "")
		return
	}
	if d.accepted(name, d.Roots, now) {
		l.is("certificate", true, seen, "")
		return
	}
	l.is("certificate", false, seen+": "+strings.Join(d.faults(name, now), "; "), "give the server a certificate without these faults; until then "+d.remedy(name, now)+" in the site file accepts it")
}

func describe(c *x509.Certificate) string {
	names := c.DNSNames
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	return clip(fmt.Sprintf("%q for %s, until %s, issued by %q, signed with %s", c.Subject.CommonName, strings.Join(names, ", "),
		c.NotAfter.UTC().Format(time.DateOnly), c.Issuer.CommonName, c.SignatureAlgorithm), 500)
}

// accepted reports whether the console accepts the certificate under a name.
func (d Door) accepted(name string, roots *x509.CertPool, now time.Time) bool {
	between := x509.NewCertPool()
	for _, c := range d.Chain[1:] {
		between.AddCert(c)
	}
	_, err := d.Chain[0].Verify(x509.VerifyOptions{DNSName: name, Roots: roots, Intermediates: between, CurrentTime: now})
	return err == nil
}

// faults are all reasons for which the certificate is refused.
func (d Door) faults(name string, now time.Time) (out []string) {
	own := d.Chain[0]
	add := func(bad bool, format string, args ...any) {
		if bad {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	add(now.After(own.NotAfter), "it has expired (%s)", own.NotAfter.UTC().Format(time.DateOnly))
	add(now.Before(own.NotBefore), "it is valid only from %s", own.NotBefore.UTC().Format(time.DateOnly))
	nameless := len(own.DNSNames)+len(own.IPAddresses) == 0
	add(nameless, "it has no subject alternative name, and the common name alone counts no more")
	add(!nameless && own.VerifyHostname(name) != nil, "it is for another name than %s", name)
	weak := weak(own)
	add(weak, "it is signed with %s, which counts no more", own.SignatureAlgorithm)
	signed := own
	if own.NotAfter.Before(now) || own.NotBefore.After(now) {
		now = signed.NotAfter.Add(-time.Second) // its time was judged above
	}
	add(!weak && !d.accepted("", d.Roots, now), "who issued it is not trusted here")
	return out
}

func weak(c *x509.Certificate) bool {
	return slices.Contains([]x509.SignatureAlgorithm{x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.DSAWithSHA1, x509.MD5WithRSA, x509.MD2WithRSA}, c.SignatureAlgorithm)
}

// remedy is the narrowest setting that accepts the certificate.
func (d Door) remedy(name string, now time.Time) string {
	own := d.Chain[0]
	itself := x509.NewCertPool()
	itself.AddCert(own)
	const pin = "trust: ca_file, naming a PEM file of this very certificate,"
	if d.accepted(name, itself, now) {
		return pin
	}
	for _, other := range own.DNSNames {
		switch {
		case strings.Contains(other, "*"):
		case d.accepted(other, d.Roots, now):
			return fmt.Sprintf("trust: server_name: %s", clip(other, 100))
		case d.accepted(other, itself, now):
			return pin + fmt.Sprintf(" with server_name: %s", clip(other, 100))
		}
	}
	return "trust: any (anybody can then pose as this server)"
}

// clip bounds foreign text.
func clip(s string, most int) string {
	s = strings.ToValidUTF8(s, "?")
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
