package wsman

import (
	"context"
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"net/http"
	"path"
	"strings"

	"pchatops/ops/lab/faults"
)

// judged carries a message out, or not, and gives its answer, or none; cut:
// the connection ends within the answer.
func (s *Server) judged(ctx context.Context, user, client string, soap []byte) (status int, answer []byte, cut bool) {
	v := s.Tap.Judge(s.Names.Computer, faults.PowerShell, client, func() string { return s.describe(soap) })
	if !v.Wait(ctx) {
		return 0, nil, false
	}
	if v.Fate == faults.CutBefore {
		panic(http.ErrAbortHandler)
	}
	status, answer = s.handle(ctx, user, client, soap)
	switch v.Fate {
	case faults.CutAfter:
		panic(http.ErrAbortHandler)
	case faults.StallAfter:
		if !v.Released(ctx) {
			return 0, nil, false
		}
	default:
	}
	return status, answer, v.Fate == faults.CutMiddle
}

// describe is an operation without its values, with what its command is doing.
func (s *Server) describe(soap []byte) string {
	r := request{envelope: &envelope{}, limits: s.Limits.orDefault()}
	if r.parse(soap) != nil {
		return "a message that cannot be read"
	}
	verb := path.Base(r.Header.Action)
	switch id, b := "", r.Body; {
	case b.Command != nil:
		line := b.Command.Command + " " + strings.Join(b.Command.Arguments, " ")
		return fmt.Sprintf("%s %s %08x", verb, strings.SplitN(line, " ", 2)[0], crc32.ChecksumIEEE([]byte(line)))
	case b.Send != nil:
		var input strings.Builder
		for _, p := range b.Send.Streams {
			id = p.CommandID
			data, _ := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(p.Data), ""))
			input.Write(data)
		}
		return verb + s.heard(r.shellID(), id, input.String())
	case b.Receive != nil:
		return verb + s.heard(r.shellID(), b.Receive.Desired.CommandID, "")
	case b.Signal != nil:
		return verb + s.heard(r.shellID(), b.Signal.CommandID, "")
	}
	return verb
}

// heard adds to what a command was told on its standard input and says what
// that is.
func (s *Server) heard(shell, id, input string) string {
	sh, done, f := s.shells.use(shell)
	if f != nil {
		return ""
	}
	defer done()
	c, f := s.shells.command(sh, id)
	if f != nil {
		return ""
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard += input
	return work(c.heard)
}

// work names what a script on standard input does: the first comment of the
// script, and the shape of the request behind it.
func work(input string) string {
	lines := strings.SplitN(input, "\n", 3)
	var out strings.Builder
	for i, line := range lines[:min(2, len(lines))] {
		text, err := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
		switch {
		case err != nil: // not all of it has come
		case i == 0:
			first, _, _ := strings.Cut(string(text), "\n")
			out.WriteString(" " + strings.TrimSpace(strings.TrimLeft(first, "# ")))
		default:
			out.WriteString(" {" + faults.ShapeOf(text) + "}")
		}
	}
	return out.String()
}
