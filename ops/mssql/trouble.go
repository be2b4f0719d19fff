package mssql

import (
	"regexp"
	"strings"

	"pchatops/ops/fault"
)

// trouble is something known to go wrong between dialling and login.
type trouble struct {
	says  *regexp.Regexp
	class fault.Class
	do    string
}

// troubles explain what the TLS, Kerberos and driver libraries say. The driver
// hands their errors on as text only; the words are those of Go packages, the
// same on every machine. The first that fits counts.
var troubles = []trouble{
	{
		regexp.MustCompile(`x509: negative serial number`), fault.Certificate,
		"SQL Server made this certificate itself with a negative serial number, which is refused; install a proper one, restart the service (it makes a new one), or set encrypt: off",
	},
	{
		regexp.MustCompile(`x509: certificate has expired`), fault.Certificate,
		"the server's certificate has expired, or the clock here is wrong: renew it; until then trust: any accepts it",
	},
	{
		regexp.MustCompile(`x509: (certificate is|certificate relies on legacy Common Name|cannot validate certificate for)`), fault.Certificate,
		"the certificate is for another name: give that name as trust: server_name",
	},
	{
		regexp.MustCompile(`x509: certificate signed by unknown authority`), fault.Certificate,
		"name the CA that signed it as trust: ca_file, or accept it with trust: any",
	},
	{regexp.MustCompile(`x509: |tls: failed to (parse|verify) certificate`), fault.Certificate, remedy[fault.Certificate]},
	{
		regexp.MustCompile(`unsupported protocol version|protocol version not supported`), fault.Unreachable,
		`this server speaks only an older TLS: update it, or set tlsmin: "1.0" for it, or encrypt: off`,
	},
	{
		regexp.MustCompile(`TLS Handshake failed`), fault.Unreachable,
		`the TLS handshake did not succeed; an old server may need tlsmin: "1.0", or encrypt: off`,
	},
	{
		regexp.MustCompile(`server does not support encryption`), fault.Unreachable,
		"this server has no TLS, or somebody between takes it away; if the password may be read on the way, set encrypt: off for it in the site file",
	},
	{
		regexp.MustCompile(`no instance matching`), fault.Unreachable,
		"SQL Server Browser (UDP 1434) does not tell the port of this instance; give the port in the site file",
	},
	{
		regexp.MustCompile(`KDC_ERR_(C_PRINCIPAL_UNKNOWN|CLIENT_REVOKED|KEY_EXPIRED|PREAUTH_FAILED)`), fault.Login,
		remedy[fault.Login],
	},
	{
		regexp.MustCompile(`KDC_ERR_S_PRINCIPAL_UNKNOWN`), fault.Config,
		"the directory has no service principal name for this instance: give the host's full name in the site file, or have MSSQLSvc/host:port registered",
	},
	{
		regexp.MustCompile(`(?i)krb5|KRB Error|\[Root cause: `), fault.Config,
		"check realm, krb5.conf, credential cache and the clock of this machine",
	},
}

// troubleIn finds the trouble that a text tells of, nil when it is none.
func troubleIn(text string) *trouble {
	if strings.Contains(text, "i/o timeout") {
		return nil // it hung on the way, which says nothing about TLS or Kerberos
	}
	for i := range troubles {
		if troubles[i].says.MatchString(text) {
			return &troubles[i]
		}
	}
	return nil
}
