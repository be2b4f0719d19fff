package failover

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pchatops/ops/engine"
	"pchatops/ops/inventory"
	"pchatops/ops/procedures"
)

// strangersMet is the name under which it is remembered which files under other
// names were looked at on the share.
const strangersMet = "files under other names looked at"

// strangersLeft is how many of them were not.
const strangersLeft = "files under other names not looked at"

// strangersShut is which of them were, and could not be read.
const strangersShut = "files under other names not read"

// unmet counts the files under other names on the share that nobody has looked at
// in this incident.
func (s *survey) unmet(inv *inventory.Inventory) int {
	n := 0
	for _, b := range inv.Strangers {
		if met, _ := s.library.hasMet(b); !met {
			n++
		}
	}
	if n > 0 && s.metBefore() {
		if known, err := strconv.Atoi(s.Recall(strangersLeft)); err == nil {
			return min(n, known)
		}
	}
	return n
}

// toMeet reports whether to look at them: nobody has in this incident; or another
// process has, and some could not be read, and may be by now.
func (s *survey) toMeet(inv *inventory.Inventory) bool {
	if s.metBefore() {
		return s.Recall(strangersShut) != "" && !s.library.hasMetAny()
	}
	return s.unmet(inv) > 0
}

// metBefore reports whether this incident has looked at just these files.
func (s *survey) metBefore() bool { return s.Recall(strangersMet) == digest(s.others()) }

// others are all files on the share whose names are not this database's.
func (s *survey) others() []procedures.Backup {
	return slices.DeleteFunc(slices.Clone(s.listing.Share), func(b procedures.Backup) bool {
		return b.Strange != "" || inventory.Own(s.db, b.Name)
	})
}

// metFacts remember which of them were looked at.
func (s *survey) metFacts(inv *inventory.Inventory) []engine.Fact {
	if len(s.others()) == 0 {
		return nil
	}
	return []engine.Fact{
		{Name: strangersMet, Value: digest(s.others())},
		{Name: strangersLeft, Value: strconv.Itoa(s.unmet(inv))},
		{Name: strangersShut, Value: strings.Join(s.shutThere(inv), "; ")},
	}
}

// shutThere says which files under other names on the share cannot be read: as was
// seen now, when they were met, or by an earlier process where this one has not met
// them.
func (s *survey) shutThere(inv *inventory.Inventory) (out []string) {
	var shut []inventory.Backup
	for _, b := range inv.Unopened() {
		if b.Folder == nil {
			shut = append(shut, b)
		}
	}
	before := false
	for _, b := range inv.Strangers {
		met, why := s.library.hasMet(b)
		if before = before || !met; why != nil && !inventory.NoBackup(why) {
			shut = append(shut, inventory.Backup{Name: b.Name, Err: why})
		}
	}
	if len(shut) > 0 {
		out = append(out, s.shutSays(shut))
	}
	if was := s.Recall(strangersShut); before && was != "" && s.metBefore() {
		out = append(out, was)
	}
	return out
}

// shutSays names files that cannot be read, the first with its reason.
func (s *survey) shutSays(shut []inventory.Backup) string {
	says := fmt.Sprintf("%s cannot be read, and may be a log backup of %s under another name: %s", shut[0].Name, s.db, brief(shut[0].Err))
	if len(shut) == 1 {
		return says
	}
	var names []string
	for _, b := range shut[1:] {
		names = append(names, b.Name)
	}
	return says + "; nor can " + strings.Join(some(names, 3), ", ")
}

// notMet says how many were not, and which were and could not be read: a log backup
// under any name may be among them. That is said, and holds nothing up.
func (s *survey) notMet(inv *inventory.Inventory) (out []engine.Unread) {
	there := s.shutThere(inv)
	if n := s.unmet(inv); n > 0 {
		there = append(there, notLookedAt("", n).Why)
	}
	return append(slices.Clone(s.passed), s.unreadIn(inv, there)...)
}

// unopened says which files under other names cannot be read.
func (s *survey) unopened(inv *inventory.Inventory) []engine.Unread {
	return s.unreadIn(inv, s.shutThere(inv))
}

// unreadIn gives what is unread on the share and in the copy folder, each place once.
func (s *survey) unreadIn(inv *inventory.Inventory, there []string) (out []engine.Unread) {
	if len(there) > 0 {
		out = append(out, engine.Unread{Place: s.Site.BackupShare, Why: strings.Join(there, "; ")})
	}
	if shut := slices.DeleteFunc(inv.Unopened(), func(b inventory.Backup) bool { return b.Folder == nil }); len(shut) > 0 {
		out = append(out, engine.Unread{Place: s.Site.CopyFolder, Why: s.shutSays(shut)})
	}
	return out
}

