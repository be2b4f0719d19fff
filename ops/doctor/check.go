// Package doctor judges whether a site would stand a disaster: from what was
// read of each SQL Server instance and Windows host it makes checks, each with
// what was seen and what to do on which machine. It is pure: no I/O, no clock.
package doctor

import (
	"cmp"
	"errors"
	"slices"

	"pchatops/ops/fault"
)

// Check is one thing that has to hold on one machine.
type Check struct {
	Type  string `json:"type"` // "check"
	Node  string `json:"node"` // `SQL11\RTC`, FE11
	Code  string `json:"code"`
	Holds *bool  `json:"holds"` // null: not known, and Seen says why
	Seen  string `json:"seen"`
	Do    string `json:"do,omitempty"`
	// Critical: something was changed that must be put back.
	Critical bool `json:"critical,omitempty"`
}

// Verdict ends the list.
type Verdict struct {
	Type    string `json:"type"` // "verdict"
	Verdict string `json:"verdict"`
	Holds   int    `json:"holds"`
	Fails   int    `json:"fails"`
	Unknown int    `json:"unknown"`
}

// The two verdicts.
const (
	Go   = "GO"
	NoGo = "NO-GO"
)

// Conclude gives the verdict on a list: GO where every check holds. What is not
// known does not hold, and a list without a check proves nothing.
func Conclude(checks []Check) Verdict {
	v := Verdict{Type: "verdict", Verdict: NoGo}
	for _, c := range checks {
		switch {
		case c.Holds == nil:
			v.Unknown++
		case *c.Holds:
			v.Holds++
		default:
			v.Fails++
		}
	}
	if v.Holds > 0 && v.Fails+v.Unknown == 0 {
		v.Verdict = Go
	}
	return v
}

// list gathers the checks of one machine.
type list struct {
	node string
	all  []Check
}

func (l *list) add(code string, holds *bool, seen, do string) {
	if holds != nil && *holds {
		do = "" // nothing is to be done about what holds
	}
	l.all = append(l.all, Check{Type: "check", Node: l.node, Code: code, Holds: holds, Seen: seen, Do: do})
}

func (l *list) is(code string, holds bool, seen, do string) { l.add(code, &holds, seen, do) }

// unread notes what is not known, and why.
func (l *list) unread(code, why, do string) {
	l.add(code, nil, "not read: "+cmp.Or(why, "no answer came"), do)
}

// failed notes what was tried and refused. A server that did not answer tells
// nothing about what was asked.
func (l *list) failed(code string, err error) {
	var f *fault.Error
	if !errors.As(err, &f) {
		l.unread(code, err.Error(), "")
		return
	}
	l.is(code, false, said(f), f.Do)
}

// said is a fault without what to do, which has a place of its own.
func said(f *fault.Error) string {
	text := *f
	text.Do = ""
	return text.Error()
}

// why is an error as the reason for which something is not known.
func why(err error) (text, do string) {
	var f *fault.Error
	if errors.As(err, &f) {
		return said(f), f.Do
	}
	return err.Error(), ""
}

// Of gives the checks of a node, by their codes.
func Of(checks []Check, node string) map[string]Check {
	out := map[string]Check{}
	for _, c := range checks {
		if c.Node == node {
			out[c.Code] = c
		}
	}
	return out
}

// middle is the median of some numbers.
func middle[T cmp.Ordered](all []T) T {
	all = slices.Sorted(slices.Values(all))
	return all[(len(all)-1)/2]
}
