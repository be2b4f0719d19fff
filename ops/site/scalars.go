package site

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// text reads a string for which ok holds.
func (r *reader) text(dst *string, expected string, ok func(string) bool) take {
	return func(n *yaml.Node, path string) {
		n = r.follow(n, path)
		if n.Kind != yaml.ScalarNode || n.Tag != "!!str" || !ok(n.Value) {
			r.problem(n, r.named(path)+" is not valid", expected)
			return
		}
		*dst = n.Value
	}
}

// word reads one of a few words.
func word[T ~string](r *reader, dst *T, allowed ...T) take {
	words := make([]string, len(allowed))
	for i, w := range allowed {
		words[i] = string(w)
	}
	is := func(s string) bool { return slices.Contains(words, s) }
	return func(n *yaml.Node, path string) {
		var w string
		if r.text(&w, "one of "+strings.Join(words, ", "), is)(n, path); w != "" {
			*dst = T(w)
		}
	}
}

// number reads a whole number within bounds.
func (r *reader) number(dst *int, least, most int) take {
	return func(n *yaml.Node, path string) {
		n = r.follow(n, path)
		v, err := strconv.Atoi(n.Value)
		if n.Kind != yaml.ScalarNode || n.Tag != "!!int" || err != nil || v < least || v > most {
			r.problem(n, r.named(path)+" is not valid", fmt.Sprintf("a whole number from %d to %d", least, most))
			return
		}
		*dst = v
	}
}

// flag reads true or false.
func (r *reader) flag(dst *bool) take {
	return func(n *yaml.Node, path string) {
		n = r.follow(n, path)
		if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" {
			r.problem(n, r.named(path)+" is not valid", "true or false")
			return
		}
		*dst = strings.EqualFold(n.Value, "true")
	}
}

// span reads a length of time.
func (r *reader) span(dst *time.Duration) take {
	expected := fmt.Sprintf("a time from %s to %s, such as 15s or 45m", shortest, longest)
	return func(n *yaml.Node, path string) {
		var s string
		inBounds := func(s string) bool {
			d, err := time.ParseDuration(s)
			return err == nil && d >= shortest && d <= longest
		}
		r.text(&s, expected, inBounds)(n, path)
		*dst, _ = time.ParseDuration(s) // "" leaves zero, which means not given
	}
}

const (
	shortest = 10 * time.Millisecond
	longest  = 168 * time.Hour
)
