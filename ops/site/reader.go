package site

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// The bounds of a site file. An estate has a handful of servers; whatever
// exceeds these is a mistake or an attack.
const (
	maxBytes    = 1 << 20
	maxProblems = 50
	maxAliases  = 200
	maxList     = 200
)

// reader walks the YAML nodes of a site file and collects every problem
// instead of stopping at the first.
type reader struct {
	file    string
	lines   []string
	nodes   map[string]*yaml.Node // by path: "instances[2].port"
	found   Errors
	aliases int
	hidden  bool // inside a password reference: show nothing of it
}

// take reads the value at a path.
type take func(n *yaml.Node, path string)

// field is one key of a mapping.
type field struct {
	required bool
	take     take
}

func need(t take) field { return field{required: true, take: t} }
func may(t take) field  { return field{take: t} }

type fields map[string]field

// problem records a mistake at a node.
func (r *reader) problem(n *yaml.Node, message, expected string) {
	if len(r.found) < maxProblems {
		r.found = append(r.found, r.describe(n, message, expected))
	}
}

func (r *reader) describe(n *yaml.Node, message, expected string) Problem {
	p := Problem{File: r.file, Line: n.Line, Column: n.Column, Message: message, Expected: expected}
	if n.Line > 0 && n.Line <= len(r.lines) {
		p.Source = excerpt(r.lines[n.Line-1])
		if shown := []rune(p.Source); r.hidden && len(shown) >= n.Column {
			p.Source = string(shown[:n.Column-1]) + "…"
		}
	}
	return p
}

// at gives the node at a path, or the nearest one around it.
func (r *reader) at(path string) *yaml.Node {
	for {
		if n := r.nodes[path]; n != nil || path == "" {
			return n
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
}

// follow resolves an alias and remembers where the value of a path stands.
func (r *reader) follow(n *yaml.Node, path string) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		if r.aliases++; r.aliases > maxAliases {
			r.problem(n, "too many aliases", fmt.Sprintf("at most %d in a site file", maxAliases))
			n = &yaml.Node{Kind: yaml.ScalarNode, Line: n.Line, Column: n.Column}
			break
		}
		n = n.Alias
	}
	r.nodes[path] = n
	return n
}

// mapping reads a mapping with exactly these keys.
func (r *reader) mapping(n *yaml.Node, path string, f fields) {
	keys := strings.Join(slices.Sorted(maps.Keys(f)), ", ")
	if n = r.follow(n, path); n.Kind != yaml.MappingNode {
		r.problem(n, r.named(path)+" is no mapping", "keys and values: "+keys)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		known, ok := f[key.Value]
		switch {
		case !ok || key.Kind != yaml.ScalarNode:
			r.problem(key, "unknown key"+r.quoted(key.Value), "one of "+keys)
		case seen[key.Value]:
			r.problem(key, "the key "+key.Value+" is there twice", "each key once")
		default:
			seen[key.Value] = true
			known.take(n.Content[i+1], join(path, key.Value))
		}
	}
	for _, k := range slices.Sorted(maps.Keys(f)) {
		if f[k].required && !seen[k] {
			r.problem(n, r.named(path)+" lacks "+k, "the key "+k)
		}
	}
}

// list reads a bounded list.
func (r *reader) list(n *yaml.Node, path, of string, each take) {
	if n = r.follow(n, path); n.Kind != yaml.SequenceNode {
		r.problem(n, r.named(path)+" is no list", "a list of "+of)
		return
	}
	if len(n.Content) > maxList {
		r.problem(n, r.named(path)+" is too long", fmt.Sprintf("at most %d entries", maxList))
		return
	}
	for i, e := range n.Content {
		each(e, fmt.Sprintf("%s[%d]", path, i))
	}
}

func (r *reader) named(path string) string {
	if path == "" {
		return "the site file"
	}
	return path
}

func (r *reader) quoted(key string) string {
	if r.hidden {
		return ""
	}
	return " " + strconv.QuoteToGraphic(key[:min(len(key), 40)])
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
