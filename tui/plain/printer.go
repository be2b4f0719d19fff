package plain

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"pchatops/tui/part/cell"
	"pchatops/tui/part/clean"
)

// mostLines bounds what one text from a server may take.
const mostLines = 200

// printer appends lines that fit the width. Everything passes through it, so
// that nothing foreign reaches the terminal as it came.
type printer struct {
	out    io.Writer
	width  int
	failed error // why nothing is written any more
}

// say writes one sentence. What would begin a new line in it becomes a space,
// so that no foreign text can pose as a line of the console.
func (p *printer) say(format string, args ...any) {
	p.wrap("", clean.Line(fmt.Sprintf(format, args...)))
}

// sentences writes a text of the console's own, which may have several lines.
func (p *printer) sentences(text string) {
	for _, l := range clean.Lines(text, mostLines) {
		p.wrap("", l)
	}
}

// point writes a sentence behind its label, where there is one.
func (p *printer) point(label, text string) {
	if text != "" {
		p.say("%s: %s", label, stop(text))
	}
}

// quote writes a foreign text of several lines, each set off by two spaces.
func (p *printer) quote(text string) {
	for _, l := range clean.Lines(text, mostLines) {
		p.wrap("  ", l)
	}
}

// wrap writes a clean text at the width; what is broken off goes on two
// spaces further in.
func (p *printer) wrap(lead, text string) {
	room := max(p.width, leastWidth) - len(lead) - 2
	for i, part := range cell.Wrap(signs(text), room) {
		if i > 0 {
			part = "  " + strings.TrimLeft(part, " ")
		}
		p.write(lead + part + "\n")
	}
}

func (p *printer) write(s string) {
	if p.failed == nil {
		_, p.failed = io.WriteString(p.out, s)
	}
}

// signs keeps letters and plain signs, and writes any other out as its code
// point.
func signs(s string) string {
	var b strings.Builder
	for _, r := range ascii.Replace(s) {
		if r < utf8.RuneSelf || unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\u{%x}`, r)
		}
	}
	return b.String()
}

// ascii puts words and plain signs for those that a screen reader spells out
// and a serial line may not have.
var ascii = strings.NewReplacer(
	". → ", ". To do: ", " → ", "; to do: ", "→", "->", "…", "...", " · ", ", ", "–", "-", "—", "-", "\u00a0", " ",
)
