package tds

import (
	"encoding/binary"
	"errors"
	"net"
)

// Login is what a client says of itself in LOGIN7.
type Login struct {
	User      string
	Password  string // never to be logged
	Host      string // the client's machine
	App       string
	Server    string // the name the client has dialled
	Database  string
	Language  string
	PID       int
	Trusted   bool // User was proved by Server.Integrated; there is no password
	Address   net.Addr
	Encrypted bool // all of the connection is

	// Disconnect ends the connection from the server's side, as KILL does; a
	// running statement ends with tsql.ErrKilled. It may be called at any time
	// and from anywhere.
	Disconnect func()

	newPassword bool   // the client wants another
	sspi        []byte // the first NTLM or Kerberos token: integrated security
	protocol    uint32
	packetSize  int
}

// loginHeader is the length of the fixed part of LOGIN7.
const loginHeader = 94

// integratedSecurity is the bit of the second option byte that asks for it.
const integratedSecurity = 0x80

// changePassword is the bit of the third option byte that asks for it.
const changePassword = 0x01

// parseLogin decodes LOGIN7.
func parseLogin(body []byte) (Login, error) {
	var l Login
	if len(body) < loginHeader {
		return l, errShort
	}
	if n := binary.LittleEndian.Uint32(body); int64(n) > int64(len(body)) {
		return l, errShort
	}
	l.protocol = binary.LittleEndian.Uint32(body[4:])
	l.packetSize = int(binary.LittleEndian.Uint32(body[8:]))
	l.PID = int(binary.LittleEndian.Uint32(body[16:]))
	if l.protocol < tds71&0xFF000000 {
		return l, errors.New("a version of TDS before 7.1")
	}
	var password []byte
	for _, field := range []struct {
		at   int
		into *string
	}{
		{36, &l.Host},
		{40, &l.User},
		{48, &l.App},
		{52, &l.Server},
		{64, &l.Language},
		{68, &l.Database},
	} {
		raw, err := loginField(body, field.at, 2)
		if err != nil {
			return l, err
		}
		*field.into = fromUTF16(raw)
	}
	password, err := loginField(body, 44, 2)
	if err != nil {
		return l, err
	}
	l.Password = fromUTF16(unmask(password))
	l.newPassword = body[27]&changePassword != 0
	if body[25]&integratedSecurity != 0 {
		if l.sspi, err = loginField(body, 78, 1); err != nil {
			return l, err
		}
	}
	return l, nil
}

// loginField returns the bytes that an offset and a length point to. unit is
// the size of what the length counts.
func loginField(body []byte, at, unit int) ([]byte, error) {
	from := int(binary.LittleEndian.Uint16(body[at:]))
	n := unit * int(binary.LittleEndian.Uint16(body[at+2:]))
	if n == 0 {
		return nil, nil
	}
	if from < loginHeader-8 || from+n > len(body) {
		return nil, errShort
	}
	return body[from : from+n], nil
}

// unmask undoes the obfuscation of a password.
func unmask(b []byte) []byte {
	out := make([]byte, len(b))
	for i, c := range b {
		c ^= 0xA5
		out[i] = c>>4 | c<<4
	}
	return out
}
