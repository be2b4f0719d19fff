package main

import (
	"strings"
	"sync"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/journal"
	"pchatops/ops/lab/memnet"
	"pchatops/ops/lab/world"
)

// sitter is who sits before a console, and what he did there.
type sitter struct {
	mu      sync.Mutex
	passes  []passed
	thought map[string]engine.Confirmation // by step
	steps   map[string]onset
}

// passed is a gate that was passed by its phrase.
type passed struct{ step, gate string }

// onset is a step that was planned: when, and what was so then.
type onset struct {
	at time.Time
	world.Truth
}

// answer is what the operator does when he is asked: he gives the confirmation,
// or a wrong one, or none; the gates that do not hold he passes as boldly as he
// was drawn. One who thinks about it looks at the plan first, and confirms that
// when he starts the console again.
func (c *stormConsole) answer(s engine.Step, p *engine.Plan) (engine.Confirmation, bool) {
	if c.tame {
		return c.answered(s, p, func() bool { return true }), true
	}
	if thought, ready := c.thought[s.ID]; ready {
		delete(c.thought, s.ID)
		return thought, true
	}
	const declines, mistypes = 30, 40
	if c.rng.IntN(declines) == 0 {
		return engine.Confirmation{}, false
	}
	answer := c.answered(s, p, func() bool { return c.rng.Float64() < c.draw.bold })
	if c.rng.IntN(mistypes) == 0 {
		answer.Typed += " "
	}
	if c.draw.thinks > 0 && c.rng.IntN(3) == 0 {
		shown := engine.Show(s.ID, p)
		answer.Shown, c.thought[s.ID] = &shown, answer
		return engine.Confirmation{}, false
	}
	return answer, true
}

// answered confirms a plan, and passes those of its gates that the operator dares to.
func (c *stormConsole) answered(s engine.Step, p *engine.Plan, dares func() bool) engine.Confirmation {
	var texts []string
	for _, a := range engine.Demanded(s.Risk, p).Asks {
		switch {
		case a.Gate == "":
			texts = append(texts, a.Want)
		case dares():
			texts = append(texts, a.Want)
			c.say(c.name, s.ID+": "+a.Want)
			c.passesBy(s.ID, a.Gate)
		}
	}
	return engine.Answered(s, p, texts)
}

func (c *stormConsole) passesBy(step, gate string) {
	c.sitter.mu.Lock()
	defer c.sitter.mu.Unlock()
	c.passes = append(c.passes, passed{step, gate})
}

// passed reports whether a gate of a step was passed that is about one of these.
func (c *stormConsole) passed(step string, about ...string) bool {
	for _, p := range c.given() {
		for _, word := range about {
			if p.step == step && strings.Contains(strings.ToLower(p.gate), word) {
				return true
			}
		}
	}
	return false
}

func (c *stormConsole) given() []passed {
	c.sitter.mu.Lock()
	defer c.sitter.mu.Unlock()
	return c.passes
}

func (c *stormConsole) began(step string, t world.Truth) {
	c.sitter.mu.Lock()
	defer c.sitter.mu.Unlock()
	if c.steps == nil {
		c.steps = map[string]onset{}
	}
	c.steps[step] = onset{time.Now(), t}
}

func (c *stormConsole) begun(step string) (time.Time, world.Truth) {
	c.sitter.mu.Lock()
	defer c.sitter.mu.Unlock()
	b := c.steps[step]
	return b.at, b.Truth
}

// mortal is the journal of a process: a stopped one writes nothing, a killed
// one never again.
type mortal struct {
	engine.Recorder
	host *memnet.Host
}

// Append implements engine.Recorder.
func (m mortal) Append(l journal.Line) (journal.Line, error) {
	if !m.host.Await() {
		return l, errKilled
	}
	return m.Recorder.Append(l)
}
