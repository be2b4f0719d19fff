package mgmt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/bodgit/ntlmssp"
)

// The multipart body in which WinRM wraps sealed messages (MS-WSMV 2.2.9.1.1).
const (
	sealedType   = `multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"`
	sealedPrefix = "multipart/encrypted"
	boundary     = "--Encrypted Boundary"
	sealedHead   = boundary + "\r\n" +
		"\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n" +
		"\tOriginalContent: type=" + soapType + ";charset=UTF-8;Length=%d\r\n" +
		boundary + "\r\n" +
		"\tContent-Type: application/octet-stream\r\n"
	sealedTail = boundary + "--\r\n"

	signatureBytes = 16
)

// What the host must agree to before anything is sent over plain HTTP: signing,
// sealing, extended session security, 128 bits. A host (or somebody in between)
// that leaves one out would get the message in clear.
const wantedFlags = 0x00000010 | 0x00000020 | 0x00080000 | 0x20000000

var (
	errWeakSeal  = errors.New("the host does not agree to sign and seal messages with 128 bits")
	errNotSealed = errors.New("the host answered without sealing its reply")
	errBadSeal   = errors.New("the sealed reply is damaged or forged")
)

// strongEnough reads the flags of an NTLM CHALLENGE.
func strongEnough(challenge []byte) error {
	if len(challenge) < 24 || binary.LittleEndian.Uint32(challenge[20:])&wantedFlags != wantedFlags {
		return errWeakSeal
	}
	return nil
}

// seal wraps one SOAP message.
func seal(session *ntlmssp.SecuritySession, envelope []byte) ([]byte, error) {
	if session == nil {
		return nil, errWeakSeal
	}
	sealed, signature, err := session.Wrap(envelope)
	if err != nil {
		return nil, fmt.Errorf("seal the message: %w", err)
	}
	if len(signature) != signatureBytes {
		return nil, errWeakSeal
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, sealedHead, len(envelope))
	_ = binary.Write(&b, binary.LittleEndian, uint32(signatureBytes)) // a Buffer takes everything
	b.Write(signature)
	b.Write(sealed)
	b.WriteString(sealedTail)
	return b.Bytes(), nil
}

// unseal takes the SOAP message out of a sealed reply and proves that it is the
// host's.
func unseal(session *ntlmssp.SecuritySession, answer reply) (reply, error) {
	if !strings.HasPrefix(strings.ToLower(answer.contentType), sealedPrefix) {
		if len(answer.body) == 0 || !strings.Contains(answer.contentType, soapType) {
			return answer, nil // a proxy's page or an empty error: the guard judges it
		}
		return reply{}, errNotSealed
	}
	length, sealed, err := splitSealed(answer.body)
	if err != nil {
		return reply{}, err
	}
	if binary.LittleEndian.Uint32(sealed) != signatureBytes {
		return reply{}, errBadSeal
	}
	signature, data := sealed[4:4+signatureBytes], sealed[4+signatureBytes:]
	if len(data) != length {
		return reply{}, errBadSeal
	}
	clear, err := session.Unwrap(data, signature)
	if err != nil {
		return reply{}, errBadSeal
	}
	return reply{status: answer.status, contentType: soapType, body: clear}, nil
}

// splitSealed finds the length of the clear text and the part with signature and
// sealed bytes, which are random and may hold anything, the boundary included.
func splitSealed(body []byte) (length int, sealed []byte, err error) {
	rest, ok := bytes.CutSuffix(bytes.TrimRight(body, "\r\n"), []byte(boundary+"--"))
	parts := bytes.SplitN(rest, []byte(boundary+"\r\n"), 3)
	if !ok || len(parts) != 3 {
		return 0, nil, errBadSeal
	}
	_, text, found := strings.Cut(string(parts[1]), "Length=")
	text, _, _ = strings.Cut(text, "\r\n")
	length, err = strconv.Atoi(strings.TrimSpace(text))
	if !found || err != nil || length < 0 {
		return 0, nil, errBadSeal
	}
	_, sealed, found = bytes.Cut(parts[2], []byte("\r\n"))
	if !found || len(sealed) < 4+signatureBytes {
		return 0, nil, errBadSeal
	}
	return length, sealed, nil
}
