package tds

import (
	"errors"

	"pchatops/ops/lab/tsql"
)

// Negotiation is the accepting side of one integrated logon (NTLM).
type Negotiation interface {
	// Step takes the client's token and returns either one to answer with, or
	// the name of the user who has proved to be himself (DOMAIN\user).
	Step(token []byte) (reply []byte, user string, err error)
}

// maxSteps bounds a negotiation: NTLM takes two.
const maxSteps = 4

// errUntrusted is what a client sees that is not who it says.
var errUntrusted = &tsql.Error{Number: 18452, State: 1, Class: 14, Message: "Login failed. The login is from an untrusted domain and cannot be used with Windows authentication."}

// integrated finds out who the client is. Its tokens come in the clear: they
// hold no secret.
func (c *conn) integrated(l *Login) (*tsql.Error, error) {
	if c.server.Integrated == nil {
		return errUntrusted, nil
	}
	negotiation := c.server.Integrated()
	token := l.sspi
	for range maxSteps {
		reply, user, err := negotiation.Step(token)
		switch {
		case err != nil:
			return errUntrusted, nil
		case user != "":
			l.User, l.Trusted = user, true
			return nil, nil
		}
		e := encoder{protocol: c.protocol}
		e.sized(tokenSSPI, func(e *encoder) { e.raw(reply) })
		w := newPacketWriter(c.rw, packetReply)
		_, _ = w.Write(e.b)
		if err := w.end(); err != nil {
			return nil, err
		}
		m, err := readMessage(c.rw, maxLoginMessage)
		if err != nil {
			return nil, err
		}
		if m.kind != packetSSPI {
			return nil, errors.New("no token where one must follow")
		}
		token = m.body
	}
	return errUntrusted, nil
}
