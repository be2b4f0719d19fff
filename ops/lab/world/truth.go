package world

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pchatops/ops/lab/world/media"
)

// Truth is where the site stands, whatever its servers tell and to whom.
type Truth struct {
	Shipping  bool     // the secondary is still configured for log shipping of the chat database
	Live      string   // the instance of data centre 2 that has the chat database online, "" none
	Rolls     bool     // the secondary's chat database takes log backups
	Principal []string // instances of data centre 1 that have power and serve chat
	Standing  []string // instances of data centre 1 that have power and a copy of it
	Mirrored  bool     // the live instance of data centre 2 has its mirror
	CaughtUp  bool     // and that mirror holds what it holds
	Pool      string
	Active    []string
	Masters   []string // machines whose Central Management Store takes changes
	// ToCopy are sound log backups on the share that continue the chain of the
	// secondary and that its copy folder lacks. A copy whose header is whole counts
	// under another name: that its pages are damaged, RESTORE alone tells. ToApply those in its copy folder
	// that its database would take next, one behind the other.
	ToCopy, ToApply []string
}

// Truth reads it. It costs a look at every backup.
func (w *World) Truth() Truth {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := Truth{Pool: w.pool.state, Masters: slices.Clone(w.central.masters)}
	secondary := w.byHost("SQL11")
	t.Shipping = secondary.secondaryDatabase(Database) != nil
	for _, s := range ChatServers() {
		if w.pool.isActive(s.FQDN) {
			t.Active = append(t.Active, s.FQDN)
		}
	}
	for _, i := range w.instances {
		d := i.db(Database)
		switch {
		case d == nil || !d.recovered():
		case i.dataCentre == "dc2":
			t.Live = i.Name()
			if p := w.pairOf(i, d); p != nil && p.principal == i {
				t.Mirrored, t.CaughtUp = true, p.state(w.Clock.Now()) == stateSynchronized
			}
		case i.up:
			t.Principal = append(t.Principal, i.Name())
		}
		if d != nil && i.dataCentre == "dc1" && i.up {
			t.Standing = append(t.Standing, i.Name())
		}
	}
	if d := secondary.db(Database); d != nil && d.rollsForward() {
		t.Rolls = true
		copied := sound(w.hostPath("SQL11", "E", "LogShip"))
		t.ToApply = continuing(d, whole(copied))
		for _, name := range continuing(d, whole(sound(w.sharePath(), copied...))) {
			if !slices.ContainsFunc(copied, func(c kept) bool { return c.Name == name }) && !w.damagedTwin(name) {
				t.ToCopy = append(t.ToCopy, name)
			}
		}
	}
	return t
}

// kept is a sound log backup of the chat database with its file, or a part of a
// striped one.
type kept struct {
	Name string
	*media.Set
	families, sequence int
}

// damagedTwin reports whether the copy folder has a backup of the share under
// another name, with a header that is whole and pages that are not.
func (w *World) damagedTwin(name string) bool {
	set, err := media.Read(filepath.Join(w.sharePath(), name), 1)
	if err != nil {
		return false
	}
	folder := w.hostPath("SQL11", "E", "LogShip")
	entries, _ := os.ReadDir(folder)
	return slices.ContainsFunc(entries, func(e os.DirEntry) bool {
		twin, err := media.Read(filepath.Join(folder, e.Name()), 1)
		return e.Name() != name && err != nil && twin != nil && twin.Set == set.Set
	})
}

// whole are those of which every part is there.
func whole(all []kept) []kept {
	return slices.DeleteFunc(slices.Clone(all), func(k kept) bool {
		if k.families <= 1 {
			return false
		}
		parts := map[int]bool{}
		for _, other := range all {
			if other.Set.Set == k.Set.Set {
				parts[other.sequence] = true
			}
		}
		return len(parts) < k.families
	})
}

// setsOf are the log backups of a file that are whole.
func setsOf(path string) (out []*media.Set) {
	for n := 1; ; n++ {
		set, err := media.Read(path, n)
		if set == nil {
			return out
		}
		if err == nil && set.Type == media.Log && strings.EqualFold(set.Database, Database) {
			out = append(out, set)
		}
	}
}

// sound reads the log backups of a folder that are whole, beside others.
func sound(folder string, others ...kept) []kept {
	out := slices.Clone(others)
	entries, _ := os.ReadDir(folder) // a folder that is not there holds none
	for _, e := range entries {
		for _, set := range setsOf(filepath.Join(folder, e.Name())) {
			label, _ := media.ReadLabel(filepath.Join(folder, e.Name())) // its set could be read
			if !slices.ContainsFunc(others, func(k kept) bool {          // a whole one needs no parts
				return k.Set.Set == set.Set && (k.sequence == label.Sequence || k.families <= 1)
			}) {
				out = append(out, kept{e.Name(), set, label.Families, label.Sequence})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b kept) int { return int(a.First) - int(b.First) })
	return out
}

// continuing are those that a database would take, one behind the other.
func continuing(d *database, all []kept) (names []string) {
	at, fork := d.redo, d.redoFork
	for {
		n := slices.IndexFunc(all, func(k kept) bool {
			next := &database{redo: at, redoFork: fork}
			return k.Family == d.c.family && k.First <= at && at < k.Last && onPath(k.Set, next)
		})
		if n < 0 {
			return names
		}
		at, fork = all[n].Last, all[n].Fork
		for _, k := range all {
			if k.Set.Set == all[n].Set.Set { // with all its parts
				names = append(names, k.Name)
			}
		}
	}
}

// Beyond are the sound log backups on the share and in the copy folder that hold log of
// the path which the live database of data centre 2 left when it was recovered, beyond
// where it left it.
func (w *World) Beyond() (names []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	d := w.survivor()
	if d == nil {
		return nil
	}
	for _, k := range sound(w.sharePath(), sound(w.hostPath("SQL11", "E", "LogShip"))...) {
		if k.Family == d.c.family && k.Fork == d.c.previousFork && k.Last > d.c.forkPoint {
			names = append(names, k.Name)
		}
	}
	return names
}

// Lock is an application lock that a client holds.
type Lock struct{ Instance, Resource, Address string }

// Locks are the application locks that clients hold on any instance.
func (w *World) Locks() (all []Lock) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, i := range w.instances {
		for _, s := range i.sessions {
			for _, l := range s.locks {
				if s.address != "" {
					all = append(all, Lock{i.Name(), l.resource, s.address})
				}
			}
		}
	}
	return all
}