func notLookedAt(place string, n int) engine.Unread {
	if n == 1 {
		return engine.Unread{Place: place, Why: "1 file under another name not looked at: what the database needs of it is unknown"}
	}
	return engine.Unread{Place: place, Why: plural(n, "file") + " under other names not looked at: what the database needs of them is unknown"}
}

// meet reads the headers of strangers on the share. What cannot be read is no
// matter: it is said, and stays there. Where nothing can be, none was looked at.
func (s *survey) meet(ctx context.Context, files []procedures.Backup) error {
	for some := range slices.Chunk(files, 2*batch) {
		if err := s.ask(ctx, inventory.Share, some); err != nil {
			return err
		}
		switch why, err := s.shutOut(ctx, some); {
		case err != nil:
			return err
		case why != nil:
			return nil // notMet says it
		}
		s.library.meet(some, s.vain)
	}
	return nil
}

// shutOut says why the service's account could open none of some strangers, where
// that is so of the whole share; nil: it can open files there. Then nothing is known
// of them. This database's own files tell a share that is shut from files that bar
// everybody else; where there are none, one stranger that opens does.
func (s *survey) shutOut(ctx context.Context, some []procedures.Backup) (why, err error) {
	for _, b := range some {
		if why = s.vain[spot{inventory.Share, b}]; !procedures.Barred(why) {
			s.opens = true
			return nil, nil
		}
	}
	own := slices.DeleteFunc(slices.Clone(s.listing.Share), func(b procedures.Backup) bool { return b.Strange != "" || !inventory.Own(s.db, b.Name) })
	switch {
	case len(own) > 0:
		if why, err = s.closed(ctx, own); why == nil || err != nil {
			return nil, err
		}
	case s.opens:
		return nil, nil
	}
	for _, b := range some {
		delete(s.vain, spot{inventory.Share, b})
	}
	return why, nil
}

// few are the strangers on the share that a plan looks at without asking: all
// where they are few, else those that could not be read when they were met, and
// may be by now.
func (s *survey) few(inv *inventory.Inventory) []procedures.Backup {
	strange := inv.Strangers
	if len(strange) > batch {
		strange = slices.DeleteFunc(slices.Clone(strange), func(b procedures.Backup) bool { met, _ := s.library.hasMet(b); return !met })
	}
	if len(strange) > batch {
		return nil
	}
	return strange
}

// meetAll is the action that looks at all strangers, the newest first, for as
// long as that is worth.
func (c *copying) meetAll(files []procedures.Backup) engine.Action {
	files = slices.SortedStableFunc(slices.Values(files), func(a, b procedures.Backup) int {
		return cmp.Or(b.Modified.Compare(a.Modified), cmp.Compare(a.Name, b.Name))
	})
	return engine.Action{
		ID: "look at the files under other names", Kind: engine.SQL, Target: c.secondary.Address(),
		Text: fmt.Sprintf("-- RESTORE HEADERONLY of %s on %s, under names that are not those of %s: a log backup may have been taken by hand",
			plural(len(files), "file"), c.Site.BackupShare, c.db),
		Do: func(ctx context.Context, r engine.Reporter) error { return c.meetSome(ctx, files, r) },
	}
}

func (c *copying) meetSome(ctx context.Context, files []procedures.Backup, r engine.Reporter) error {
	began, done := c.Now(), 0
	some := procedures.Samples(files)
	if err := c.ask(ctx, inventory.Share, some); err != nil {
		return err
	}
	why, err := c.shutOut(ctx, some)
	if err != nil {
		return err
	}
	if why != nil {
		r.Log("the files under other names cannot be read on the share: " + why.Error())
		return nil //nolint:nilerr // said, and no reason to stop
	}
	for done < len(files) && c.Now().Sub(began) < enough {
		n := min(2*batch, len(files)-done)
		if err := c.meet(ctx, files[done:done+n]); err != nil {
			if ctx.Err() != nil {
				return err
			}
			r.Log("not looked at further: " + err.Error())
			break // one that stalls must not end F2: what was not looked at is said
		}
		done += n
		r.Progress(engine.Progress{
			Percent: 100 * float64(done) / float64(len(files)), Done: int64(done), Total: int64(len(files)), Unit: "files", Note: "headers of files under other names",
		})
	}
	if done < len(files) {
		r.Log(fmt.Sprintf("left on the share, and not looked at: %s under other names", plural(len(files)-done, "file")))
	}
	return nil
}

// copyMet is the action that copies what was found among them. Only then it is
// remembered that they were looked at: a console that ends in between looks again.
func (c *copying) copyMet() engine.Action {
	a := c.copyRest("copy what is found there")
	do := a.Do
	a.Do = func(ctx context.Context, r engine.Reporter) error {
		if err := do(ctx, r); err != nil {
			return err
		}
		for _, fact := range c.metFacts(inventory.Take(c.seen)) {
			r.Observe(fact.Name, fact.Value)
		}
		return nil
	}
	return a
}
