package lab

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/scenario"
)

// play lets the events of a scenario happen, each once.
type play struct {
	lab *Lab

	events []scenario.Event

	mu      sync.Mutex
	done    []bool // by event: it has happened
	seen    []int  // by event: requests that were meant
	mishaps []error
}

// fates are the words of a scenario file for what becomes of a request.
var fates = map[string]faults.Fate{
	"cut-before": faults.CutBefore, "cut-after": faults.CutAfter, "cut-middle": faults.CutMiddle,
	"stall-before": faults.StallBefore, "stall-after": faults.StallAfter,
}

func (l *Lab) newPlay(events []scenario.Event) *play {
	return &play{lab: l, events: events, done: make([]bool, len(events)), seen: make([]int, len(events))}
}

// take gives the events that are due, which do not come again. due is asked
// under the lock, of each that has not happened.
func (p *play) take(due func(i int, e scenario.Event) bool) (out []scenario.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, e := range p.events {
		if !p.done[i] && due(i, e) {
			out = append(out, e)
			p.done[i] = true
		}
	}
	return out
}

// perform does what events ask for, and keeps what went wrong.
func (p *play) perform(events []scenario.Event) {
	for _, e := range events {
		if err := p.lab.Perform(e.Do); err != nil {
			p.mu.Lock()
			p.mishaps = append(p.mishaps, err)
			p.mu.Unlock()
		}
	}
}

// request lets happen what belongs to a request, and gives its fate.
func (p *play) request(r Request) (v Verdict, decided bool) {
	due := p.take(func(i int, e scenario.Event) bool {
		q := e.Request
		if q == nil || q.Target != "" && !strings.EqualFold(q.Target, r.Target) || q.Kind != "" && q.Kind != r.Kind || !strings.Contains(r.Text, q.Text) {
			return false
		}
		p.seen[i]++
		return p.seen[i] == q.N
	})
	p.perform(due)
	for _, e := range due {
		if e.Fate != "" || e.Delay != 0 {
			v, decided = Verdict{Fate: fates[e.Fate], Delay: e.Delay}, true
		}
	}
	return v, decided
}

// Moment lets happen what belongs to the start or the end of a step.
func (l *Lab) Moment(step string, end bool) {
	l.play.perform(l.play.take(func(_ int, e scenario.Event) bool {
		return e.Moment != nil && *e.Moment == scenario.Moment{Step: step, End: end}
	}))
}

// watch lets happen what belongs to times and states, until ctx ends.
func (p *play) watch(ctx context.Context) {
	start := p.lab.world.Now()
	for p.lab.world.Wait(ctx, time.Second) == nil {
		p.perform(p.take(func(_ int, e scenario.Event) bool {
			switch {
			case e.After > 0:
				return p.lab.world.Now().Sub(start) >= e.After
			case e.State != nil:
				return p.lab.world.StateOf(e.State.Instance) == e.State.Is
			}
			return false
		}))
	}
}

// timed reports whether there is anything to watch for.
func (p *play) timed() bool {
	for _, e := range p.events {
		if e.After > 0 || e.State != nil {
			return true
		}
	}
	return false
}

// Mishaps are the steps of the scenario that could not be done.
func (l *Lab) Mishaps() error {
	l.play.mu.Lock()
	defer l.play.mu.Unlock()
	return errors.Join(l.play.mishaps...)
}

// Due tells how many events have not happened.
func (l *Lab) Due() int {
	l.play.mu.Lock()
	defer l.play.mu.Unlock()
	n := 0
	for _, done := range l.play.done {
		if !done {
			n++
		}
	}
	return n
}

// Lift mends whatever a scenario can have broken, except what died with data
// centre 1: links, the share, rights, disks, clocks, and what has lost its power or its
// Agent in data centre 2. What has not happened by then does not happen any more.
func (l *Lab) Lift() error {
	l.play.take(func(int, scenario.Event) bool { return true })
	l.mend()
	var err error
	l.world.SetShareOffline(false)
	l.world.SetShareDenied(false)
	l.world.SetDiskFull("share", false)
	l.world.Mend()
	for _, n := range l.nodes {
		if n.dataCentre != "dc1" {
			l.hostPower(n.name, true, "")
		}
	}
	for _, i := range l.world.Instances() {
		l.world.SetDiskFull(i.Name(), false)
		if i.DataCentre() != "dc1" {
			err = errors.Join(err, l.world.PowerOn(i.Name()))
			l.world.StartAgent(i.Name())
		}
	}
	return errors.Join(err, l.Perform(l.scenario.Lift))
}

// another starts a second console, where whoever runs the lab has one.
func (l *Lab) another(procedure string) error {
	if l.console == nil {
		return nil // a rehearsal has no colleague with a console of his own
	}
	return l.console(procedure)
}
