package failover

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// successor is the mirror of the secondary where the secondary does not serve the
// database: it may have taken over.
type successor struct {
	standing
	db        string
	secondary status.Holder
	came      string // why another has served since what waits on the secondary; "": nothing shows that
}

// successor looks at the mirror of the secondary; nil: the secondary serves the database
// itself, or it has no mirror.
func (f *failover) successor(ctx context.Context, here status.Facts) *successor {
	s := &successor{db: f.db, secondary: status.Holder{Role: site.Secondary, Address: f.secondary.Address(), Facts: here}}
	in, named := f.Site.Instance(site.SecondaryMirror)
	d := here.Database
	s.came = status.Served(f.Site, here)
	if s.came == "" && f.recoveredBefore(d) {
		s.came = status.RecoveredBefore
	}
	if d.Online() || !named && !here.Follows() && s.came == "" {
		return nil
	}
	s.role, s.address = site.SecondaryMirror, cmp.Or(here.Mirroring.Partner, "another server")
	if named {
		s.address = in.Address()
	}
	f.stand(ctx, &s.standing)
	return s
}

// leads reports whether it has taken over: it serves the database, and the secondary
// mirrors it.
func (s *successor) leads() bool {
	return s != nil && s.answers && status.Leads(s.secondary.Facts, s.facts)
}

// ahead reports whether it has newer chat than what waits on the secondary, or may: what
// waits was recovered here before, and another has served it since, under whatever name; or
// it has it online itself, and that is no leftover. Without a record of this console's,
// nobody has chatted here while the pool is told to use the first data centre.
func (f *failover) ahead(ctx context.Context, s *successor) bool {
	if s == nil {
		return false
	}
	here, there := s.secondary.Facts.Database, s.facts.Database
	switch {
	case f.recoveredBefore(here):
		return true
	case s.serves() && !status.OtherFamily(cmp.Or(here.Family, here.Restored.Family), there.Family) && !status.Leftover(here, there):
		return true
	case s.came == "":
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, f.answer())
	defer cancel()
	pool, err := f.Shell.Pool(ctx)
	return err != nil || pool.State != status.NotFailedOver
}

// says tells what is known of it, and of what waits on the secondary.
func (s *successor) says(db string, now time.Time) string {
	said := s.standing.says(db, now)
	if s.came != "" {
		said = fmt.Sprintf("%s on %s %s. %s", db, s.secondary.Address, s.came, said)
	}
	return said
}

// recoveredBefore reports whether what waits for log is a database that a failover has recovered
// here: it went on from there on another server.
func (f *failover) recoveredBefore(d status.Database) bool {
	for _, of := range []string{"", earlierRecovery} {
		if fork := f.Recall(of + recoveredFork); fork != "" && strings.EqualFold(fork, d.RedoFork) {
			return true
		}
	}
	return false
}

// keep says how its chat is kept, and how the database gets back.
func (s *successor) keep() string {
	return status.KeepSuccessor(s.db, s.secondary, status.Holder{Role: s.role, Address: s.address, Facts: s.facts}, s.answers)
}

// passedBy says, behind a sentence, that the mirror of the secondary is ahead of what waits
// there; "": it is not.
func (f *failover) passedBy(ctx context.Context, here status.Facts) string {
	s := f.successor(ctx, here)
	if !f.ahead(ctx, s) {
		return ""
	}
	return ", and " + s.says(f.db, f.Now()) + ", and may have newer chat: " + s.keep()
}

// newerHere are the servers that may have newer chat than what waits on the secondary:
// those of the primary's site, which first are, and the mirror of the secondary.
func (f *failover) newerHere(ctx context.Context, here status.Facts) (first []standing, ahead []*successor) {
	var s *successor
	var looking sync.WaitGroup
	looking.Go(func() { s = f.successor(ctx, here) })
	first = f.primarySite(ctx)
	looking.Wait()
	if f.ahead(ctx, s) {
		ahead = append(ahead, s)
	}
	return first, ahead
}

