package mgmt

import "pchatops/ops/status"

// central is the Central Management Store in the answer of a script.
type central struct {
	At            *store  `json:"at"`
	Partner       *store  `json:"partner"`
	Answers       *bool   `json:"answers"` // nil: nobody can tell
	Updateability string  `json:"updateability"`
	Code          int     `json:"code"`
	Why           string  `json:"why"`
	Known         []store `json:"known"`
}

// maxCentral bounds how many stores a topology defines for it: one, its mirror, and
// the two of the backup pool.
const maxCentral = 20

func (c central) status() status.Central {
	out := status.Central{
		At: c.At.status(), Partner: c.Partner.status(), Updateability: c.Updateability, Code: c.Code, Why: clip(c.Why, 1000),
		Answers: c.Answers != nil && *c.Answers, Away: c.Answers != nil && !*c.Answers,
	}
	for _, k := range c.Known[:min(len(c.Known), maxCentral)] {
		out.Known = append(out.Known, k.status())
	}
	return out
}

// words are all names in it, to be looked at.
func (c central) words() []string {
	words := []string{c.Updateability}
	for _, s := range append([]*store{c.At, c.Partner}, pointers(c.Known)...) {
		if s != nil {
			words = append(words, s.FQDN, s.Instance)
		}
	}
	return words
}

func pointers(all []store) (out []*store) {
	for i := range all {
		out = append(out, &all[i])
	}
	return out
}
