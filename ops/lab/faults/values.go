package faults

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// token takes T-SQL apart as far as telling values from words needs.
var token = regexp.MustCompile(`(?s)(--[^\n]*|/\*.*?\*/|\s+)` + // 1: nothing
	`|(\[(?:[^\]]|\]\])*\]|"(?:[^"]|"")*")` + // 2: a quoted name
	`|(N?'(?:[^']|'')*')` + // 3: text
	`|(0x[0-9A-Fa-f]*|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)` + // 4: a number
	`|([\pL_@#$][\pL\pN_@#$]*)` + // 5: a word
	`|(.)`)

var list = regexp.MustCompile(`([?#])(?: , [?#])+`)

// shapes are texts that were taken apart before: a site is asked the same ones
// thousands of times.
var shapes = struct {
	sync.Mutex
	of map[string]string
}{of: map[string]string{}}

const (
	remembered = 4096     // texts
	longText   = 16 << 10 // bytes of one that is not remembered
)

// WithoutValues is a T-SQL text without its values and comments: two
// statements that differ in nothing else give the same.
func WithoutValues(text string) string {
	shapes.Lock()
	shape, known := shapes.of[text]
	shapes.Unlock()
	if known {
		return shape
	}
	shape = shapeOf(text)
	if len(text) <= longText {
		shapes.Lock()
		defer shapes.Unlock()
		if len(shapes.of) == remembered {
			clear(shapes.of)
		}
		shapes.of[text] = shape
	}
	return shape
}

func shapeOf(text string) string {
	var words []string
	for _, m := range token.FindAllStringSubmatch(text, -1) {
		switch {
		case m[1] != "":
		case m[3] != "":
			words = append(words, "?")
		case m[4] != "":
			words = append(words, "#")
		case m[5] != "":
			name := strings.TrimRight(m[5], "0123456789")
			if name != m[5] {
				name += "#"
			}
			words = append(words, name)
		default:
			words = append(words, m[0])
		}
	}
	return list.ReplaceAllString(strings.Join(words, " "), "$1 …")
}

// cmdlet is a value that tells what is to be done: Get-CsPersistentChatState.
var cmdlet = regexp.MustCompile(`^[A-Z][a-z]+-[A-Z][A-Za-z]+$`)

// ShapeOf is a JSON text without its values: the names of its fields, and the
// cmdlets among its values.
func ShapeOf(text []byte) string {
	var v any
	if json.Unmarshal(text, &v) != nil {
		return "?"
	}
	return strings.Join(shape(v), " ")
}

func shape(v any) (out []string) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			out = append(out, name)
			out = append(out, shape(inner)...)
		}
	case []any:
		for _, inner := range v {
			out = append(out, shape(inner)...)
		}
	case string:
		if cmdlet.MatchString(v) {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
