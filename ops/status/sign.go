package status

import (
	"strings"
	"time"

	"pchatops/ops/chain"
)

// grace is how far a clock may have moved against the console's since the two were
// compared, for a moment after a silence began to be one.
const grace = 10 * time.Second

// BegunSince finds a log backup that a server has begun since it fell silent here: it
// lived then, whatever it looked like. Its own clock tells, as it was compared with the
// console's before, and only where the two ran alike. One that was begun before says
// nothing, however late it lands: its copy may have been under way. At is zero where
// there is none.
func (n *Node) BegunSince(log []chain.Header) (h chain.Header, at time.Time) {
	since := n.since()
	if !n.Steady || n.Unsteady || since.IsZero() || n.Facts.ServerTime.IsZero() {
		return chain.Header{}, time.Time{}
	}
	ahead := n.Facts.Ahead + n.Facts.ServerTime.Sub(n.Answered)
	for _, b := range log {
		begun := b.Started.Add(-ahead)
		if !b.Incomplete && n.Wrote(b) && begun.After(since.Add(grace)) && begun.After(at) {
			h, at = b, begun
		}
	}
	return h, at
}

// Wrote reports whether a backup is of a server, by the name that the header bears.
func (n *Node) Wrote(h chain.Header) bool {
	return h.Server != "" && (strings.EqualFold(h.Server, n.Facts.ServerName) || strings.EqualFold(h.Server, n.Address))
}

// shipped takes back a death that a log backup on the share contradicts.
func (j *judge) shipped(l Life) Life {
	h, at := j.n.BegunSince(j.Share.Log)
	if l.Verdict != Dead || at.IsZero() {
		return l
	}
	return l.Against("the share: it began " + quote(chain.Base(h.File)) + " " + j.ago(at) + ", after it had fallen silent here")
}

// Against is a judgement of a server that counted as dead, once a witness has shown
// that it lived while it was silent: the silence proves nothing any more.
func (l Life) Against(witness string) Life {
	l.Verdict, l.Forming, l.Reached = LifeUnknown, false, "the share"
	l.Because = append(l.Because[:len(l.Because):len(l.Because)], witness)
	l.Lacks = "it has shipped log since it fell silent, so its silence here is no sign of its death"
	return l
}
