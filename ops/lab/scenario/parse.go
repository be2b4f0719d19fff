package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Version is that of the format.
const Version = 1

// maxBytes is more than any scenario needs.
const maxBytes = 64 << 10

var (
	nameForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	stepForm = regexp.MustCompile(`^[A-Z][0-9]+[a-z]?$`)
	codeForm = nameForm
)

// Parse reads a scenario file. Everything that is wrong in it comes back at
// once, each with its line. base finds the scenario that another starts from.
func Parse(file string, data []byte, base func(string) (Scenario, bool)) (Scenario, error) {
	r := &reader{file: file}
	root := r.document(data)
	var s Scenario
	if root != nil {
		s = r.scenario(root, base)
	}
	return s, errors.Join(r.found...)
}

func (r *reader) document(data []byte) *yaml.Node {
	if len(data) > maxBytes {
		r.fault(&yaml.Node{Line: 1}, "larger than %d bytes", maxBytes)
		return nil
	}
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	var doc, second yaml.Node
	if err == nil {
		err = loader.Load(&doc)
	}
	var where *yaml.LoadError
	switch {
	case errors.As(err, &where):
		r.fault(&yaml.Node{Line: where.Mark.Line}, "no valid YAML: %s", where.Message)
	case errors.Is(err, io.EOF), err == nil && len(doc.Content) == 0:
		r.fault(&yaml.Node{Line: 1}, "the file is empty")
	case err != nil:
		r.fault(&yaml.Node{Line: 1}, "no valid YAML: %v", err)
	case loader.Load(&second) == nil:
		r.fault(&second, "a second document begins here")
	default:
		return doc.Content[0]
	}
	return nil
}

func (r *reader) scenario(n *yaml.Node, base func(string) (Scenario, bool)) (s Scenario) {
	keys := r.mapping(n, "version", "name", "title", "from", "procedure", "site", "start", "when", "gates", "lift", "expect")
	if from := keys["from"]; from != nil {
		start, ok := base(r.text(from))
		if !ok {
			r.fault(from, "from: there is no scenario %q", from.Value)
		}
		s.Procedure, s.Site, s.Start = start.Procedure, start.Site, slices.Clone(start.Start)
		s.Gates, s.Expect = start.Gates, Expect{Findings: start.Expect.Findings}
	}
	if v := r.need(n, keys, "version"); v != nil && r.whole(v) != Version {
		r.fault(v, "version %s: this program reads version %d", v.Value, Version)
	}
	if v := r.need(n, keys, "name"); v != nil {
		s.Name = r.formed(v, nameForm, "small letters, digits and single hyphens")
	}
	if v := r.need(n, keys, "title"); v != nil {
		s.Title = r.text(v)
		if !strings.HasSuffix(s.Title, ".") {
			r.fault(v, "title: a sentence ends with a full stop")
		}
	}
	r.maybe(keys, "procedure", func(v *yaml.Node) { s.Procedure = r.formed(v, nameForm, "the name of a procedure") })
	r.maybe(keys, "site", func(v *yaml.Node) { s.Site = r.site(v, s.Site) })
	r.maybe(keys, "start", func(v *yaml.Node) { s.Start = append(s.Start, r.steps(v)...) })
	r.maybe(keys, "when", func(v *yaml.Node) { s.When = list(r, v, r.event) })
	r.maybe(keys, "gates", func(v *yaml.Node) { s.Gates = r.gates(v) })
	r.maybe(keys, "lift", func(v *yaml.Node) { s.Lift = r.steps(v) })
	r.maybe(keys, "expect", func(v *yaml.Node) { s.Expect = r.expect(v, s.Expect) })
	return s
}

func (r *reader) site(n *yaml.Node, s Site) Site {
	keys := r.mapping(n, "bare", "monitor", "history", "interval", "mirror-time")
	r.maybe(keys, "bare", func(v *yaml.Node) { s.Bare = r.yes(v) })
	r.maybe(keys, "monitor", func(v *yaml.Node) { s.Monitor = r.yes(v) })
	r.maybe(keys, "history", func(v *yaml.Node) { s.History = r.duration(v) })
	r.maybe(keys, "interval", func(v *yaml.Node) { s.Interval = r.duration(v) })
	r.maybe(keys, "mirror-time", func(v *yaml.Node) { s.MirrorTime = r.duration(v) })
	return s
}

func (r *reader) steps(n *yaml.Node) []Step { return list(r, n, r.step) }

// step is a mapping with one key, the name of the step.
func (r *reader) step(n *yaml.Node) (s Step) {
	s.With = map[string]string{}
	if n.Kind != yaml.MappingNode || len(n.Content) != 2 {
		r.fault(n, "a step is one name with its values: power: {target: dc1, on: false}")
		return s
	}
	name, values := n.Content[0], n.Content[1]
	s.Do = name.Value
	known, ok := vocabulary[s.Do]
	if !ok {
		r.fault(name, "no step %q", s.Do)
		return s
	}
	var all []string
	for key := range known {
		all = append(all, key)
	}
	slices.Sort(all)
	given := r.mapping(values, all...)
	for _, key := range all {
		switch v := given[key]; {
		case v != nil:
			s.With[key] = r.text(v)
		case known[key]:
			r.fault(name, "%s: %s is missing", s.Do, key)
		}
	}
	return s
}

func (r *reader) gates(n *yaml.Node) map[string][]string {
	out := map[string][]string{}
	for key, v := range r.pairs(n) {
		step := r.formed(key, stepForm, "a step such as F4b")
		out[step] = list(r, v, r.text)
	}
	return out
}

func (r *reader) expect(n *yaml.Node, e Expect) Expect {
	keys := r.mapping(n, "findings", "exit", "stopped", "says", "left", "lost", "again")
	r.maybe(keys, "findings", func(v *yaml.Node) {
		e.Findings = list(r, v, func(v *yaml.Node) string { return r.formed(v, codeForm, "the code of a finding") })
	})
	r.maybe(keys, "exit", func(v *yaml.Node) { e.Exit = r.whole(v) })
	r.maybe(keys, "stopped", func(v *yaml.Node) { e.Stopped = r.formed(v, stepForm, "a step such as F4b") })
	r.maybe(keys, "says", func(v *yaml.Node) { e.Says = list(r, v, r.text) })
	r.maybe(keys, "left", func(v *yaml.Node) { e.Left = list(r, v, r.text) })
	r.maybe(keys, "lost", func(v *yaml.Node) { e.Lost = r.whole(v) })
	r.maybe(keys, "again", func(v *yaml.Node) { e.Again = r.whole(v) })
	return e
}

// errorAt is a mistake with its place.
func errorAt(file string, line int, format string, a ...any) error {
	return fmt.Errorf("%s:%d: "+format, append([]any{file, line}, a...)...)
}
