package mgmt

import (
	"bytes"
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
)

// clixmlMark begins each document that PowerShell writes to a redirected
// standard error. Several may follow each other, and the last may be cut off.
const clixmlMark = "#< CLIXML"

// readable turns PowerShell's standard error into text: the error records'
// words, without progress, verbose chatter and the position in a script that the
// engineer has not written. What is no CLIXML stays as it is.
func readable(stderr []byte) string {
	pieces := bytes.Split(stderr, []byte(clixmlMark))
	lines := []string{strings.ToValidUTF8(string(pieces[0]), "?")}
	for _, document := range pieces[1:] {
		lines = append(lines, errorRecords(document))
	}
	return clip(withoutPosition(strings.Join(lines, "\n")), 4000)
}

// errorRecords collects the S elements of the error stream, as far as the
// document goes.
func errorRecords(document []byte) string {
	decoder := xml.NewDecoder(bytes.NewReader(bytes.ToValidUTF8(document, []byte("?"))))
	decoder.Strict = false
	var b strings.Builder
	inside := false
	for {
		token, err := decoder.Token()
		if err != nil {
			return b.String()
		}
		switch t := token.(type) {
		case xml.StartElement:
			inside = t.Name.Local == "S" && isError(t)
		case xml.EndElement:
			inside = false
		case xml.CharData:
			if inside {
				b.WriteString(unescape(string(t)))
			}
		}
	}
}

func isError(element xml.StartElement) bool {
	for _, a := range element.Attr {
		if a.Name.Local == "S" {
			return strings.EqualFold(a.Value, "Error")
		}
	}
	return false
}

// escape is CLIXML's spelling of one UTF-16 code unit.
var escape = regexp.MustCompile(`(?:_x[0-9A-Fa-f]{4}_)+`)

// unescape decodes runs of _xHHHH_; a surrogate pair is two in a row.
func unescape(s string) string {
	return escape.ReplaceAllStringFunc(s, func(run string) string {
		var units []uint16
		for ; run != ""; run = run[len("_xHHHH_"):] {
			unit, _ := strconv.ParseUint(run[2:6], 16, 16) // four hexadecimal digits, says the pattern
			units = append(units, uint16(unit))
		}
		return string(utf16.Decode(units))
	})
}

// position is a line with which PowerShell points into the script.
var position = regexp.MustCompile(`^\s*(\+ |At .+:\d+ char:\d+|At line:\d+)`)

func withoutPosition(s string) string {
	var kept []string
	for line := range strings.Lines(strings.ReplaceAll(s, "\r", "")) {
		line = strings.TrimRight(line, " \n")
		if line != "" && !position.MatchString(line) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}
