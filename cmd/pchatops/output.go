package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// output prints what a command has to say: JSON Lines, or plain lines that are
// each meaningful alone.
type output struct {
	w    io.Writer
	json bool
}

// line prints one object: as JSON with its type, or the words for people.
func (o output) line(object any, words string) {
	if !o.json {
		fmt.Fprintln(o.w, clean(words)) //nolint:errcheck // a closed pipe ends the process by signal, or the run (see unattended)
		return
	}
	b, err := json.Marshal(object)
	if err != nil {
		panic(err) // a type of ours that cannot be written is a defect
	}
	fmt.Fprintf(o.w, "%s\n", b) //nolint:errcheck // as above
}

// clean makes foreign text harmless to a terminal: control characters except
// the line break become visible, as do those that change the writing direction.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == unicode.ReplacementChar:
			return '·'
		}
		return r
	}, s)
}
