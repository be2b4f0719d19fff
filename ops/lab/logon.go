package lab

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"pchatops/ops/lab/windows"
	"pchatops/ops/lab/world"
	"pchatops/ops/lab/wsman/ntlm"
)

// users knows the accounts of the domain, by either spelling of their names. One
// that may not log on has no password here.
func (l *Lab) users(user, domain string) (string, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.domain[accountName(user, domain)]
	if a == nil || a.refuses() != 0 {
		return "", false
	}
	return a.password, true
}

// accountName is the key of an account of the domain; "": it is none.
func accountName(user, domain string) string {
	if domain != "" && !strings.EqualFold(domain, netbios) && !strings.EqualFold(domain, world.Domain) {
		return ""
	}
	return strings.ToLower(user)
}

// account is one of the domain's.
type account struct {
	password string
	state    string
	lockout  int // wrong logons in a row that lock it; 0: none do
	wrong    int // of them so far
}

// accountStates are what may be wrong with an account, with Windows' number for it.
var accountStates = map[string]int{"ok": 0, "locked": 1909, "expired": 1793, "password-expired": 1330, "must-change": 1907, "disabled": 1331}

// logonTexts are Windows' own.
var logonTexts = map[int]string{
	1326: "The user name or password is incorrect.", 1909: "The referenced account is currently locked out and may not be logged on to.",
	1793: "The user's account has expired.", 1330: "The password for this account has expired.",
	1907: "The user's password must be changed before signing in.", 1331: "This user can't sign in because this account is currently disabled.",
}

func (a *account) refuses() int { return accountStates[a.state] }

// logon is what a domain controller says to a user and a password. Wrong ones count.
func (l *Lab) logon(name, password string) error {
	domain, user, _ := strings.Cut(name, `\`)
	l.mu.Lock()
	defer l.mu.Unlock()
	code, a := 1326, l.domain[accountName(user, domain)]
	switch {
	case a == nil:
	case a.refuses() != 0:
		code = a.refuses()
	case a.password == password:
		a.wrong = 0
		return nil
	default:
		if a.wrong++; a.lockout > 0 && a.wrong >= a.lockout {
			a.state = "locked"
		}
	}
	return &windows.Win32Error{Code: code, Text: logonTexts[code]}
}

// ctlDomain makes or changes an account of the domain, and tells how it stands.
func (l *Lab) ctlDomain(v map[string]string) (any, error) {
	name := strings.ToLower(v["name"])
	if domain, user, found := strings.Cut(name, `\`); found {
		name = accountName(user, domain)
	}
	if name == "" {
		return nil, fmt.Errorf("name=%q: an account of %s", v["name"], netbios)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.domain[name]
	if a == nil {
		a = &account{password: v["password"], state: "ok"}
	}
	changed := *a
	if p, given := v["password"]; given {
		changed.password = p
	}
	if s := v["state"]; s != "" {
		if _, known := accountStates[s]; !known {
			return nil, fmt.Errorf("state=%q: %s", s, strings.Join(slices.Sorted(maps.Keys(accountStates)), ", "))
		}
		changed.state, changed.wrong = s, 0
	}
	if s := v["lockout"]; s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("lockout=%q: how many wrong logons lock it, 0 for none", s)
		}
		changed.lockout = n
	}
	if changed.password == "" {
		return nil, fmt.Errorf("name=%q: a new account wants a password", v["name"])
	}
	*a = changed
	l.domain[name] = a
	return map[string]any{"account": netbios + `\` + name, "state": a.state, "wrong": a.wrong, "lockout": a.lockout}, nil
}

// mannersOf is what is odd about a host.
func (l *Lab) mannersOf(host string) windows.Manners {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.manners[host]
}

// ctlHost changes what is odd about a host.
func (l *Lab) ctlHost(v map[string]string) (any, error) {
	n := l.node(v["target"])
	if n == nil || n.windows == nil {
		return nil, fmt.Errorf("target=%q: a Windows host", v["target"])
	}
	m := l.mannersOf(n.machine)
	for key, s := range v {
		_, output := windows.Outputs[s]
		switch {
		case key == "target":
		case key == "language" && (s == "en" || s == "de" || s == "ja"):
			m.Language = s
		case key == "mode" && (s == "full" || s == "constrained"):
			m.Constrained = s == "constrained"
		case key == "second-hop" && (s == "open" || s == "closed"):
			m.NoHop = s == "closed"
		case key == "output" && (output || s == "plain"):
			m.Output = s
		default:
			return nil, fmt.Errorf("%s=%q: GET / lists what a host takes", key, s)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.manners[n.machine] = m
	return nil, nil
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
