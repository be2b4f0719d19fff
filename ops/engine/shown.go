package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"pchatops/ops/fault"
	"pchatops/ops/inventory"
)

// Shown is what an operator saw of a plan, as far as it decides: sets, so that
// what moves by itself, such as a session's number, a count or an age, is not
// part of it. A confirmation is of these and of nothing else.
type Shown struct {
	Step    string   `json:"step"`
	Confirm string   `json:"confirm,omitempty"` // names site and target
	Targets []string `json:"targets,omitempty"` // kinds and targets of the actions
	Sets    string   `json:"sets,omitempty"`    // what they set, where that is a choice
	Lost    []string `json:"lost,omitempty"`    // what would be lost or dropped
	Failing []string `json:"failing,omitempty"` // gates that do not hold, with their phrases
	// Recovers is the database that is recovered, as far as it has come, and Under
	// the seconds of chat that less than is lost by that; 0: nobody knows.
	Recovers string `json:"recovers,omitempty"`
	Under    int64  `json:"under,omitempty"`
}

// Show gives what there is to see in a plan.
func Show(step string, p *Plan) Shown {
	s := Shown{Step: step, Confirm: clip(p.Confirm, maxName), Sets: brief(p.Sets), Lost: p.Lost, Recovers: brief(p.Recovers), Under: under(p.Most)}
	for i := range p.Actions {
		s.Targets = append(s.Targets, deed(&p.Actions[i]))
	}
	for _, g := range p.Gates {
		if !g.Holds {
			s.Failing = append(s.Failing, fmt.Sprintf("%s (%s)", g.Name, g.Override))
		}
	}
	s.Targets, s.Lost, s.Failing = set(s.Targets), set(s.Lost), set(s.Failing)
	return s
}

// under gives the step of a coarse scale that an amount of chat is below, in
// seconds: one that grows by seconds stays the same loss, one that doubles does
// not. No step is a common interval of log backups, by which amounts tend to end.
func under(most time.Duration) int64 {
	const beyond = 100 * 365 * 24 * time.Hour // as much as nobody knows, and twice that still counts
	if most <= 0 || most > beyond {
		return 0
	}
	step := 11 * time.Minute
	for step <= most {
		step *= 2
	}
	return int64(step.Seconds())
}

// deed is what an action does as far as it was confirmed: its kind and target.
func deed(a *Action) string { return brief(string(a.Kind) + " on " + a.Target) }

// Digest names what was shown. It stands for no other targets, losses and gates.
func (s Shown) Digest() string {
	raw, _ := json.Marshal(s) // strings only
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

// Beyond says what a plan that was read later has that was not shown: none of
// it was confirmed. Nothing: all is as it was, or less is lost and in the way.
func (s Shown) Beyond(now Shown) (news []string) {
	if s.Step != now.Step || s.Confirm != now.Confirm {
		news = append(news, fmt.Sprintf("it was %s of %s, and is %s of %s", s.Step, s.Confirm, now.Step, now.Confirm))
	}
	if !slices.Equal(s.Targets, now.Targets) {
		news = append(news, fmt.Sprintf("what is sent was %s, and is %s", strings.Join(s.Targets, ", "), strings.Join(now.Targets, ", ")))
	}
	if s.Sets != now.Sets {
		news = append(news, fmt.Sprintf("what is set was %s, and is %s", s.Sets, now.Sets))
	}
	for _, what := range without(now.Lost, s.Lost) {
		news = append(news, what+" would be lost, too")
	}
	for _, gate := range without(now.Failing, s.Failing) {
		news = append(news, failing(gate, s.Failing))
	}
	if s.Recovers != now.Recovers {
		news = append(news, fmt.Sprintf("what is recovered was %s, and is %s", s.Recovers, now.Recovers))
	}
	if s.Under > 0 && (now.Under == 0 || now.Under > s.Under) {
		news = append(news, fmt.Sprintf("%s of chat would have been lost, and %s is now", amount(s.Under), amount(now.Under)))
	}
	return news
}

// failing says what is new of a gate that does not hold: that it held, or another phrase.
func failing(gate string, known []string) string {
	name, _, _ := strings.Cut(gate, " (")
	if slices.ContainsFunc(known, func(k string) bool { return strings.HasPrefix(k, name+" (") }) {
		return "what has to be typed for a gate is another text: " + gate
	}
	return "a gate does not hold any more: " + gate
}

// amount says what under stands for.
func amount(under int64) string {
	if under == 0 {
		return "an unknown amount"
	}
	return "less than " + inventory.Span(time.Duration(under)*time.Second)
}

func without(all, known []string) (rest []string) {
	for _, v := range all {
		if !slices.Contains(known, v) {
			rest = append(rest, v)
		}
	}
	return rest
}

// Changed is the refusal of a plan that is not what was confirmed. Whoever
// asked shows it and asks anew.
type Changed struct {
	News []string // what was not confirmed
}

// Error says what has changed.
func (c *Changed) Error() string {
	return "what would be done has changed since it was confirmed: " + fault.Said(c.News...)
}

// maxSet is how many members of a set are kept; those beyond it are one
// member together, which only the very same ones are.
const maxSet = 60

// set sorts and bounds what a plan names, so that it fits into a journal line.
func set(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = brief(s)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	if len(out) <= maxSet {
		return slices.Clip(out)
	}
	rest := out[maxSet-1:]
	more := fmt.Sprintf("~ %d more: %s", len(rest), fingerprint(strings.Join(rest, "\n")))
	return append(slices.Clip(out[:maxSet-1]), more)
}

// brief shortens a text without making two of them one.
func brief(s string) string {
	const most = 160
	if len(s) <= most {
		return s
	}
	return clip(s, most-10) + " " + fingerprint(s)
}

func fingerprint(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:4])
}

// LosePhrase is the phrase that states a loss, easy to type: `lose mgc_1.trn`,
// `lose mgc_1.trn and mgc_2.trn`, `lose mgc_1.trn and 7 more (3f9a2c01)`. It
// stands for these and no others.
func LosePhrase(lost []string) string {
	lost = slices.Compact(slices.Sorted(slices.Values(lost)))
	switch len(lost) {
	case 0:
		return ""
	case 1:
		return "lose " + lost[0]
	case 2:
		return "lose " + lost[0] + " and " + lost[1]
	}
	return fmt.Sprintf("lose %s and %d more (%s)", lost[0], len(lost)-1, fingerprint(strings.Join(lost, "\n")))
}

// NothingLost is the gate of a plan that loses something and has no other that says so.
const NothingLost = "nothing is lost"

// stated gives a plan that loses something a gate that says so, where none of
// its own does: nothing is lost by the text that every plan of the step asks for.
func (p *Plan) stated() {
	if len(p.Lost) == 0 {
		return
	}
	for _, g := range p.Gates {
		if !g.Holds && g.Override != "" && g.Override != p.Confirm {
			return
		}
	}
	phrase := LosePhrase(p.Lost)
	p.Gates = append(p.Gates, Gate{
		Name: NothingLost, Seen: strings.TrimPrefix(phrase, "lose "), Want: "nothing that would be lost or dropped",
		Do: "save it first; or give it up by typing: " + phrase, Override: phrase,
	})
}
