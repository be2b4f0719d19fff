package mgmt

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

// nothingYet is the fault with which a host answers a Receive that had no output
// in time. It is no trouble: Receive is sent again.
const nothingYet = 2150858793

// noSuchShell is the fault for a shell, or a command, that the host does not
// know (any more).
const noSuchShell = 2150858843

// badReply is an answer that no WinRM service gives.
type badReply struct{ reply }

func (b *badReply) Error() string {
	return fmt.Sprintf("HTTP %d %s, content type %q, %d bytes", b.status, http.StatusText(b.status), clip(b.contentType, 80), len(b.body))
}

// wsFault is a WS-Management fault.
type wsFault struct {
	code   uint32
	reason string
}

func (f *wsFault) Error() string { return fmt.Sprintf("WS-Management fault %d: %s", f.code, f.reason) }

// guard judges a reply before the library may read it, because the library
// takes a fault for empty output (and asks again without pause) and cannot
// survive an empty document. Only a well-formed SOAP envelope without fault
// comes through.
func guard(answer reply) (string, error) {
	if answer.status == http.StatusUnauthorized {
		return "", refusedLogin{"the host refused user or password (HTTP 401)"}
	}
	if !strings.Contains(answer.contentType, soapType) || len(bytes.TrimSpace(answer.body)) == 0 {
		return "", &badReply{answer}
	}
	fault, err := examine(answer.body)
	if err != nil {
		return "", err
	}
	if fault != nil {
		return "", fault
	}
	if answer.status != http.StatusOK {
		return "", &badReply{answer}
	}
	return string(answer.body), nil
}

var errNotSOAP = errors.New("the reply is no well-formed SOAP envelope")

// examine reads a whole envelope, so that it is known to be well-formed, and
// finds the fault in it.
func examine(body []byte) (*wsFault, error) {
	if !utf8.Valid(body) {
		return nil, errNotSOAP
	}
	decoder := xml.NewDecoder(bytes.NewReader(body))
	var faulty, enveloped bool
	fault := &wsFault{}
	reason := &strings.Builder{}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) && enveloped {
			break
		}
		if err != nil {
			return nil, errNotSOAP
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch {
		case !enveloped && start.Name.Local != "Envelope":
			return nil, errNotSOAP
		case start.Name.Local == "Envelope":
			enveloped = true
		case start.Name.Local == "Fault":
			faulty = true
		case faulty && start.Name.Local == "WSManFault":
			fault.code = codeOf(start)
		case faulty && (start.Name.Local == "Text" || start.Name.Local == "Message"):
			addText(decoder, reason)
		}
	}
	if !faulty {
		return nil, nil
	}
	fault.reason = clip(strings.TrimSpace(reason.String()), 2000)
	return fault, nil
}

// codeOf reads WSManFault/@Code.
func codeOf(element xml.StartElement) uint32 {
	for _, a := range element.Attr {
		if a.Name.Local == "Code" {
			code, _ := strconv.ParseUint(a.Value, 10, 32) // 0: a fault without number
			return uint32(code)
		}
	}
	return 0
}

// addText adds the characters that follow a start tag. Windows says the same
// in Reason and in WSManFault/Message; one of them is enough.
func addText(decoder *xml.Decoder, into *strings.Builder) {
	token, err := decoder.Token()
	text, ok := token.(xml.CharData)
	if err != nil || !ok {
		return
	}
	if s := strings.TrimSpace(string(text)); s != "" && !strings.Contains(into.String(), s) {
		into.WriteString(s + " ")
	}
}

// clip bounds what a server says.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}
