package failover

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// oneLive is the gate against chat that goes to two databases: beside the new
// primary no other instance answers with the same database online.
func (f *failover) oneLive(ctx context.Context) engine.Gate {
	g := engine.Gate{Name: "one live database", Holds: true, Want: f.db + " online on " + f.secondary.Address() + " only"}
	here, _ := f.facts(ctx) // what cannot be read is taken for the same database
	var said, live, doubt, do []string
	reached := map[string][]string{} // by the places that reach them
	for _, s := range append(f.primarySite(ctx), f.split(ctx, here)...) {
		said = append(said, s.says(f.db, f.Now()))
		switch place := s.disputed(); {
		case s.serves() && !status.OtherFamily(here.Database.Family, s.facts.Database.Family):
			live = append(live, s.address)
			do = append(do, f.end(s, "take the old one offline"))
			continue
		case !s.hides():
			continue
		case place != "":
			reached[place] = append(reached[place], s.address)
		default:
			doubt = append(doubt, s.address)
		}
		do = append(do, s.remedy())
	}
	g.Seen, g.Holds = fault.Sentences(said...), len(do) == 0
	if g.Holds {
		return g
	}
	var rivals []string
	if live != nil {
		rivals = append(rivals, strings.Join(live, " and ")+" lives too")
	}
	for _, place := range slices.Sorted(maps.Keys(reached)) {
		rivals = append(rivals, place+" reaches "+strings.Join(reached[place], " and "))
	}
	if doubt != nil {
		rivals = append(rivals, strings.Join(doubt, " and ")+" may live too")
	}
	g.Override = fmt.Sprintf("use %s though %s", f.secondary.Address(), strings.Join(rivals, " and "))
	g.Do = fault.Said(do...)
	return g
}

// rivals are the servers that serve the database beside the new
// primary, and those that may and do not tell: chat that they take is seen by
// nobody.
func (f *failover) rivals(ctx context.Context) (live []engine.Rival, unread []engine.Unread) {
	here, _ := f.facts(ctx) // what cannot be read is taken for the same database
	for _, s := range append(f.lookAt(ctx), f.split(ctx, here)...) {
		switch {
		case s.serves() && !status.OtherFamily(here.Database.Family, s.facts.Database.Family):
			live = append(live, engine.Rival{
				Place: s.address, Why: fmt.Sprintf("two live principals: %s is ONLINE on %s, too", f.db, s.address), Do: f.end(s, "take that one offline before it takes more messages"),
			})
		case s.hides():
			unread = append(unread, engine.Unread{Place: s.address, Why: s.untold(f.db)})
		}
	}
	return live, unread
}

// untold says that it may serve the database and does not tell.
func (s standing) untold(db string) string {
	tells := " does not tell whether " + db + " is ONLINE there: "
	switch {
	case s.mute():
		return "something answers at its address and" + tells + s.err.Error()
	case s.life.Verdict == status.Alive:
		return "it lives, and" + tells + fault.Said(s.life.Because...)
	}
	return "it is not dead, and" + tells + fault.Said(s.life.Because...)
}

// end says how one of two databases that live is ended. Which of the two of the second
// data centre has the newer chat, nobody can tell.
func (f *failover) end(s standing, old string) string {
	offline := "on " + s.address + ": " + status.TakeOffline(f.db, s.facts.Mirroring.Configured)
	if s.role == site.SecondaryMirror {
		return fmt.Sprintf("%s, and keep the chat servers on that one; if that is %s, take the one on %s offline: %s", whichIsNewer(f.secondary.Address(), s.address), f.secondary.Address(), s.address, offline)
	}
	return old + ": " + offline
}

// besideNew are the rivals of a database that is online in data centre 2; before that
// it has none.
func (f *failover) besideNew(ctx context.Context) ([]engine.Rival, []engine.Unread) {
	facts, err := f.facts(ctx)
	switch {
	case err != nil:
		return nil, []engine.Unread{{Place: f.secondary.Address(), Why: err.Error()}}
	case facts.Database.Hidden():
		return nil, []engine.Unread{{Place: f.secondary.Address(), Why: f.shows(facts.Database)}}
	case !facts.Database.Online() && !f.successor(ctx, facts).leads():
		return nil, nil
	}
	return f.rivals(ctx)
}
