package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/journal"
	"pchatops/ops/lab"
	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/memnet"
)

// crashSlice is how many cases of a course a plain run of the tests draws.
const crashSlice = 3

// deathAt is where a console dies: at the n-th line of its journal, or the first
// of a type, which is on the disk or torn, or at a request, which is carried out
// or not.
type deathAt struct {
	line int // from 1; 0: at a request
	kind journal.Type
	torn bool
	at   boundary
	done bool
}

// String names it.
func (d deathAt) String() string {
	switch {
	case d.line > 0 && d.torn:
		return fmt.Sprintf("line %d torn", d.line)
	case d.line > 0:
		return fmt.Sprintf("line %d written", d.line)
	case d.done:
		return "reply of " + d.at.step + " " + d.at.target
	}
	return "request of " + d.at.step + " " + d.at.target
}

// Wherever a console dies, the next one brings the site to the same end, and
// nothing is begun twice.
func TestProveCrash(t *testing.T) {
	t.Parallel()
	for _, c := range courses {
		t.Run(c.procedure, func(t *testing.T) {
			t.Parallel()
			m := newTally("crash: " + c.procedure)
			m.report(t)
			was := recordOnce(t, c)
			var deaths []deathAt
			for n := range was.lines {
				deaths = append(deaths, deathAt{line: n + 1}, deathAt{line: n + 1, torn: true})
			}
			for _, b := range was.boundaries {
				deaths = append(deaths, deathAt{at: b}, deathAt{at: b, done: true})
			}
			m.cases.Add(int64(len(deaths)))
			m.notes = append(m.notes, fmt.Sprintf("%d journal lines, written and torn; %d boundaries, before and after", was.lines, len(was.boundaries)))
			chosen := drawnOf(t, m.matrix, len(deaths), crashSlice)
			news := newBoundaries(t, c, was.boundaries)
			for i, d := range deaths {
				if chosen(i) || d.line == 0 && slices.ContainsFunc(news, func(n int) bool { return was.boundaries[n] == d.at }) {
					proveCase(t, m, fmt.Sprintf("%03d %s", i, d), func(t testing.TB, g *ground) { diesAt(t, g, m, c, was, d) })
				}
			}
		})
	}
}

// diesAt lets a console die, and the next one go on.
func diesAt(t testing.TB, g *ground, m *tally, c course, was recorded, d deathAt) {
	ctx := t.Context()
	perishable := &perishable{at: d}
	w := newWatcher(func(b boundary, n int) lab.Verdict {
		if d.line > 0 || !b.is(d.at) || n != 1 || !perishable.kill() {
			return lab.Verdict{}
		}
		if d.done {
			return lab.Verdict{Fate: faults.CutAfter}
		}
		return lab.Verdict{Fate: faults.CutBefore}
	})
	o := c.options()
	o.OnRequest = w.request
	g.start(ctx, o)
	perishable.host = g.net.Host()
	e := g.run(ctx, proving{procedure: c.procedure, ask: best(nil), sink: w.eventAnd(g.truthful), host: perishable.host, recorder: perishable.record})
	if !perishable.dead {
		m.unmet.Add(1)
	}
	if d.torn && perishable.dead {
		perishable.tear(g)
	}
	e.code = exitUnknown // nobody has read it
	g.toItsEnd(ctx, c, was, e, d.String()+" "+d.at.String())
}

// perishable is a console's hold on journal and network, which it loses at once.
type perishable struct {
	engine.Recorder
	at   deathAt
	host *memnet.Host

	mu    sync.Mutex
	lines int
	dead  bool
	in    string // the step whose line was the last
}

func (m *perishable) record(r engine.Recorder) engine.Recorder { m.Recorder = r; return m }

// kill ends it; false: it was dead before.
func (m *perishable) kill() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		return false
	}
	m.dead = true
	m.host.Kill()
	return true
}

// Append writes the lines of a living console, the last one too.
func (m *perishable) Append(l journal.Line) (journal.Line, error) {
	m.mu.Lock()
	m.lines++
	last, dead := m.at.line == m.lines || m.at.kind != "" && m.at.kind == l.Type, m.dead
	m.mu.Unlock()
	if dead {
		return l, errKilled
	}
	out, err := m.Recorder.Append(l)
	if last && err == nil {
		m.kill()
		var a engine.ActionRecord
		err = json.Unmarshal(l.Data, &a)
		m.in = a.Step
		return l, errors.Join(errKilled, err)
	}
	return out, err
}

// tear takes half of the last line off the journal.
func (m *perishable) tear(g *ground) {
	paths, err := filepath.Glob(g.dir + "/journals/*.jsonl")
	require.NoError(g.t, err)
	require.Len(g.t, paths, 1)
	b, err := os.ReadFile(paths[0])
	require.NoError(g.t, err)
	begins := 1 + lastLine(b[:len(b)-1])
	require.NoError(g.t, os.Truncate(paths[0], int64(begins+(len(b)-begins)/2)))
}

func lastLine(b []byte) int {
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] == '\n' {
			return i
		}
	}
	return -1
}
