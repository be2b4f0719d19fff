package mgmt

import (
	"bytes"
	"strings"
)

// maxLine bounds a line of a job's log.
const maxLine = 4096

// lines cuts the pieces of a log into lines. A character or line may be divided
// between two pieces.
type lines struct {
	emit func(string)
	rest []byte
}

func (l *lines) add(piece []byte) {
	l.rest = append(l.rest, piece...)
	for {
		line, rest, found := bytes.Cut(l.rest, []byte("\n"))
		if !found {
			break
		}
		l.pass(line)
		l.rest = rest
	}
	if len(l.rest) > maxLine {
		l.flush()
	}
}

// flush passes on what has no line end.
func (l *lines) flush() {
	if len(l.rest) > 0 {
		l.pass(l.rest)
		l.rest = nil
	}
}

func (l *lines) pass(line []byte) {
	text := strings.ToValidUTF8(strings.TrimRight(string(line), "\r \t"), "?")
	if text != "" {
		l.emit(clip(text, maxLine))
	}
}
