package engine

import (
	"errors"
	"unicode/utf8"

	"pchatops/ops/fault"
)

// Bounds, in bytes or entries, that keep every record below the length of a
// journal line even if each byte takes six in JSON: a text of a server must
// not be able to keep an outcome off the record.
const (
	maxText    = 32 << 10 // of an action
	maxValue   = 4 << 10  // of an error, a log line, a sentence
	maxExcerpt = 1 << 10  // of a fact, a note, an action in a plan record
	maxName    = 400      // of an id, a name, a part of a gate
	maxFacts   = 90
	maxListed  = 40 // actions or notes in a plan record
	maxGates   = 20
)

// clip cuts a text to at most n bytes, between two characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n -= len("…"); n > 0 && !utf8.RuneStart(s[n]); n-- {
	}
	return s[:n] + "…"
}

func fact(name, value string) Fact {
	return Fact{Name: clip(name, maxName), Value: clip(value, maxExcerpt)}
}

// bounded gives a proof whose facts fit into a journal line.
func bounded(p *Proof) *Proof {
	if p == nil {
		return nil
	}
	out := &Proof{Holds: p.Holds, Says: clip(p.Says, maxValue)}
	for _, f := range p.Facts[:min(len(p.Facts), maxFacts)] {
		out.Facts = append(out.Facts, fact(f.Name, f.Value))
	}
	return out
}

// Fault gives an error as a record keeps it: as a fault, bounded; nil for none.
func Fault(err error) *fault.Error {
	if err == nil {
		return nil
	}
	var f *fault.Error
	if !errors.As(err, &f) {
		return &fault.Error{
			Class: fault.Other, Tried: "run the step", Text: clip(err.Error(), maxValue),
			Do: "verify the step; if it does not hold, run it again: it plans from what is there",
		}
	}
	kept := *f
	kept.Tried, kept.Text, kept.Do = clip(f.Tried, maxValue), clip(f.Text, maxValue), clip(f.Do, maxValue)
	return &kept
}
