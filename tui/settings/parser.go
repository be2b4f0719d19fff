package settings

import (
	"fmt"

	"go.yaml.in/yaml/v4"

	"pchatops/ops/site"
	"pchatops/tui/actions"
	"pchatops/tui/part/clean"
)

// parser collects what the file says, and what is wrong with it.
type parser struct {
	Settings
	file  string
	text  []string
	keys  map[actions.ID][]string
	lines map[actions.ID]int
	found site.Errors
}

func (p *parser) wrong(line int, message string) {
	problem := site.Problem{File: p.file, Line: line, Message: clean.Line(message)}
	if line > 0 && line <= len(p.text) {
		problem.Column, problem.Source = 1, clean.Line(p.text[line-1])
	}
	p.found = append(p.found, problem)
}

func (p *parser) settings(n *yaml.Node) {
	p.fields(n, "settings", func(key, value *yaml.Node) {
		switch key.Value {
		case "theme":
			p.Theme = p.scalar(value)
		case "glyphs":
			if p.Glyphs = p.scalar(value); p.Glyphs != "unicode" && p.Glyphs != "ascii" {
				p.wrong(value.Line, "glyphs are unicode or ascii")
			}
		case "keys":
			p.fields(value, "keys", p.action)
		default:
			p.wrong(key.Line, fmt.Sprintf("there is no setting %q; there are theme, glyphs and keys", key.Value))
		}
	})
	keys, mistakes := p.Keys.Remap(p.keys)
	for _, m := range mistakes {
		p.wrong(p.lines[m.Action], fmt.Sprintf("action %q: %s", m.Action, m.Says))
	}
	p.Keys = keys
}

// fields visits the fields of a mapping; one that stands twice is a mistake.
func (p *parser) fields(n *yaml.Node, what string, visit func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		p.wrong(n.Line, what+" are written as name: value")
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if seen[key.Value] {
			p.wrong(key.Line, fmt.Sprintf("%q stands here a second time", key.Value))
			continue
		}
		seen[key.Value] = true
		visit(key, n.Content[i+1])
	}
}

// action takes the keys of one action: a key, or a list of them.
func (p *parser) action(key, value *yaml.Node) {
	id := actions.ID(key.Value)
	p.lines[id], p.keys[id] = key.Line, nil
	if value.Kind != yaml.SequenceNode {
		p.keys[id] = []string{p.scalar(value)}
		return
	}
	for _, k := range value.Content {
		p.keys[id] = append(p.keys[id], p.scalar(k))
	}
}

func (p *parser) scalar(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		p.wrong(n.Line, "a text is needed here")
		return ""
	}
	return n.Value
}
