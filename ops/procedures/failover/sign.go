package failover

import (
	"fmt"
	"slices"

	"pchatops/ops/chain"
	"pchatops/ops/inventory"
	"pchatops/ops/status"
)

// heed takes back the death of a server that has shipped log since it fell silent.
func (f *failover) heed(all []standing) {
	for i := range all {
		s := &all[i]
		if s.answers || s.life.Verdict != status.Dead || s.node == nil {
			continue
		}
		if sign := f.sign(*s); sign != "" {
			s.life = s.life.Against("the share: " + sign)
		}
	}
}

// sign is what the share tells of a server that is silent; "": nothing. A backup that
// was begun in the silence is one, by the clock of the server as it was compared
// before. Where nobody has compared it, its clock tells nothing; then a backup is one
// that log shipping has named, that was not on the share at an earlier look in this
// silence, and that holds log behind all that was known. A copy that was under way
// may land late and look the same, so it is said.
func (f *failover) sign(s standing) string {
	log := f.library.log(f.db)
	if h, at := s.node.BegunSince(log); !at.IsZero() {
		return fmt.Sprintf("it began %s at %s, after it had fallen silent here", chain.Base(h.File), clock(at))
	}
	if s.node.Steady {
		return ""
	}
	var known chain.LSN // the end of what was there before
	late := slices.DeleteFunc(log, func(h chain.Header) bool {
		if _, late := f.library.arrived(chain.Base(h.File), s.life.Since); late {
			return false
		}
		if h.Last.Compare(known) > 0 {
			known = h.Last
		}
		return true
	})
	for _, h := range late {
		name := chain.Base(h.File)
		if _, stamped := chain.Stamp(name); stamped && inventory.Own(f.db, name) && s.node.Wrote(h) && !known.IsZero() && h.Last.Compare(known) > 0 {
			came, _ := f.library.arrived(name, s.life.Since)
			return fmt.Sprintf("%s was not there at %s, when it was silent already, and was at %s, with log behind all that was known; a copy that was under way may land late, too",
				name, clock(came.before), clock(came.at))
		}
	}
	return ""
}
