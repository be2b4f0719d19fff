package tds

import (
	"encoding/binary"
	"errors"
)

// Options of the pre-login.
const (
	optionVersion    = 0x00
	optionEncryption = 0x01
	optionInstance   = 0x02
	optionThread     = 0x03
	optionMARS       = 0x04
	optionEnd        = 0xFF
)

// Values of the encryption option.
const (
	encryptOff          = 0x00
	encryptOn           = 0x01
	encryptNotSupported = 0x02
	encryptRequired     = 0x03
)

// preloginEncryption reads what encryption a client asks for.
func preloginEncryption(body []byte) (byte, error) {
	c := cursor{b: body}
	for {
		option := c.u8()
		if c.err != nil {
			return 0, c.err
		}
		if option == optionEnd {
			return encryptOff, nil
		}
		place := c.bytes(4)
		if c.err != nil {
			return 0, c.err
		}
		at, n := int(binary.BigEndian.Uint16(place)), int(binary.BigEndian.Uint16(place[2:]))
		if at+n > len(body) {
			return 0, errShort
		}
		if option == optionEncryption {
			if n < 1 {
				return 0, errors.New("an empty encryption option")
			}
			return body[at], nil
		}
	}
}

// agree answers a client's wish for encryption. What follows is in the clear,
// encrypted for the login only, or encrypted throughout.
func (s *Server) agree(client byte) (answer byte, login, all bool) {
	switch {
	case s.Encryption == EncryptOff || s.TLS == nil:
		return encryptNotSupported, false, false
	case s.Encryption == EncryptRequired && client != encryptOn:
		return encryptRequired, true, true
	case client == encryptNotSupported:
		return encryptNotSupported, false, false
	case client == encryptOff:
		return encryptOff, true, false
	}
	return encryptOn, true, true
}

// preloginReply is the body of the answer.
func (s *Server) preloginReply(encryption byte) []byte {
	major, minor, build := s.version()
	version := []byte{major, minor, byte(build >> 8), byte(build), 0, 0}
	options := []struct {
		option byte
		data   []byte
	}{
		{optionVersion, version},
		{optionEncryption, []byte{encryption}},
		{optionInstance, []byte{0}},
		{optionThread, nil},
		{optionMARS, []byte{0}},
	}
	at := 5*len(options) + 1
	var head, data []byte
	for _, o := range options {
		head = append(head, o.option)
		head = binary.BigEndian.AppendUint16(head, uint16(at+len(data)))
		head = binary.BigEndian.AppendUint16(head, uint16(len(o.data)))
		data = append(data, o.data...)
	}
	return append(append(head, optionEnd), data...)
}
