package settings

import (
	"fmt"
	"strconv"

	"go.yaml.in/yaml/v4"

	"pchatops/ops/site"
	"pchatops/themes"
	"pchatops/tui/actions"
	"pchatops/tui/part/clean"
)

// parser collects what the file says, and what is wrong with it.
type parser struct {
	Settings
	file  string
	text  []string
	keys  map[actions.ID][]string
	at    map[place]*yaml.Node
	found site.Errors
}

// place is where a key of an action stands, or the action itself where key is
// empty.
type place struct {
	action actions.ID
	key    string
}

// wrong notes a mistake, and what is to be written instead.
func (p *parser) wrong(n *yaml.Node, message, expected string) {
	problem := site.Problem{File: p.file, Line: n.Line, Column: n.Column, Message: clean.Line(message), Expected: clean.Line(expected)}
	if n.Line > 0 && n.Line <= len(p.text) {
		problem.Source = clean.Line(p.text[n.Line-1])
	}
	p.found = append(p.found, problem)
}

func (p *parser) settings(n *yaml.Node) {
	p.fields(n, "settings", func(key, value *yaml.Node) {
		switch key.Value {
		case "version":
			p.version(value)
		case "theme":
			p.theme(value)
		case "glyphs":
			p.glyphs(value)
		case "keys":
			p.fields(value, "keys", p.action)
		default:
			p.wrong(key, fmt.Sprintf("there is no setting %q", key.Value), "version, theme, glyphs or keys")
		}
	})
	keys, mistakes := p.Keys.Remap(p.keys)
	for _, m := range mistakes {
		p.wrong(p.at[place{m.Action, m.Key}], fmt.Sprintf("action %q: %s", m.Action, m.Says), m.Instead)
	}
	p.Keys = keys
}

// version takes the format of the file; one that names none has format 1.
func (p *parser) version(n *yaml.Node) {
	text, ok := p.scalar(n)
	switch v, err := strconv.Atoi(text); {
	case !ok:
	case err == nil && v > Format:
		p.wrong(n, fmt.Sprintf("the file has format %d, and this program reads formats up to %d", v, Format), "a newer pchatops, or a file of format 1")
	case err != nil || v < 1:
		p.wrong(n, fmt.Sprintf("there is no format %q", text), "version: 1")
	}
}

// theme takes a theme that there is, and that keeps what it promises.
func (p *parser) theme(n *yaml.Node) {
	name, ok := p.scalar(n)
	if !ok {
		return
	}
	p.Theme = name
	if _, err := themes.Load(name); err != nil {
		p.wrong(n, err.Error(), "")
	}
}

func (p *parser) glyphs(n *yaml.Node) {
	name, ok := p.scalar(n)
	if ok && name != "unicode" && name != "ascii" {
		p.wrong(n, fmt.Sprintf("there are no glyphs %q", name), "unicode or ascii")
	}
	p.Glyphs = name
}

// fields visits the fields of a mapping; one that stands twice is a mistake.
func (p *parser) fields(n *yaml.Node, what string, visit func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		p.wrong(n, what+" are written as name: value", "name: value")
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if seen[key.Value] {
			p.wrong(key, fmt.Sprintf("%q stands here a second time", key.Value), "each name once")
			continue
		}
		seen[key.Value] = true
		visit(key, n.Content[i+1])
	}
}

// action takes the keys of one action: a key, or a list of them.
func (p *parser) action(key, value *yaml.Node) {
	id, list := actions.ID(key.Value), []*yaml.Node{value}
	if value.Kind == yaml.SequenceNode {
		list = value.Content
	}
	p.at[place{id, ""}] = key
	var keys []string
	for _, n := range list {
		k, ok := p.scalar(n)
		if !ok {
			return // a mistake is told once
		}
		p.at[place{id, k}] = n
		keys = append(keys, k)
	}
	p.keys[id] = keys
}

func (p *parser) scalar(n *yaml.Node) (text string, ok bool) {
	if n.Kind != yaml.ScalarNode {
		p.wrong(n, "a text is needed here", "a single word")
		return "", false
	}
	return n.Value, true
}
