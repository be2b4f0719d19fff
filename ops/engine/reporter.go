package engine

import (
	"slices"
	"sync"

	"pchatops/ops/journal"
)

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
	if !r.ended {
		r.note(fact(name, value))
	}
}

func (r *reporter) note(f Fact) {
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

// Keep puts facts into the journal, unless they are there from this action.
func (r *reporter) Keep(facts ...Fact) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return r.run.refusal("the action has ended meanwhile", "run the step again")
	}
	var news []Fact
	for _, f := range facts {
		if f = fact(f.Name, f.Value); !slices.Contains(r.facts, f) {
			news = append(news, f)
		}
	}
	if len(news) == 0 {
		return nil
	}
	if err := r.run.record(journal.Seen, "", SeenRecord{Step: r.run.step.ID, Fact: news[0], Facts: news[1:]}); err != nil {
		return err
	}
	for _, f := range news {
		r.note(f)
	}
	return nil
}

func (r *reporter) end() (facts []Fact, moved bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	return r.facts, r.moved
}
