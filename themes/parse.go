package themes

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v4"
)

// readable is the contrast that WCAG 2 (AA) asks of text; a theme promises it
// where it says nothing else.
const readable = 4.5

// Parse reads a theme file. What is missing, unknown or no colour is an error
// that names the file, the line and the key.
func Parse(file string, data []byte) (Theme, error) {
	var doc yaml.Node
	if err := yaml.Load(data, &doc); err != nil {
		return Theme{}, fmt.Errorf("%s: %w", file, err)
	}
	p := parser{file: file, theme: Theme{Contrast: readable}}
	err := p.mapping(&doc, p.key)
	if err == nil {
		err = p.whole(&doc)
	}
	if err == nil {
		err = p.promise()
	}
	return p.theme, err
}

// parser fills a theme and remembers where its parts stand.
type parser struct {
	file  string
	theme Theme
	seen  []string
	lines map[string]int // of tokens
}

func (p *parser) fail(at *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", p.file, max(at.Line, 1), fmt.Sprintf(format, args...))
}

// mapping visits the keys of a mapping, each of which may stand there once.
func (p *parser) mapping(n *yaml.Node, visit func(key, value *yaml.Node) error) error {
	if n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
		n = n.Content[0]
	}
	if n.Kind != yaml.MappingNode {
		return p.fail(n, "expected keys with values")
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if err := visit(n.Content[i], n.Content[i+1]); err != nil {
			return err
		}
	}
	return nil
}

func (p *parser) key(key, value *yaml.Node) (err error) {
	if slices.Contains(p.seen, key.Value) {
		return p.fail(key, "%q stands here a second time", key.Value)
	}
	p.seen = append(p.seen, key.Value)
	switch key.Value {
	case "name":
		p.theme.Name = value.Value
	case "kind":
		p.theme.Kind = Kind(value.Value)
		if !slices.Contains([]Kind{Dark, Light, Any}, p.theme.Kind) {
			return p.fail(value, "kind is %q, expected dark, light or any", value.Value)
		}
	case "contrast":
		p.theme.Contrast, err = strconv.ParseFloat(value.Value, 64)
		if err != nil || !(p.theme.Contrast >= 1 && p.theme.Contrast <= 21) {
			return p.fail(value, "contrast is %q, expected a number from 1 to 21", value.Value)
		}
	case "backgrounds":
		return p.backgrounds(value)
	case "tokens":
		p.lines = map[string]int{}
		return p.mapping(value, p.token)
	default:
		return p.fail(key, "there is no key %q; expected name, kind, contrast, backgrounds or tokens", key.Value)
	}
	return nil
}

func (p *parser) backgrounds(list *yaml.Node) error {
	for _, n := range list.Content {
		c := Colour(n.Value)
		if !c.exact() {
			return p.fail(n, "background %q is no colour of the form #rrggbb", n.Value)
		}
		p.theme.Backgrounds = append(p.theme.Backgrounds, c)
	}
	return nil
}

func (p *parser) token(key, value *yaml.Node) error {
	if _, twice := p.lines[key.Value]; twice {
		return p.fail(key, "token %s stands here a second time", key.Value)
	}
	for _, t := range p.theme.Tokens.all() {
		if t.name != key.Value {
			continue
		}
		*t.colour, p.lines[t.name] = Colour(value.Value), key.Line
		if value.Kind != yaml.ScalarNode || !t.colour.valid() {
			return p.fail(value, "token %s is %q, expected %s", t.name, value.Value, colourForms)
		}
		return nil
	}
	return p.fail(key, "there is no token %q", key.Value)
}

// whole demands every part that a theme needs.
func (p *parser) whole(doc *yaml.Node) error {
	if p.theme.Name == "" {
		return p.fail(doc, "the theme has no name")
	}
	if p.theme.Kind == "" {
		return p.fail(doc, "the theme has no kind: dark, light or any")
	}
	for _, t := range p.theme.Tokens.all() {
		if *t.colour == "" {
			return p.fail(doc, "token %s is missing", t.name)
		}
		if p.theme.Kind == Any && t.colour.exact() {
			return p.fail(doc, "token %s is %s: a theme for any background takes its colours from the user's palette", t.name, *t.colour)
		}
	}
	if p.theme.Kind != Any && len(p.theme.Backgrounds) == 0 {
		return p.fail(doc, "the theme names no terminal background that it is made for")
	}
	return nil
}

// token is a token by its name in files.
type token struct {
	name   string
	colour *Colour
}

func (t *Tokens) all() []token {
	fields := reflect.ValueOf(t).Elem()
	out := make([]token, fields.NumField())
	for i := range out {
		out[i] = token{fields.Type().Field(i).Tag.Get("yaml"), fields.Field(i).Addr().Interface().(*Colour)}
	}
	return out
}
