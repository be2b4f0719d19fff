package mssql

import (
	"errors"
	"net"
)

// errInClear stands for a login that would have gone out for anybody to read.
var errInClear = errors.New("server does not support encryption: the login was not sent in the clear")

// The first byte of what goes over the wire: the login packet of TDS, and a
// record of TLS that carries data.
const (
	packetLogin   = 0x10
	recordContent = 0x17
)

// sealed is a wire over which no login goes in the clear. The driver gives up
// encryption of the login when the answer to its pre-login says that there is
// none, whoever wrote that answer; so the wire itself looks at what is sent.
// The driver sends each packet with one Write. Where only the login is
// encrypted, its first packet is, and what follows is not.
type sealed struct {
	net.Conn
	secured bool // something was sent under TLS
}

// Write is part of net.Conn.
func (s *sealed) Write(b []byte) (int, error) {
	switch {
	case s.secured || len(b) == 0:
	case b[0] == recordContent:
		s.secured = true
	case b[0] == packetLogin:
		return 0, errInClear
	}
	return s.Conn.Write(b)
}
