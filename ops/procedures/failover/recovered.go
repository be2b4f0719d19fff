package failover

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/inventory"
	"pchatops/ops/status"
)

// recovery is what a database that is online is, and what it lacks.
type recovery struct {
	at     chain.Position // how far it was recovered
	left   []engine.Left
	unread []engine.Unread
	before []engine.Unread // by an earlier incident, and some of it may be read by now
	much   string          // how much chat was left behind, where it was not recorded when it was recovered
	// own: this incident recovered it, or accepted it, or an earlier one did. other:
	// this incident recovered a database, and it is not this one.
	own, other bool
	// another says why it is not the database that was shipped; "": it is.
	another string
	// older says that an older copy of what was recovered stands there; "": none is seen.
	older string
	log   []chain.Header // its log backups that were restored, in their order
}

// restored is how far an online database was restored: by the server's history,
// which goes by the database's name, and by where its own recovery fork began.
// A text says why the history cannot tell.
func (f *failover) restored(d status.Database, applied []chain.Header) (at chain.Position, why string) {
	last := d.Restored
	if n := len(applied); last.Last.IsZero() && n > 0 {
		h := applied[n-1]
		last = status.Restored{First: h.First, Last: h.Last, Fork: h.Fork, Family: h.Family, Server: h.Server, Finished: h.Finished}
	}
	at = chain.Position{Database: f.db, LSN: last.Last, Fork: last.Fork, Family: last.Family}
	switch {
	case last.Last.IsZero():
		return at, "it tells of no restore of " + f.db + ": what the database lacks is unknown"
	case d.ForkPoint.IsZero() || strings.EqualFold(d.Fork, last.Fork) || d.ForkPoint.Compare(last.First) >= 0:
		return at, ""
	}
	at.LSN = d.ForkPoint
	return at, fmt.Sprintf("it tells of a restore up to LSN %s, and the database that is online was recovered at LSN %s: it is another copy", last.Last, d.ForkPoint)
}

// same reports whether an online database is the one that an incident recovered: this
// one, or an earlier one. Its recovery fork tells: no other recovery has the same. A
// mirror that took over by force begins a fork beyond where the recovery was, and
// nothing is restored or renamed here for it.
func (f *failover) same(of string, d status.Database, at chain.Position) bool {
	fork := f.Recall(of + recoveredFork)
	there := f.unmoved(of, d, at) && !status.OtherFamily(d.Family, at.Family)
	switch {
	case fork == "" || d.Fork == "":
		return of == "" && there
	case strings.EqualFold(fork, d.Fork):
		return true
	}
	made := f.Recall(of + recoveredMade)
	return there && d.ForkPoint.Compare(at.LSN) > 0 && (made == "" || made == madeOn(d))
}

// unmoved reports that nothing was restored under the database's name since an incident
// recovered it.
func (f *failover) unmoved(of string, d status.Database, at chain.Position) bool {
	lsn, by, now := f.Recall(of+recoveredAt), f.Recall(of+recoveredBy), restoredBy(d)
	return (lsn == unchecked || lsn == at.LSN.String()) && (by == "" || now == "" || by == now)
}

// recovery tells what is online. What this incident recovered lacks what was
// recorded then; of any other the server's history and the inventory tell. Until
// it has been looked at once after the recovery, nothing is taken on trust: a
// backup may have come in the last moment, or the recovery met another database.
func (f *failover) recovery(ctx context.Context, facts status.Facts) (*recovery, error) {
	history, err := f.sql.Applied(ctx, f.db)
	if err != nil {
		return nil, err
	}
	applied := history.Log
	d := facts.Database
	out := &recovery{}
	var why string
	out.at, why = f.restored(d, applied)
	if why == "" && !status.OtherFamily(d.Family, out.at.Family) {
		out.log = applied
	}
	if f.onRecord(out, facts) {
		return out, nil
	}
	if copied := status.Copied(f.Site, facts); why == "" && !out.own && !out.other && copied != "" {
		why = fmt.Sprintf("%s on %s %s", f.db, f.secondary.Address(), copied)
	}
	if why != "" {
		out.unread = append(out.unread, engine.Unread{Place: "restore history of " + f.secondary.Address(), Why: why})
	}
	if out.at.LSN.IsZero() {
		return out, nil
	}
	s, inv, err := f.lacking(ctx, facts, out.own)
	if err != nil {
		return out, err
	}
	lost := f.withoutReturned(ctx, inv.Lost(), applied, d)
	if len(lost) > 0 {
		out.much = s.extent(inv, lost)
	}
	for _, l := range left(lost) {
		if !slices.ContainsFunc(out.left, func(k engine.Left) bool { return k.File == l.File }) {
			out.left = append(out.left, l)
		}
	}
	unread := unseen(inv)
	if len(inv.Strangers) <= batch {
		unread = append(unread, s.notMet(inv)...)
	} else { // nobody looks at them any more: what was unread there still may be
		unread = append(unread, slices.DeleteFunc(out.before, func(u engine.Unread) bool { return u.Place != f.Site.BackupShare })...)
	}
	for _, u := range unread {
		if !slices.ContainsFunc(out.unread, func(k engine.Unread) bool { return k.Place == u.Place }) {
			out.unread = append(out.unread, u)
		}
	}
	out.another = inv.Another
	if status.OtherFamily(d.Family, out.at.Family) {
		out.another = fmt.Sprintf("the database that is online on %s is another one: it is of family %.8s, and what was restored under its name of family %.8s",
			f.secondary.Address(), d.Family, out.at.Family)
	}
	if out.another != "" {
		out.other = out.other || !out.own
		out.left = slices.DeleteFunc(out.left, func(l engine.Left) bool { return l.File == f.shipped() || l.File == f.recoveredOne() })
		out.left = append([]engine.Left{{File: f.shipped(), Why: out.another}}, out.left...)
	}
	return out, nil
}

