package inventory

import (
	"fmt"
	"slices"
	"strings"

	"pchatops/ops/chain"
)

// newest is how many of the backups that are known tell the share of log shipping
// from one that it used before.
const newest = 3

// stray looks whether a share that no server names shows itself to be that of log
// shipping: it has one of the backups that were restored or copied last, or log
// behind them. Else what is not on it may lie on another, and nobody knows. Where
// another database stands there, all of the one that was shipped is missed anyway.
func (t *taking) stray() {
	if t.Vouched || t.Share.Err != nil || t.Another != "" {
		return
	}
	from, names := t.last()
	for _, s := range t.Share.Files {
		r, asked := t.Read(Share, s)
		c := t.named[strings.ToLower(s.Name)]
		switch {
		case s.Strange != "":
		case asked && r.Err == nil:
			if t.leadsTo(from, r.Sets) {
				return
			}
		case asked && c != nil && c.looksLike(s):
			if copied, _ := t.Read(Folder, *c); names[strings.ToLower(s.Name)] || t.leadsTo(from, copied.Sets) {
				return
			}
		case !asked && names[strings.ToLower(s.Name)] && !slices.Contains(t.ToRead[Share], s):
			t.ToRead[Share] = append(t.ToRead[Share], s) // another site's may bear the same names
		}
	}
	t.Stray = fmt.Sprintf("no server tells any more which share log shipping uses, and nothing shows that it is %s: "+
		"neither the backups that were restored or copied last are there, nor any behind them", t.Share.Path)
	t.Places = append(t.Places, Unseen{t.Share.Path, t.Stray})
}

// last gives where the oldest of the newest backups that are applied or copied
// ends, and their names in small letters.
func (t *taking) last() (from chain.LSN, names map[string]bool) {
	log := []chain.Header{{Last: t.Observed.At.LSN}}
	log = append(log, t.Applied...)
	for _, b := range t.all {
		if b.Folder != nil && b.Header != nil && t.ours(b.Header) {
			log = append(log, *b.Header)
		}
	}
	slices.SortFunc(log, func(a, b chain.Header) int { return b.Last.Compare(a.Last) })
	names = map[string]bool{}
	ends := 0
	for i, h := range log {
		if i == 0 || h.Last != from {
			if ends++; ends > newest {
				break
			}
			from = h.Last
		}
		names[strings.ToLower(chain.Base(h.File))] = true
	}
	return from, names
}

// leadsTo reports whether log of this database leads as far as an LSN.
func (t *taking) leadsTo(lsn chain.LSN, sets []chain.Header) bool {
	return slices.ContainsFunc(sets, func(h chain.Header) bool { return t.ours(&h) && h.Last.Compare(lsn) >= 0 })
}

// ours reports whether a set is a log backup of this database.
func (t *taking) ours(h *chain.Header) bool {
	return h.Type == logBackup && !h.Incomplete && strings.EqualFold(h.Database, t.Database) && !t.kindred.differs(h)
}