// aheadOnly is the gate of a step that asks for nothing else that has newer chat.
func (f *failover) aheadOnly(ahead []*successor) []engine.Gate {
	if ahead == nil {
		return nil
	}
	return []engine.Gate{f.newerChat(nil, ahead...)}
}

// split is the mirror of a secondary that is online, where it has the database online
// itself.
func (f *failover) split(ctx context.Context, here status.Facts) []standing {
	in, named := f.Site.Instance(site.SecondaryMirror)
	s := standing{role: site.SecondaryMirror, address: in.Address()}
	if named && here.Database.Online() {
		f.stand(ctx, &s)
	}
	if !s.serves() || status.Leftover(here.Database, s.facts.Database) {
		return nil
	}
	return []standing{s}
}

// whichIsNewer asks for what no server tells: both were written to.
func whichIsNewer(one, other string) string {
	return fmt.Sprintf("see which holds the newer chat, %s or %s: nobody can tell from here", one, other)
}

// asMirror is the proof of F2 to F4b where the secondary mirrors another server: nothing
// is restored there (3104). Once that has taken over with all the log, they are as done
// as they were; where that is not seen, nobody knows. nil: the secondary is no mirror.
func (f *failover) asMirror(ctx context.Context, here status.Facts) (*engine.Proof, error) {
	if !here.Follows() {
		return nil, nil //nolint:nilnil // there is nothing to prove, and nothing is wrong
	}
	s := f.successor(ctx, here)
	if !s.leads() {
		return nil, &fault.Error{
			Class: fault.State, Tried: "see what serves " + f.db, Target: s.address, Do: s.keep(),
			Text: fmt.Sprintf("%s on %s is the mirror of %s, which has the newer chat: %s", f.db, f.secondary.Address(), s.address, s.says(f.db, f.Now())),
		}
	}
	p := &engine.Proof{Says: fmt.Sprintf("%s is ONLINE on %s, which has taken over from %s: that is its mirror now, %s. %s",
		f.db, s.address, f.secondary.Address(), word(s.facts.Mirroring.State), s.keep())}
	of := ""
	if f.Recall(recoveredAt) == "" {
		of = earlierRecovery
	}
	fork, made := f.Recall(of+recoveredFork), f.Recall(of+recoveredMade)
	same := fork != "" && strings.EqualFold(fork, s.facts.Database.Fork) || made != "" && made == madeOn(here.Database) // by force it begins another fork
	switch p.Holds = same || of != "" || fork == "" || made == ""; {
	case !p.Holds:
		p.Says = fmt.Sprintf("It is not the %s that this failover recovered: the one on %s was made anew since. %s", f.db, f.secondary.Address(), p.Says)
	case same || of == "":
		p.LeftBehind, p.Unread = f.remembered(of)
	default:
		p.Unread = []engine.Unread{{Place: f.secondary.Address(), Why: "no record tells what its recovery left behind, and a mirror does not"}}
	}
	return p, nil
}

// follows is the plan of F1 to F4b where the secondary mirrors another server; nil: it
// does not.
func (f *failover) follows(ctx context.Context, here status.Facts) *engine.Plan {
	p, err := f.asMirror(ctx, here)
	switch {
	case p != nil && p.Holds:
		return &engine.Plan{Already: p.Says}
	case p != nil:
		return f.refused(p.Says, "")
	case err != nil:
		said := faultOf(err)
		return f.refused(said.Text, said.Do)
	}
	return nil
}

// refused is a plan that sends nothing, for no phrase.
func (f *failover) refused(seen, do string) *engine.Plan {
	return &engine.Plan{Gates: []engine.Gate{{Name: newer, Seen: seen, Want: f.secondary.Address() + " mirrors no other server, or one that serves " + f.db, Do: do}}}
}

// serving is the server of the second data centre whose database the chat servers work
// with: the secondary, or its mirror once that leads.
func (f *failover) serving(ctx context.Context) (procedures.Instance, string) {
	if here, err := f.facts(ctx); err == nil {
		if s := f.successor(ctx, here); s.leads() {
			return f.SQL[site.SecondaryMirror], s.address
		}
	}
	return f.sql, f.secondary.Address()
}
