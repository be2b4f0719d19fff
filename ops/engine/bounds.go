package engine

import (
	"errors"
	"fmt"
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
	maxFacts   = 60
	maxListed  = 40 // actions or notes in a plan record
	maxGates   = 20
	maxLeft    = 40 // backups or places in a proof or summary
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
	out := &Proof{Holds: p.Holds, Says: clip(p.Says, maxValue), Moot: clip(p.Moot, maxExcerpt)}
	for _, f := range p.Facts[:min(len(p.Facts), maxFacts)] {
		out.Facts = append(out.Facts, fact(f.Name, f.Value))
	}
	for _, l := range some(p.LeftBehind, othersLeft) {
		out.LeftBehind = append(out.LeftBehind, Left{File: clip(l.File, maxName), Why: clip(l.Why, maxName)})
	}
	for _, r := range p.Rivals[:min(len(p.Rivals), maxLeft)] {
		out.Rivals = append(out.Rivals, Rival{Place: clip(r.Place, maxName), Why: clip(r.Why, maxName), Do: clip(r.Do, maxName)})
	}
	for _, u := range some(p.Unread, othersUnread) {
		out.Unread = append(out.Unread, Unread{Place: clip(u.Place, maxName), Why: clip(u.Why, maxName)})
	}
	return out
}

// some bounds a list; rest makes the entry that stands for what is left out.
func some[T any](all []T, rest func(n int) T) []T {
	if len(all) <= maxLeft {
		return all
	}
	return append(all[:maxLeft-1:maxLeft-1], rest(len(all)-maxLeft+1))
}

const noRoom = "the record has no room for their names"

func othersLeft(n int) Left     { return Left{File: fmt.Sprintf("%d others", n), Why: noRoom} }
func othersUnread(n int) Unread { return Unread{Place: fmt.Sprintf("%d others", n), Why: noRoom} }

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
