package status

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/inventory"
	"pchatops/ops/site"
)

// Stock is how far a database that takes log can be brought by the log backups on
// the share and in the copy folder.
type Stock struct {
	// Known: the secondary told where its database stands, and every header was
	// asked for. Why says what is missing else.
	Known    bool
	Why      string
	Whole    bool           // behind Log lies no other that is known, or may lie where nobody can read
	Log      []chain.Header // restored last, and what continues it, in the order of the log
	Doubts   []Doubt
	Another  string    // why the database is not the one that the backups are of; "": it is
	Answered time.Time // zero: never
}

// Doubt is a backup that may hold more log and cannot be read, or that holds it
// and cannot be used; or a place that cannot be listed.
type Doubt struct {
	What, Why string
	Passing   bool // of no matter while a primary lives: it may be writing it
}

// Kin are the databases that primary and mirror served when they were last seen.
func Kin(seen func(site.Role) (Node, bool)) (out []inventory.Kin) {
	for _, r := range []site.Role{site.Primary, site.Mirror} {
		if n, ok := seen(r); ok && n.Facts.Database.Online() && n.Facts.Database.Family != "" {
			out = append(out, inventory.Kin{Family: n.Facts.Database.Family, By: n.Address})
		}
	}
	return out
}

// Renewed is what is known after another look. Where the share could not be
// listed, what it held when it could is kept.
func (s Share) Renewed(by Share, at time.Time) Share {
	if by.Err == nil {
		by.Answered = at
	} else {
		kept := s
		kept.Stock, kept.OldPath, kept.CopyErr, kept.Err = by.Stock, by.OldPath, by.CopyErr, by.Err
		by = kept
	}
	by.Stock.Answered = at
	return by
}

// restoring gives the secondary while its database takes log; nil: it does not,
// or does not tell. A mirror takes that of its principal only.
func (v *view) restoring() *Node {
	if n := v.Node(site.Secondary); v.fresh(n) && n.Facts.Database.Restoring() && !n.Facts.Follows() {
		return n
	}
	return nil
}

// hidden gives the secondary while the state of its database keeps what it holds from
// being told; nil: it tells, or the secondary does not.
func (v *view) hidden() *Node {
	if n := v.Node(site.Secondary); v.fresh(n) && n.Facts.Database.Hidden() {
		return n
	}
	return nil
}

// stocked reports whether it is known how far the backups lead.
func (v *view) stocked() bool {
	return v.restoring() != nil && v.Share.Stock.Known && v.stockFresh()
}

func (v *view) stockFresh() bool {
	at := v.Share.Stock.Answered
	return !at.IsZero() && v.now.Sub(at) <= v.slowStale()
}

// unstocked says why it is not known how far the backups lead.
func (v *view) unstocked() string {
	switch s := v.Share.Stock; {
	case !v.stockFresh() && v.Share.Err != nil:
		return "share and copy folder cannot be seen: " + trouble(v.Share.Err)
	case !v.stockFresh():
		return "share and copy folder have not been looked at"
	default:
		return s.Why
	}
}

// reached is the last log backup that can be brought into the database.
func (v *view) reached() proof {
	log := v.Share.Stock.Log
	if len(log) == 0 {
		return proof{}
	}
	last := chain.Base(log[len(log)-1].File)
	says := "the header of the last log backup that continues the database"
	if strings.EqualFold(last, chain.Base(v.Share.Newest)) && v.Share.Err == nil {
		says = "the header of the newest log backup on the share"
	}
	t := v.taken(log)
	return proof{last, t.At, says, t.Loose, t.Foreign, t.Held, t.Says}
}

// doubts are what the figure of a loss does not rest on.
func (v *view) doubts() []Doubt {
	if !v.stockFresh() || v.restoring() == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(v.Share.Stock.Doubts), func(d Doubt) bool { return d.Passing && !v.lost() })
}

// doubtful names them.
func doubtful(all []Doubt) string {
	var out []string
	for i, d := range all {
		if i == 3 {
			out = append(out, fmt.Sprintf("%d more", len(all)-i))
			break
		}
		out = append(out, quote(d.What)+": "+d.Why)
	}
	return fault.Said(out...)
}

// replaced says why the secondary's database is not the one that was shipped; "": it
// is, as far as it is known. Once it is online, its family is compared with that of
// what was restored under its name.
func (v *view) replaced() string {
	n := v.Node(site.Secondary)
	if !v.fresh(n) {
		return ""
	}
	d := n.Facts.Database
	switch was := d.Restored.Family; {
	case v.restoring() != nil && v.stockFresh():
		return v.Share.Stock.Another
	case d.Online() && OtherFamily(was, d.Family):
		return fmt.Sprintf("the database that is ONLINE is of family %.8s, and what was restored under its name of family %.8s", strings.ToLower(d.Family), strings.ToLower(was))
	}
	return ""
}

// diagnoseStock finds backups that may hold log and that nobody can read or use.
func (v *view) diagnoseStock() {
	if why := v.replaced(); why != "" {
		v.find(anotherDatabase, v.Node(site.Secondary).Address, why)
	}
	if n := v.Node(site.Secondary); v.fresh(n) {
		if why := Copied(v.site, n.Facts); why != "" {
			v.find(restoredCopy, n.Address, "the database on "+n.Address+" "+why)
		}
	}
	n := v.restoring()
	switch all := v.doubts(); {
	case n == nil:
	case len(all) > 0:
		v.find(backupsInDoubt, n.Address, doubtful(all))
	case v.lost() && v.stockFresh() && !v.Share.Stock.Known:
		v.find(backupsInDoubt, n.Address, v.unstocked())
	}
}
