// Package clean makes text from servers, files and people harmless to draw.
// What comes out holds one cell a character: no control characters, no escape
// sequences, nothing that runs from right to left or joins its neighbour, no
// wide and no invisible characters. What had to go is written out as its code
// point, so that two different names never look the same.
package clean

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Limit is how much of one line is kept, in bytes of its source.
const Limit = 4096

// Line gives a text as one line; line ends become spaces.
func Line(s string) string {
	return line(strings.NewReplacer("\r\n", " ", "\n", " ", "\t", " ").Replace(cut(s)))
}

// Lines gives a text as lines, at most most of them; what is beyond is
// announced by a last line of its own.
func Lines(s string, most int) []string {
	s = strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	var out []string
	for rest, more := s, true; more; {
		if len(out) == most {
			return append(out, "…")
		}
		var l string
		l, rest, more = strings.Cut(rest, "\n")
		out = append(out, line(strings.ReplaceAll(cut(l), "\t", "    ")))
	}
	return out
}

// cut bounds the work that a hostile text can cause.
func cut(s string) string {
	if len(s) <= Limit {
		return s
	}
	end := Limit
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}

func line(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case harmless(r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\u{%x}`, r)
		}
		i += n
	}
	return b.String()
}

func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// harmless reports whether a character takes one cell everywhere and leaves
// its neighbours alone. Only scripts that terminals agree on are let through.
func harmless(r rune) bool {
	if r < 0x80 {
		return r >= ' ' && r != 0x7f
	}
	known := unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Common)
	if !known || !unicode.IsPrint(r) || unicode.IsMark(r) || flag(r) {
		return false
	}
	s := string(r)
	return ansi.StringWidth(s) == 1 && ansi.StringWidthWc(s) == 1
}

// flag reports the letters that pair up to a flag.
func flag(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }
