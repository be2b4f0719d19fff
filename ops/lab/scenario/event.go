package scenario

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

func (r *reader) event(n *yaml.Node) (e Event) {
	keys := r.mapping(n, "begin", "request", "step", "state", "after", "fate", "delay", "do")
	whens := 0
	when := func(key string, take func(*yaml.Node)) {
		r.maybe(keys, key, func(v *yaml.Node) { whens++; take(v) })
	}
	when("begin", func(v *yaml.Node) {
		e.Moment = &Moment{}
		if !r.yes(v) {
			r.fault(v, "begin: true")
		}
	})
	when("request", func(v *yaml.Node) { e.Request = r.request(v) })
	when("step", func(v *yaml.Node) { e.Moment = r.moment(v) })
	when("state", func(v *yaml.Node) { e.State = r.state(v) })
	when("after", func(v *yaml.Node) { e.After = r.duration(v) })
	if whens != 1 {
		r.fault(n, "an event has one of begin, request, step, state and after")
	}
	r.maybe(keys, "do", func(v *yaml.Node) { e.Do = r.steps(v) })
	r.maybe(keys, "delay", func(v *yaml.Node) { e.Delay = r.duration(v) })
	r.maybe(keys, "fate", func(v *yaml.Node) {
		if e.Fate = r.text(v); !slices.Contains(Fates, e.Fate) {
			r.fault(v, "fate: one of %s", strings.Join(Fates, ", "))
		}
	})
	if e.Request == nil && (e.Fate != "" || e.Delay != 0) {
		r.fault(n, "only a request has a fate or a delay")
	}
	if e.Do == nil && e.Fate == "" && e.Delay == 0 {
		r.fault(n, "an event has do, fate or delay")
	}
	return e
}

func (r *reader) request(n *yaml.Node) *Request {
	out := &Request{N: 1}
	keys := r.mapping(n, "target", "kind", "text", "n")
	r.maybe(keys, "target", func(v *yaml.Node) { out.Target = r.text(v) })
	r.maybe(keys, "kind", func(v *yaml.Node) {
		if out.Kind = r.text(v); out.Kind != "sql" && out.Kind != "powershell" {
			r.fault(v, "kind: sql or powershell")
		}
	})
	r.maybe(keys, "text", func(v *yaml.Node) { out.Text = r.text(v) })
	r.maybe(keys, "n", func(v *yaml.Node) {
		if out.N = r.whole(v); out.N < 1 {
			r.fault(v, "n counts from 1")
		}
	})
	if *out == (Request{N: out.N}) {
		r.fault(n, "a request has a target, a kind or a text")
	}
	return out
}

func (r *reader) moment(n *yaml.Node) *Moment {
	keys := r.mapping(n, "id", "at")
	out := &Moment{}
	if v := r.need(n, keys, "id"); v != nil {
		out.Step = r.formed(v, stepForm, "a step such as F4b")
	}
	if v := r.need(n, keys, "at"); v != nil {
		at := r.text(v)
		if out.End = at == "end"; at != "start" && at != "end" {
			r.fault(v, "at: start or end")
		}
	}
	return out
}

func (r *reader) state(n *yaml.Node) *State {
	keys := r.mapping(n, "instance", "is")
	out := &State{}
	if v := r.need(n, keys, "instance"); v != nil {
		out.Instance = r.text(v)
	}
	if v := r.need(n, keys, "is"); v != nil {
		out.Is = strings.ToUpper(r.text(v))
	}
	return out
}
