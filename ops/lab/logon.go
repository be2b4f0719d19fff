package lab

import (
	"strings"
	"time"

	"pchatops/ops/lab/world"
	"pchatops/ops/lab/wsman/ntlm"
)

// users knows the one account of the domain, by either spelling of its name.
func (l *Lab) users(user, domain string) (string, bool) {
	ours := domain == "" || strings.EqualFold(domain, netbios) || strings.EqualFold(domain, world.Domain)
	return l.password, ours && strings.EqualFold(user, operator)
}

// names are what a server of the domain calls itself in a handshake.
func names(computer string) ntlm.Names {
	return ntlm.Names{Computer: computer, Domain: netbios, DNSDomain: world.Domain}
}

// acceptor begins one NTLM handshake with a server.
func (l *Lab) acceptor(computer string) ntlm.Acceptor {
	return ntlm.Acceptor{Names: names(computer), Lookup: l.users, Now: time.Now()}
}

// windowsLogon fits NTLM to the login of SQL Server.
type windowsLogon struct{ ntlm.Acceptor }

// Step implements tds.Negotiation. Whoever has proved himself is known to SQL
// Server by the domain's short name, however he spelt it.
func (w *windowsLogon) Step(token []byte) (reply []byte, user string, err error) {
	reply, login, err := w.Acceptor.Step(token)
	if login == nil {
		return reply, "", err
	}
	return nil, netbios + `\` + login.User, err
}
