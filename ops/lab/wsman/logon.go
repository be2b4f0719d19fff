package wsman

import (
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"pchatops/ops/lab/wsman/ntlm"
)

// logon is what NTLM has established on one TCP connection. HTTP/1 carries one
// request at a time, so it needs no lock.
type logon struct {
	acceptor *ntlm.Acceptor
	login    *ntlm.Login
}

type logonKey struct{}

// authenticate says who sends the request. It answers itself, and returns
// false, where the handshake is not over or the logon is refused.
func (s *Server) authenticate(on *logon, w http.ResponseWriter, r *http.Request, empty bool) (user string, ok bool) {
	scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch {
	case strings.EqualFold(scheme, "Basic"):
		return s.basic(w, r)
	case strings.EqualFold(scheme, "Negotiate"), strings.EqualFold(scheme, "NTLM"):
		return s.negotiate(on, w, scheme, strings.TrimSpace(value), empty)
	case on.login == nil || empty:
		// An empty message without a token begins a new handshake, also on a
		// connection that has one behind it.
		*on = logon{}
		s.refuse(w)
		return "", false
	default:
		return account(on.login), true
	}
}

func (s *Server) basic(w http.ResponseWriter, r *http.Request) (string, bool) {
	name, given, ok := r.BasicAuth()
	user, domain := split(name)
	password, known := s.Users(user, domain)
	same := subtle.ConstantTimeCompare([]byte(utf8Of(given)), []byte(password)) == 1
	if !ok || !known || !same || !s.basicOffered() {
		s.refuse(w)
		return "", false
	}
	return name, true
}

func (s *Server) negotiate(on *logon, w http.ResponseWriter, scheme, value string, empty bool) (string, bool) {
	token, err := base64.StdEncoding.DecodeString(value)
	if on.acceptor == nil || err != nil {
		on.acceptor = &ntlm.Acceptor{Names: s.Names, Now: time.Now(), Lookup: s.lookup}
	}
	on.login = nil
	challenge, login, err := on.acceptor.Step(token)
	switch {
	case err != nil:
		*on = logon{}
		s.refuse(w)
	case challenge != nil:
		w.Header().Set("WWW-Authenticate", scheme+" "+base64.StdEncoding.EncodeToString(challenge))
		w.WriteHeader(http.StatusUnauthorized)
	case empty: // the handshake comes first, sealed messages follow
		on.login = login
		w.WriteHeader(http.StatusOK)
	default:
		on.login = login
		return account(login), true
	}
	return "", false
}

// lookup finds a user who may have logged on as user@dns.domain.
func (s *Server) lookup(user, domain string) (string, bool) {
	if domain == "" {
		user, domain = split(user)
	}
	return s.Users(user, domain)
}

// refuse is 401 with the ways to log on that this listener offers.
func (s *Server) refuse(w http.ResponseWriter) {
	w.Header().Add("WWW-Authenticate", "Negotiate")
	if s.basicOffered() {
		w.Header().Add("WWW-Authenticate", `Basic realm="WSMAN"`)
	}
	w.WriteHeader(http.StatusUnauthorized)
}

// basicOffered: a listener that insists on encryption does not ask for
// passwords in clear.
func (s *Server) basicOffered() bool { return s.Basic && (s.TLS != nil || s.AllowUnencrypted) }

// split takes LITWARE\ops and ops@litwareinc.com apart.
func split(name string) (user, domain string) {
	if d, u, ok := strings.Cut(name, `\`); ok {
		return u, d
	}
	user, domain, _ = strings.Cut(name, "@")
	return user, domain
}

// utf8Of reads a password that a client sent in Latin-1, as the older ones do.
func utf8Of(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	r := make([]rune, len(s))
	for i := range len(s) {
		r[i] = rune(s[i])
	}
	return string(r)
}

func account(l *ntlm.Login) string {
	if l.Domain == "" {
		return l.User
	}
	return l.Domain + `\` + l.User
}
