package failover

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/inventory"
	"pchatops/ops/procedures"
	"pchatops/ops/status"
)

// bringOnline is F4b: the database is recovered. No log backup can be applied
// afterwards.
func (f *failover) bringOnline() engine.Step {
	return engine.Step{
		ID: "F4b", Title: "Bring " + f.db + " online", Source: document + "4b", Risk: engine.DataLoss,
		Why:     "Recovery makes the copy in data centre " + f.secondary.DataCentre + " the database. It cannot be undone: whatever has not been applied is lost.",
		Touches: []string{f.secondary.Address()},
		Plan:    f.planOnline, Verify: f.verifyOnline,
	}
}

// verifyOnline proves that the database is online, and names what it lacks.
func (f *failover) verifyOnline(ctx context.Context) (*engine.Proof, error) {
	facts, err := f.facts(ctx)
	if err != nil {
		return nil, err
	}
	if p, shown, err := f.unshown(ctx, facts); !shown {
		return p, err
	}
	p := &engine.Proof{
		Holds: facts.Database.Online(),
		Says:  fmt.Sprintf("%s on %s is %s", f.db, f.secondary.Address(), facts.Database.Word()),
	}
	if !p.Holds {
		p.Says += f.passedBy(ctx, facts)
		return p, nil
	}
	r, err := f.recovery(ctx, facts)
	if r == nil {
		r = &recovery{own: f.Recall(recoveredAt) != ""}
		r.left, r.unread = f.remembered("")
	}
	if err != nil { // it is online, whatever else nobody can tell
		r.unread = append(r.unread, engine.Unread{Place: f.Site.CopyFolder, Why: err.Error()})
	}
	p.LeftBehind, p.Unread = r.left, r.unread
	if !r.at.LSN.IsZero() {
		p.Says += ", recovered at LSN " + r.at.LSN.String()
	}
	switch p.Holds = !r.other; {
	case r.other:
		p.Says += ". " + f.replacedBy(r)
	case err == nil && f.Recall(recoveredAt) != "" && f.Recall(recoveredFork) == "":
		p.Facts = f.pinned(r, facts)
	case err == nil:
		p.Facts = []engine.Fact{f.upTo(r, facts)}
	}
	says, belongings := f.belongings(ctx)
	p.Facts = append(p.Facts, belongings...)
	p.Says += r.lacks() + says
	return p, nil
}

// pinned are the facts by which the recovered database is known again, and what
// it came to: read from the server after the recovery, not from the plan.
func (f *failover) pinned(r *recovery, server status.Facts) []engine.Fact {
	at := unchecked
	if !r.at.LSN.IsZero() {
		at = r.at.LSN.String()
	}
	return slices.Concat(remembering(at, r.left, r.unread), known(server.Database), facts{f.upTo(r, server)})
}

// upTo says up to when chat was recovered, by the history; "": nobody knows.
func (f *failover) upTo(r *recovery, server status.Facts) engine.Fact {
	out := engine.Fact{Name: engine.RecoveredTo}
	if t := f.clocks(server).Date(r.log); !t.At.IsZero() && !t.Loose {
		out.Value = t.At.UTC().Format(time.RFC3339)
	}
	return out
}

func (f *failover) planOnline(ctx context.Context) (*engine.Plan, error) {
	facts, err := f.facts(ctx)
	if err != nil {
		return nil, err
	}
	if facts.Database.Online() {
		return f.planIsOnline(ctx, facts)
	}
	if p := f.without(ctx, facts); p != nil {
		return p, nil
	}
	first, ahead := f.newerHere(ctx, facts)
	var inv *inventory.Inventory
	s, err := f.survey(ctx, facts)
	if err == nil {
		inv, err = s.stock(ctx, 0)
	}
	f.heed(first)
	p := &engine.Plan{
		Gates:   []engine.Gate{f.noLivePrimary(first, "split the chat if %s lives"), f.newerChat(first, ahead...), f.sysadmin(facts), f.restoring(facts)},
		Actions: []engine.Action{f.sql.BringOnline(f.db, expected(facts, inv))},
		Notes:   f.silences(first, "irreversible: afterwards no log backup can be applied (3117)", mgccomp),
		Later:   f.later(),
		Confirm: f.Confirm(f.secondary.Address()), Total: 1, Recovers: fmt.Sprintf("%s, %s", f.db, procedures.Which(facts.Database)),
	}
	if err != nil {
		f.blind(ctx, p, facts, err)
		return p, nil
	}
	p.Before = f.toCome(inv)
	f.weigh(p, inv, facts, s.notMet(inv))
	if ahead != nil { // how much that is, no backup tells
		p.Loss, p.Most = fmt.Sprintf("all chat that is newer than what %s holds, and nobody knows how much: %s; of what was shipped: %s", f.secondary.Address(), ahead[0].says(f.db, f.Now()), p.Loss), 0
	}
	return p, nil
}

