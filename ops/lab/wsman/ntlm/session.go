package ntlm

import (
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // NTLM is defined on it
	"crypto/rc4" //nolint:gosec // NTLM is defined on it
	"encoding/binary"
	"errors"
)

// SignatureSize is the length of the signature of a sealed message.
const SignatureSize = 16

// ErrSeal means that a sealed message was altered, replayed or out of order.
var ErrSeal = errors.New("ntlm: message does not verify")

// Session seals and opens the messages of one authenticated connection. Each
// direction is one continuing key stream, so order matters.
type Session struct{ in, out direction }

type direction struct {
	sign     []byte
	stream   *rc4.Cipher
	sequence uint32
	exchange bool // the checksum is enciphered too
}

// newSession derives the keys of both directions; nil when the client did not
// agree to sealing with full keys.
func newSession(key []byte, flags uint32) *Session {
	const needed = flagSeal | flagExtended | flag128
	if flags&needed != needed {
		return nil
	}
	exchange := flags&flagKeyExchange != 0
	return &Session{
		in:  newDirection(key, "client-to-server", exchange),
		out: newDirection(key, "server-to-client", exchange),
	}
}

func newDirection(key []byte, way string, exchange bool) direction {
	derive := func(use string) []byte {
		sum := md5.Sum(append(key[:len(key):len(key)], "session key to "+way+" "+use+" key magic constant\x00"...))
		return sum[:]
	}
	stream, err := rc4.NewCipher(derive("sealing"))
	if err != nil {
		panic(err) // 16 bytes are always a valid key
	}
	return direction{sign: derive("signing"), stream: stream, exchange: exchange}
}

// Seal enciphers a message for the client.
func (s *Session) Seal(plain []byte) (signature, sealed []byte) {
	sealed = make([]byte, len(plain))
	s.out.stream.XORKeyStream(sealed, plain)
	return s.out.signature(plain), sealed
}

// Open deciphers a message of the client and checks it. After an error the
// session is of no more use.
func (s *Session) Open(signature, sealed []byte) ([]byte, error) {
	plain := make([]byte, len(sealed))
	s.in.stream.XORKeyStream(plain, sealed)
	if !hmac.Equal(signature, s.in.signature(plain)) {
		return nil, ErrSeal
	}
	return plain, nil
}

func (d *direction) signature(plain []byte) []byte {
	sequence := binary.LittleEndian.AppendUint32(nil, d.sequence)
	d.sequence++
	sum := mac(d.sign, sequence, plain)[:8]
	if d.exchange {
		d.stream.XORKeyStream(sum, sum)
	}
	sig := append([]byte{1, 0, 0, 0}, sum...)
	return append(sig, sequence...)
}
