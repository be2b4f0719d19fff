package mgmt

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"pchatops/ops/fault"
)

// trouble turns whatever went wrong between the console and a host into a fault.
func (h *Host) trouble(tried string, err error) error {
	if err == nil {
		return nil
	}
	var already *fault.Error
	if errors.As(err, &already) {
		return already
	}
	f := &fault.Error{Tried: tried, Target: h.Name(), Text: text(err), Cause: err}
	for _, judge := range []func(*fault.Error, error) bool{byLogin, byFault, byReply, byCertificateError} {
		if judge(f, err) {
			return f
		}
	}
	byNetwork(f, err)
	return f
}

// text is the error's own words, without the address that net/http puts before.
func text(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return clip(err.Error(), 2000)
}

func byLogin(f *fault.Error, err error) bool {
	var refused refusedLogin
	switch {
	case errors.As(err, &refused):
		f.Class = fault.Login
		f.Do = "check user and password of the host in the site file, and that the account is not locked; the console does not send a refused password again by itself"
	case errors.Is(err, errNoNTLM):
		f.Class = fault.Config
		f.Do = "switch on Negotiate at the host (in PowerShell: Set-Item WSMan:\\localhost\\Service\\Auth\\Negotiate $true) or choose another login in the site file; the password was not sent"
	case errors.Is(err, errWeakSeal), errors.Is(err, errNotSealed), errors.Is(err, errBadSeal):
		f.Class = fault.Config
		f.Do = "use an HTTPS listener; somebody between console and host may be changing the traffic"
	default:
		return false
	}
	return true
}

// byFault knows the WS-Management fault codes.
func byFault(f *fault.Error, err error) bool {
	var ws *wsFault
	if !errors.As(err, &ws) {
		return false
	}
	f.Text = ws.Error() // the codes are unsigned and above the range of Number
	switch ws.code {
	case 5, 2147942405:
		f.Class = fault.Permission
		f.Do = "add the account to Remote Management Users or Administrators of the host"
	case 2150859173, 2150859174:
		f.Class = fault.Busy
		f.Do = "the host has too many shells of this account open; old ones end by themselves, try again"
	case noSuchShell, 995, 2147943418:
		f.Class = fault.Lost
		f.Do = "the shell ended on the host while the command ran; verify what it had done"
	case 2147942402, 2147942606:
		f.Class = fault.Other
		f.Do = "powershell.exe could not be started on the host"
	default:
		f.Class = fault.Other
		f.Do = "look at the WinRM service of the host (event log Microsoft-Windows-WinRM)"
	}
	return true
}

// byReply knows what web servers say when they are no WinRM service.
func byReply(f *fault.Error, err error) bool {
	var bad *badReply
	switch {
	case errors.As(err, &bad):
	case errors.Is(err, errNotSOAP), errors.Is(err, errTooLarge), errors.Is(err, errTruncated):
		f.Class = fault.Lost
		f.Do = "the reply was damaged on its way; try again, and look for a proxy between console and host"
		return true
	case errors.Is(err, errNoID), errors.Is(err, errTooMuch):
		f.Class = fault.Other
		f.Do = "look at the host: this is not how WinRM answers"
		return true
	default:
		return false
	}
	switch {
	case bad.status == http.StatusForbidden:
		f.Class, f.Do = fault.Permission, "the account may log in, but not use WinRM: add it to Remote Management Users of the host"
	case bad.status == http.StatusNotFound:
		f.Class, f.Do = fault.Config, "something else listens on this port: correct host and port in the site file"
	case bad.status >= 500:
		f.Class, f.Do = fault.Unreachable, "the WinRM service of the host does not run properly (Restart-Service WinRM)"
	default:
		f.Class, f.Do = fault.Config, "this is no WinRM service: correct scheme, host and port in the site file"
	}
	return true
}

func byCertificateError(f *fault.Error, err error) bool {
	var (
		invalid  x509.CertificateInvalidError
		foreign  x509.UnknownAuthorityError
		hostname x509.HostnameError
		verify   *tls.CertificateVerificationError
	)
	switch {
	case byAlgorithm(err):
		f.Do = "the certificate, or one of its authority's, is signed with SHA-1, which cannot be trusted any more: issue one with SHA-256, or set trust: {any: true} until then, which the console shows as a finding"
	case strings.Contains(err.Error(), "legacy Common Name"):
		f.Do = "the certificate names its host in the subject alone: issue one with a subject alternative name (SAN) of type DNS, or set trust: {any: true} until then, which the console shows as a finding"
	case errors.As(err, &invalid) && invalid.Reason == x509.IncompatibleUsage:
		f.Do = "the certificate is not meant for servers: issue one with the usage Server Authentication (1.3.6.1.5.5.7.3.1)"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		f.Do = fmt.Sprintf("the certificate ended at %s: renew it on the host (or correct the clock here)", invalid.Cert.NotAfter.UTC().Format(time.RFC3339))
	case errors.As(err, &foreign):
		f.Do = "name the issuing authority's PEM file in the site file (trust, ca-file)"
	case errors.As(err, &hostname):
		f.Do = "name the host as in its certificate, or give that name in the site file (trust, server-name)"
	case errors.As(err, &verify):
		f.Do = "the host's certificate cannot be used: renew it"
	default:
		return false
	}
	f.Class = fault.Certificate
	return true
}

// byAlgorithm reports whether a signature with an algorithm that nobody trusts any
// more was in the way. The library says so in the text of an unknown authority only.
func byAlgorithm(err error) bool {
	var (
		weak    x509.InsecureAlgorithmError
		foreign x509.UnknownAuthorityError
		old     = []x509.SignatureAlgorithm{x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.MD5WithRSA}
	)
	return errors.As(err, &weak) || strings.Contains(err.Error(), "insecure algorithm") ||
		errors.As(err, &foreign) && foreign.Cert != nil && slices.Contains(old, foreign.Cert.SignatureAlgorithm)
}

// byNetwork judges what is left: the connection itself.
func byNetwork(f *fault.Error, err error) {
	var (
		never   neverConnected
		alert   *net.OpError // of the TLS library: the alert that ended the handshake
		plain   tls.RecordHeaderError
		timeout net.Error
	)
	switch {
	case errors.Is(err, context.Canceled):
		f.Class, f.Text = fault.Lost, "cancelled"
	case errors.As(err, &alert) && (alert.Op == "remote error" || alert.Op == "local error"), strings.Contains(err.Error(), "unsupported protocol version"):
		f.Class, f.Do = fault.Certificate, "the host and the console agree on no TLS: the console wants TLS 1.2 with SHA-256. Switch TLS 1.2 on at the host (2008 R2 and 2012 want it in the registry), and give it a certificate whose key may sign with SHA-256 (not a key of an old CSP)"
	case errors.As(err, &plain):
		f.Class, f.Do = fault.Unreachable, "the port speaks no TLS: correct scheme and port in the site file (https 5986, http 5985)"
	case errors.As(err, &never):
		f.Class, f.Do = fault.Unreachable, "check that the host is up, and the firewall for the WinRM port"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		f.Class, f.Do = fault.Timeout, "the host accepts connections and does not answer: look at its load and its WinRM service"
	default:
		f.Class, f.Do = fault.Lost, "the connection ended before the answer; try again"
	}
}