// expected is how far the database has to come before it is recovered: up to the end
// of the last backup that F2 and F3 can bring in. Zero: nobody can say which there are.
func expected(facts status.Facts, inv *inventory.Inventory) chain.LSN {
	if inv == nil {
		return chain.LSN{}
	}
	end := facts.Database.RedoLSN
	for _, b := range waiting(inv.Lost(), true) {
		if b.Header != nil && b.Header.Last.Compare(end) > 0 {
			end = b.Header.Last
		}
	}
	return end
}

// toCome restores what F2 and F3 will bring in, as far as the headers are known
// before it is copied.
func (f *failover) toCome(inv *inventory.Inventory) (out []engine.Action) {
	var all []chain.Header
	for _, b := range waiting(inv.Lost(), true) {
		if b.Header == nil || b.Header.Parts > 1 {
			continue
		}
		h := *b.Header
		if b.Kind == inventory.ToCopy {
			h.File = join(f.Site.CopyFolder, cmp.Or(b.As, b.Name))
		}
		all = append(all, h)
	}
	slices.SortStableFunc(all, func(a, b chain.Header) int { return a.Last.Compare(b.Last) })
	for _, h := range all {
		out = append(out, f.sql.RestoreLog(f.db, h))
	}
	return out
}

// planIsOnline is the plan once the database is online: it is so already, unless
// it is not the one that this incident recovered. To go on with that one takes
// an answer of its own.
func (f *failover) planIsOnline(ctx context.Context, server status.Facts) (*engine.Plan, error) {
	says := fmt.Sprintf("%s is online on %s", f.db, f.secondary.Address())
	r, err := f.recovery(ctx, server)
	if err != nil || !r.other {
		return &engine.Plan{Already: says}, nil //nolint:nilerr // it is online, and the proof says what nobody can tell
	}
	phrase := fmt.Sprintf("go on with the %s that was put in its place", f.db)
	p := &engine.Plan{
		Gates: []engine.Gate{{
			Name: "the recovered database", Want: "the " + f.db + " that was shipped, as it was recovered", Seen: says + ". " + f.replacedBy(r) + r.lacks(), Override: phrase,
			Do: "find out who replaced it, and bring the recovered one back; or go on with what is there by typing: " + phrase,
		}},
		Confirm: f.Confirm(f.secondary.Address()), Total: 1,
		Loss: "what was recovered, and all chat since" + r.lacks(),
	}
	switch {
	case r.another != "":
		p.Loss = "all chat of " + f.shipped() + r.lacks()
	case r.older != "":
		p.Loss = "all chat that this copy does not hold" + r.lacks()
		p.Gates[0].Do = "find out who put it there, and what holds the newer chat: its mirror, a later backup, or a database that was renamed; bring that back first, if so; then, or without it, go on with what is there by typing: " + phrase
	}
	for _, l := range r.left {
		p.Lost = append(p.Lost, l.File)
	}
	p.Actions = []engine.Action{{
		ID: "go on with another database", Kind: engine.File, Target: f.secondary.Address(), Text: "# go on with the " + f.db + " that is online; nothing is sent",
		Do: func(_ context.Context, to engine.Reporter) error {
			for _, fact := range f.pinned(r, server) {
				to.Observe(fact.Name, fact.Value)
			}
			return nil
		},
	}}
	return p, nil
}

// asked has what F2 and F3 could not read count as asked about by F4b, which looks
// at all of it itself: at the gates of weigh and blind.
func asked[T any](read func(context.Context) (T, error)) func(context.Context) (T, error) {
	return func(ctx context.Context) (T, error) {
		out, err := read(ctx)
		if err != nil {
			err = engine.Later(err)
		}
		return out, err
	}
}

// blind is the plan of a recovery before which nobody can say what there is.
func (f *failover) blind(ctx context.Context, p *engine.Plan, facts status.Facts, err error) {
	since := "an unknown time"
	if applied, failed := f.sql.Applied(ctx, f.db); failed == nil {
		since = f.since(applied.Log, facts)
	}
	phrase := "recover without checking the backups, and lose chat after " + since
	p.Gates = append(p.Gates, engine.Gate{
		Name: "all known backups applied", Want: "F2 and F3 are proven", Seen: err.Error(), Override: phrase,
		Do: "make the copy folder readable again; or give up checking by typing: " + phrase,
	})
	p.Loss = "how much chat is lost after " + since + " is unknown: nobody can see which backups there are"
	p.Lost = []string{"every backup in " + f.Site.CopyFolder + " that is not applied"}
	unread := []engine.Unread{{Place: f.Site.CopyFolder, Why: err.Error()}}
	p.Actions[0] = keeping(p.Actions[0], remembering(unchecked, nil, unread))
}

