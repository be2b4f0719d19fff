package engine

import "sync"

// reporter takes the live signs of one action. What comes after its end, from
// a goroutine that was left behind, is dropped.
type reporter struct {
	run    *run
	action *Action

	mu    sync.Mutex
	ended bool
	moved bool // it reported that part of its work is done
	facts []Fact
}

// Progress passes on how far the action is.
func (r *reporter) Progress(p Progress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return
	}
	r.moved = r.moved || p.Percent > 0 || p.Done > 0 || p.Begun
	p.Note = clip(p.Note, maxValue)
	r.run.emit(Event{Type: EventProgress, Action: r.action, Progress: &p})
}

// Log passes on one line of live output.
func (r *reporter) Log(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.ended {
		r.run.emit(Event{Type: EventLog, Action: r.action, Line: clip(line, maxValue)})
	}
}

// Observe keeps a fact; a later one of the same name replaces it.
func (r *reporter) Observe(name, value string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return
	}
	f := fact(name, value)
	for i := range r.facts {
		if r.facts[i].Name == f.Name {
			r.facts[i] = f
			return
		}
	}
	if len(r.facts) < maxFacts {
		r.facts = append(r.facts, f)
	}
}

func (r *reporter) end() (facts []Fact, moved bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	return r.facts, r.moved
}
