package scenario

import (
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// reader walks the nodes of a file and collects every mistake with its line.
type reader struct {
	file  string
	found []error
}

func (r *reader) fault(n *yaml.Node, format string, a ...any) {
	r.found = append(r.found, errorAt(r.file, n.Line, format, a...))
}

// pairs gives the keys and values of a mapping; a key that is there twice is a
// mistake.
func (r *reader) pairs(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(k, v *yaml.Node) bool) {
		if n.Kind != yaml.MappingNode {
			r.fault(n, "names with values belong here")
			return
		}
		seen := map[string]bool{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			if seen[key.Value] {
				r.fault(key, "%s is there twice", key.Value)
				continue
			}
			seen[key.Value] = true
			if !yield(key, value) {
				return
			}
		}
	}
}

// mapping gives the values of a mapping by their names, which must be known.
func (r *reader) mapping(n *yaml.Node, known ...string) map[string]*yaml.Node {
	out := map[string]*yaml.Node{}
	for key, value := range r.pairs(n) {
		if !slices.Contains(known, key.Value) {
			r.fault(key, "no %q here: there are %s", key.Value, strings.Join(known, ", "))
			continue
		}
		out[key.Value] = value
	}
	return out
}

func (r *reader) need(n *yaml.Node, keys map[string]*yaml.Node, key string) *yaml.Node {
	if keys[key] == nil {
		r.fault(n, "%s is missing", key)
	}
	return keys[key]
}

func (r *reader) maybe(keys map[string]*yaml.Node, key string, take func(*yaml.Node)) {
	if v := keys[key]; v != nil {
		take(v)
	}
}

func list[T any](r *reader, n *yaml.Node, take func(*yaml.Node) T) []T {
	if n.Kind != yaml.SequenceNode {
		r.fault(n, "a list belongs here")
		return nil
	}
	out := []T{}
	for _, v := range n.Content {
		out = append(out, take(v))
	}
	return out
}

func (r *reader) text(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode || n.Value == "" {
		r.fault(n, "a text belongs here")
	}
	return n.Value
}

func (r *reader) formed(n *yaml.Node, form *regexp.Regexp, says string) string {
	if !form.MatchString(n.Value) {
		r.fault(n, "%q: %s", n.Value, says)
	}
	return n.Value
}

func (r *reader) whole(n *yaml.Node) int {
	v, err := strconv.Atoi(n.Value)
	if err != nil || v < 0 {
		r.fault(n, "%q is no whole number", n.Value)
	}
	return v
}

func (r *reader) yes(n *yaml.Node) bool {
	if n.Value != "true" && n.Value != "false" {
		r.fault(n, "%q: true or false", n.Value)
	}
	return n.Value == "true"
}

func (r *reader) duration(n *yaml.Node) time.Duration {
	d, err := time.ParseDuration(n.Value)
	if err != nil || d <= 0 {
		r.fault(n, "%q is no duration such as 15m", n.Value)
	}
	return d
}