// weigh says what has been applied up to when, and makes a gate of every loss.
// What nobody has looked at on the share is said, and holds nothing up.
func (f *failover) weigh(p *engine.Plan, inv *inventory.Inventory, facts status.Facts, unmet []engine.Unread) {
	p.Gates = append(p.Gates, f.allApplied(inv))
	lost, unread := inv.Lost(), unseen(inv)
	p.Facts = waitingFacts(inv)
	p.Notes = append(p.Notes, inv.Doubted(doubted)...)
	p.Loss = f.loss(inv, facts)
	if most, _, known := f.bound(inv, facts).Most(); known {
		p.Most = max(most, time.Second)
	}
	for _, u := range unmet {
		p.Loss += "; on " + u.Place + " " + u.Why
	}
	behind := append(f.leftShipped(inv), left(lost)...)
	for _, b := range behind { // once, though it lies on both sides
		p.Lost = append(p.Lost, b.File)
	}
	if inv.Another != "" {
		p.Gates = append(p.Gates, f.anotherGate(inv, "recover "+f.anotherOne(inv)+" and lose all chat that was shipped"))
	}
	if gone := waiting(lost, false); len(gone) > 0 {
		var names []string
		for _, b := range inventory.Whole(gone) {
			names = append(names, b.Name)
		}
		phrase := engine.LosePhrase(names)
		p.Gates = append(p.Gates, engine.Gate{
			Name: "no backup left behind", Seen: saying(left(gone)), Want: "every backup that anything knows of applied", Override: phrase,
			Do: f.mend(gone) + ", and run F2 and F3 again; or lose what they hold by typing: " + phrase,
		})
	}
	if len(unread) > 0 {
		phrase := "lose chat after " + f.since(inv.History, facts)
		var seen []string
		for _, u := range unread {
			p.Lost = append(p.Lost, "what only "+u.Place+" holds")
			seen = append(seen, u.Place+": "+u.Why)
		}
		p.Gates = append(p.Gates, engine.Gate{
			Name: "nothing given up", Seen: "cannot be read: " + fault.Said(seen...), Want: "every place that may hold backups read", Override: phrase,
			Do: "bring back what was given up and run F2 and F3 again; or lose it by typing: " + phrase,
		})
	}
	at := facts.Database.RedoLSN.String()
	if f.recoveredBefore(facts.Database) { // a mirror goes beyond what was restored there
		at = unchecked
	}
	p.Actions[0] = keeping(p.Actions[0], remembering(at, behind, append(unread, unmet...)))
}

// waiting parts what would be lost into the backups that F2 and F3 can still
// bring into the database, and the others.
func waiting(lost []inventory.Backup, can bool) []inventory.Backup {
	var out []inventory.Backup
	for _, b := range lost {
		able := b.Kind == inventory.ToApply && !b.Stranded || b.Kind == inventory.ToCopy && b.Refused == ""
		if able == can && b.Kind != inventory.Foreign { // which goes with the database that it is of
			out = append(out, b)
		}
	}
	return out
}

// allApplied is the gate that keeps F4b from giving up a backup that is there.
func (f *failover) allApplied(inv *inventory.Inventory) engine.Gate {
	g := engine.Gate{Name: "all known backups applied", Want: "nothing is left that F2 or F3 can bring into the database", Holds: true}
	open := inventory.Whole(waiting(inv.Lost(), true))
	i := slices.IndexFunc(inv.Places, func(u inventory.Unseen) bool { return u.Place == f.Site.BackupShare })
	switch {
	case len(open) > 0:
		g.Holds, g.Seen = false, fmt.Sprintf("%s %s not applied, first %s (%s)", plural(len(open), "backup"), status.Are(len(open)), open[0].Name, because(open[0]))
	case i >= 0 && inv.Stray != "" && f.Recall(shareGivenUp) == "":
		g.Holds, g.Seen = false, inv.Stray
	default:
		g.Seen = f.reached(inv)
	}
	if !g.Holds {
		g.Do = "run F2 and F3 first: what they would apply is lost otherwise"
	}
	return g
}

// reached says how far the database has come, and who says so.
func (f *failover) reached(inv *inventory.Inventory) string {
	n := len(inventory.Whole(inv.Of(inventory.Applied)))
	says := fmt.Sprintf("%s applied, up to LSN %s", plural(n, "backup"), inv.At.LSN)
	if other := len(inv.Of(inventory.Foreign)); other > 0 {
		says += fmt.Sprintf("; %d of other databases", other)
	}
	return says
}

// keeping puts facts on record before an action is sent: neither a reply that is lost
// nor the end of this console must lose what was known.
func keeping(a engine.Action, known facts) engine.Action {
	do := a.Do
	a.Do = func(ctx context.Context, r engine.Reporter) error {
		if err := r.Keep(known...); err != nil {
			return err
		}
		return do(ctx, r)
	}
	return a
}