// onRecord takes what this incident, or an earlier one, has on record of the recovery of
// just this database. It reports whether that is all: whatever turned up since is no loss
// of it. What nobody could read for an earlier one may be read by now.
func (f *failover) onRecord(r *recovery, facts status.Facts) (all bool) {
	of, looked := "", f.Recall(recoveredFork) != ""
	if f.Recall(recoveredAt) == "" {
		of = earlierRecovery
	}
	if r.own = f.same(of, facts.Database, r.at); !r.own {
		r.older = f.putBack(of, facts, r.at)
	}
	r.other = looked && !r.own || r.older != ""
	switch {
	case r.other:
		r.left = []engine.Left{{File: f.recoveredOne(), Why: cmp.Or(r.older, "another one was put in its place")}}
		return false
	case !r.own:
		return false
	case of == "":
		r.left, r.unread = f.remembered("")
		return looked
	}
	r.left, r.before = f.remembered(earlierRecovery)
	return len(r.before) == 0
}

// lacking takes stock of what an online database lacks. What an earlier search
// found of no use was so to the database of then.
func (f *failover) lacking(ctx context.Context, facts status.Facts, own bool) (*survey, *inventory.Inventory, error) {
	s, err := f.survey(ctx, facts)
	if err != nil {
		return nil, nil, err
	}
	if !own {
		s.seen.Dismissed = nil
	}
	inv, err := s.stock(ctx, 0)
	return s, inv, err
}

// remembered gives what remember recorded, of this incident or of an earlier one.
func (f *failover) remembered(of string) (ls []engine.Left, us []engine.Unread) {
	for _, pair := range f.counted(of + leftBehindFact) {
		ls = append(ls, engine.Left{File: pair[0], Why: pair[1]})
	}
	for _, pair := range f.counted(of + unreadFact) {
		us = append(us, engine.Unread{Place: pair[0], Why: pair[1]})
	}
	return ls, us
}

// tooLate is the plan of F2 and F3 once the database is online: nothing can be
// applied any more. It is not said to be so where another recovery left backups
// behind, or nobody can tell.
func (f *failover) tooLate(ctx context.Context, facts status.Facts) (*engine.Plan, error) {
	p, err := f.proofTooLate(ctx, facts)
	if err != nil {
		return nil, err
	}
	if p.Moot != "" {
		return &engine.Plan{Skip: p.Moot}, nil
	}
	return &engine.Plan{Already: p.Says}, nil
}

// proofTooLate is the proof of F2 and F3 once the database is online.
func (f *failover) proofTooLate(ctx context.Context, facts status.Facts) (*engine.Proof, error) {
	r, err := f.recovery(ctx, facts)
	if err != nil {
		return nil, err
	}
	p := &engine.Proof{LeftBehind: r.left, Unread: r.unread, Says: f.onlineNow() + r.lacks()}
	p.Holds = r.own || len(r.left)+len(r.unread) == 0 && !r.other
	if !p.Holds {
		p.Moot = f.onlineNow() + ". " + f.whose(r) + r.lacks()
	}
	return p, nil
}

// whose says who recovered a database that F2 and F3 were not proved for.
func (f *failover) whose(r *recovery) string {
	switch {
	case r.other:
		return f.replacedBy(r)
	case f.Recall(recoveredAt) != "":
		return "It was recovered at another LSN than F4b planned: " + r.at.LSN.String()
	}
	return "This incident has no record of recovering it"
}

// replacedBy says that the database is not the one that this incident recovered.
func (f *failover) replacedBy(r *recovery) string {
	switch ours := f.Recall(recoveredAt); {
	case r.older != "" && ours == "":
		return "It is no longer the database that an earlier failover recovered: " + r.older
	case r.older != "":
		return fmt.Sprintf("It is no longer the database that this failover recovered at LSN %s: %s", ours, r.older)
	case ours == "":
		return "It is not the database that was shipped: " + r.another
	}
	ours, at := f.Recall(recoveredAt), "nobody knows up to where it was restored"
	switch lsn := r.at.LSN; {
	case lsn.IsZero():
	case lsn.String() == ours:
		at = "it was restored again up to there"
	default:
		at = "it was restored up to LSN " + lsn.String()
	}
	return fmt.Sprintf("It is not the database that this failover recovered at LSN %s: it was replaced since, and %s", ours, at)
}

// lacks says what it lacks, behind a sentence.
func (r *recovery) lacks() string {
	var out string
	left := r.left
	if r.other { // what it was itself is said before
		left = slices.DeleteFunc(slices.Clone(left), func(l engine.Left) bool { return strings.HasSuffix(l.File, asRecovered) })
	}
	if len(left) > 0 {
		out = fmt.Sprintf("; left behind, %s: %s", plural(len(left), "backup"), saying(left))
		if r.much != "" {
			out += ": " + r.much
		}
	}
	if len(r.unread) > 0 {
		out += "; could not be read: " + r.unread[0].Place + ": " + r.unread[0].Why
	}
	return out
}
