package wsman

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"

	"pchatops/ops/lab/wsman/ntlm"
)

// The layout of a sealed body (MS-WSMV 2.2.9.1.1). It looks like MIME and is
// not: header lines begin with a tab and the payload is binary.
const (
	sealedType   = "multipart/encrypted"
	sealedHeader = sealedType + `;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"`
	boundary     = "--Encrypted Boundary"
	clearHeader  = "\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n" +
		"\tOriginalContent: type=" + soapHeader + ";Length="
	octetHeader  = "\tContent-Type: application/octet-stream\r\n"
	sealOverhead = 512
)

var errSealed = errors.New("wsman: sealed body is malformed")

// seal wraps a message for the client.
func seal(session *ntlm.Session, soap []byte) []byte {
	signature, sealed := session.Seal(soap)
	b := fmt.Appendf(nil, "%s\r\n%s%d\r\n%s\r\n%s", boundary, clearHeader, len(soap), boundary, octetHeader)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(signature)))
	b = append(b, signature...)
	b = append(b, sealed...)
	return append(b, boundary+"--\r\n"...)
}

// sealedParts finds signature and sealed message in a body. The sealed bytes
// may contain anything, so the markers are only looked for where they belong.
func sealedParts(body []byte) (signature, sealed []byte, err error) {
	parts := bytes.SplitN(body, []byte(boundary+"\r\n"), 3)
	if len(parts) != 3 || len(parts[0]) != 0 {
		return nil, nil, errSealed
	}
	_, digits, found := bytes.Cut(parts[1], []byte("Length="))
	length, err := strconv.Atoi(string(bytes.TrimSpace(digits)))
	payload, headed := bytes.CutPrefix(parts[2], []byte(octetHeader))
	payload, ended := bytes.CutSuffix(payload, []byte(boundary+"--\r\n"))
	if !found || err != nil || !headed || !ended || len(payload) < 4 {
		return nil, nil, errSealed
	}
	size, payload := binary.LittleEndian.Uint32(payload), payload[4:]
	if size != ntlm.SignatureSize || len(payload) != ntlm.SignatureSize+length {
		return nil, nil, errSealed
	}
	return payload[:size], payload[size:], nil
}
