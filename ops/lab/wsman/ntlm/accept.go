package ntlm

import (
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // NTLM is defined on it
	"crypto/rand"
	"crypto/rc4" //nolint:gosec // NTLM is defined on it
	"errors"
	"strings"
	"time"

	"golang.org/x/crypto/md4" //nolint:staticcheck,gosec // NTLM is defined on it
)

// ErrLogon means that the user is unknown or the password is wrong; which of
// the two is not said.
var ErrLogon = errors.New("ntlm: logon refused")

// Acceptor is one handshake. NTLM binds it to one connection, so it is used by
// one goroutine.
type Acceptor struct {
	Names  Names
	Lookup func(user, domain string) (password string, ok bool)
	Now    time.Time

	negotiate, challenge []byte
	nonce                [8]byte
	flags                uint32
}

// Login is a successful logon.
type Login struct {
	User, Domain string   // as the client wrote them
	Session      *Session // nil: the client did not negotiate sealing
}

// Step takes the client's next message. It returns either a challenge to send
// or the login. After an error the handshake is over.
func (a *Acceptor) Step(message []byte) (challenge []byte, login *Login, err error) {
	kind, err := messageType(message)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case kind == 1:
		return a.begin(message)
	case kind == 3 && a.challenge != nil:
		login, err = a.finish(message)
		a.challenge = nil
		return nil, login, err
	default:
		return nil, nil, errMalformed
	}
}

func (a *Acceptor) begin(message []byte) ([]byte, *Login, error) {
	flags, err := negotiateFlags(message)
	if err != nil {
		return nil, nil, err
	}
	if flags&(flagUnicode|flagOEM) == 0 || flags&flagExtended == 0 {
		return nil, nil, errors.New("ntlm: client too old")
	}
	if _, err := rand.Read(a.nonce[:]); err != nil {
		return nil, nil, err
	}
	a.negotiate = message
	a.challenge, a.flags = challengeMessage(flags, a.nonce, a.Names, a.Now)
	return a.challenge, nil, nil
}

func (a *Acceptor) finish(message []byte) (*Login, error) {
	m, err := parseAuthenticate(message)
	if err != nil {
		return nil, err
	}
	const proofSize, blobHeader = 16, 28
	if len(m.nt) < proofSize+blobHeader { // anonymous, or NTLM version 1
		return nil, ErrLogon
	}
	password, known := a.Lookup(m.user, m.domain)
	proof, blob := m.nt[:proofSize], m.nt[proofSize:]
	key := responseKey(password, m.user, m.domain)
	if !hmac.Equal(proof, mac(key, a.nonce[:], blob)) || !known {
		return nil, ErrLogon
	}
	flags := m.flags & a.flags
	exported, err := exportedKey(mac(key, proof), m.sessionKey, flags)
	if err != nil {
		return nil, err
	}
	if promisesMIC(blob[blobHeader:]) && !a.intact(message, exported) {
		return nil, ErrLogon
	}
	return &Login{User: m.user, Domain: m.domain, Session: newSession(exported, flags)}, nil
}

// responseKey is NTOWFv2 (MS-NLMP 3.3.2).
func responseKey(password, user, domain string) []byte {
	h := md4.New()
	h.Write(wide(password))
	return mac(h.Sum(nil), wide(strings.ToUpper(user)+domain))
}

// exportedKey unwraps the session key that the client chose, or takes the base key.
func exportedKey(base, encrypted []byte, flags uint32) ([]byte, error) {
	if flags&flagKeyExchange == 0 {
		return base, nil
	}
	if len(encrypted) != 16 {
		return nil, errMalformed
	}
	c, err := rc4.NewCipher(base)
	if err != nil {
		return nil, err
	}
	key := make([]byte, 16)
	c.XORKeyStream(key, encrypted)
	return key, nil
}

// intact checks the integrity code over the three messages of the handshake.
func (a *Acceptor) intact(message, key []byte) bool {
	if len(message) < micOffset+16 {
		return false
	}
	blank := make([]byte, len(message))
	copy(blank, message)
	clear(blank[micOffset : micOffset+16])
	return hmac.Equal(message[micOffset:micOffset+16], mac(key, a.negotiate, a.challenge, blank))
}

func mac(key []byte, parts ...[]byte) []byte {
	h := hmac.New(md5.New, key)
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}
