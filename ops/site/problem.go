package site

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Problem is one mistake in a site file, with the place to mend.
type Problem struct {
	File     string `json:"file"`
	Line     int    `json:"line"`   // from 1; 0: the file as a whole
	Column   int    `json:"column"` // from 1, in characters
	Source   string `json:"source,omitempty"`
	Expected string `json:"expected,omitempty"`
	Message  string `json:"message"`
}

// String gives the problem as compilers do, with the line and a caret below.
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	b.WriteString(": " + p.Message)
	if p.Line == 0 {
		if p.Expected != "" {
			b.WriteString("; expected " + p.Expected)
		}
		return b.String()
	}
	fmt.Fprintf(&b, "\n %5d | %s\n       | %s^", p.Line, p.Source,
		strings.Repeat(" ", min(p.Column-1, utf8.RuneCountInString(p.Source))))
	if p.Expected != "" {
		b.WriteString(" expected " + p.Expected)
	}
	return b.String()
}

// Errors are all the problems of a file, in the order of the file.
type Errors []Problem

// Error gives every problem, one after the other.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, p := range e {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

const widestSource = 160

// passwordValue is what stands behind a password key, also a misspelt one.
// Somebody may have written the password itself there, so no message shows it.
var passwordValue = regexp.MustCompile(`(?i)((?:pas|pwd|secret)[\w-]*["']?\s*:\s*)\S.*$`)

// excerpt is a line of the file that is safe to show: bounded, without control
// characters and without what could be a password.
func excerpt(line string) string {
	line = passwordValue.ReplaceAllString(line, "${1}…")
	var b strings.Builder
	for i, c := range []rune(line) {
		if i == widestSource {
			b.WriteRune('…')
			break
		}
		b.WriteRune(printable(c))
	}
	return b.String()
}

// printable keeps the column: one character for one character.
func printable(c rune) rune {
	switch {
	case c == '\t':
		return ' '
	case !unicode.IsPrint(c):
		return '·'
	}
	return c
}
