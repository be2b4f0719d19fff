package ntlm

import (
	"encoding/binary"
	"errors"
	"unicode/utf16"
)

// Negotiation flags (MS-NLMP 2.2.2.5) that this side understands.
const (
	flagUnicode      = 0x00000001
	flagOEM          = 0x00000002
	flagTarget       = 0x00000004
	flagSign         = 0x00000010
	flagSeal         = 0x00000020
	flagNTLM         = 0x00000200
	flagAlwaysSign   = 0x00008000
	flagTargetDomain = 0x00010000
	flagExtended     = 0x00080000
	flagTargetInfo   = 0x00800000
	flagVersion      = 0x02000000
	flag128          = 0x20000000
	flagKeyExchange  = 0x40000000
	flag56           = 0x80000000

	offered = flagUnicode | flagOEM | flagTarget | flagSign | flagSeal | flagNTLM | flagAlwaysSign |
		flagExtended | flagVersion | flag128 | flagKeyExchange | flag56
)

const (
	signature  = "NTLMSSP\x00"
	maxMessage = 16 << 10
	micOffset  = 72
)

// errMalformed is all that a peer learns about a message that makes no sense.
var errMalformed = errors.New("ntlm: malformed message")

// messageType gives the type of a message: 1 negotiate, 2 challenge, 3 authenticate.
func messageType(m []byte) (uint32, error) {
	if len(m) < 12 || len(m) > maxMessage || string(m[:8]) != signature {
		return 0, errMalformed
	}
	return binary.LittleEndian.Uint32(m[8:]), nil
}

// negotiateFlags reads what the client can do.
func negotiateFlags(m []byte) (uint32, error) {
	if len(m) < 16 {
		return 0, errMalformed
	}
	return binary.LittleEndian.Uint32(m[12:]), nil
}

// authenticate is an AUTHENTICATE message taken apart. The slices point into it.
type authenticate struct {
	nt, sessionKey []byte
	domain, user   string
	flags          uint32
}

func parseAuthenticate(m []byte) (authenticate, error) {
	var a authenticate
	if len(m) < 64 {
		return a, errMalformed
	}
	fields := make([][]byte, 6) // LM, NT, domain, user, workstation, session key
	for i := range fields {
		f, err := field(m, 12+8*i)
		if err != nil {
			return a, err
		}
		fields[i] = f
	}
	a.flags = binary.LittleEndian.Uint32(m[60:])
	a.nt, a.sessionKey = fields[1], fields[5]
	a.domain, a.user = text(fields[2], a.flags), text(fields[3], a.flags)
	return a, nil
}

// field follows a length, maximum, offset triple.
func field(m []byte, at int) ([]byte, error) {
	n := uint64(binary.LittleEndian.Uint16(m[at:]))
	off := uint64(binary.LittleEndian.Uint32(m[at+4:]))
	if n == 0 {
		return nil, nil
	}
	if off+n > uint64(len(m)) {
		return nil, errMalformed
	}
	return m[off : off+n], nil
}

func text(b []byte, flags uint32) string {
	if flags&flagUnicode == 0 {
		return string(b)
	}
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(u))
}

// wide is the UTF-16LE form in which NTLM hashes and sends names.
func wide(s string) []byte {
	b := make([]byte, 0, 2*len(s))
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}
