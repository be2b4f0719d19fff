package failover

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/inventory"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// The names under which F1 remembers where log shipping had its backups, and how far
// it had come.
const (
	sharesNamed  = "backup share"
	foldersNamed = "copy folder"
	lastCopied   = "last copied file"
	lastRestored = "last restored file"
)

// named are the folders that the servers themselves name as those of log shipping,
// as they say, as they said when they were last seen, and as F1 has found them.
func (f *failover) named(facts status.Facts) (shares, folders []string) {
	shares, folders = strings.Split(f.Recall(sharesNamed), "\n"), strings.Split(f.Recall(foldersNamed), "\n")
	ls := facts.Secondary
	if n, ok := f.lastLook(site.Secondary); ls == nil && ok {
		ls = n.Facts.Secondary
	}
	if ls != nil {
		shares, folders = append(shares, ls.Source), append(folders, ls.Destination)
	}
	for _, r := range []site.Role{site.Primary, site.Mirror} {
		if n, ok := f.lastLook(r); ok && n.Facts.Primary != nil {
			shares = append(shares, n.Facts.Primary.BackupShare)
		}
	}
	return distinct(shares), distinct(folders)
}

// distinct gives each folder once.
func distinct(paths []string) (out []string) {
	for _, path := range paths {
		if path != "" && !slices.ContainsFunc(out, func(o string) bool { return samePath(o, path) }) {
			out = append(out, path)
		}
	}
	return out
}

func samePath(a, b string) bool {
	return strings.EqualFold(strings.TrimRight(a, `\`), strings.TrimRight(b, `\`))
}

// unlisted are those of the named folders that the site file does not name.
func (f *failover) unlisted(facts status.Facts) (shares, folders []string) {
	shares, folders = f.named(facts)
	return slices.DeleteFunc(shares, f.ours), slices.DeleteFunc(folders, f.ours)
}

// ours reports whether a folder is one of those that the site file names.
func (f *failover) ours(path string) bool {
	return samePath(path, f.Site.BackupShare) || samePath(path, f.Site.CopyFolder)
}

// placesGate keeps F1 from removing what names the folders of log shipping while
// the site file names others.
func (f *failover) placesGate(facts status.Facts) engine.Gate {
	shares, folders := f.unlisted(facts)
	all := strings.Join(slices.Concat(shares, folders), " and ")
	ours := f.Site.BackupShare + " and " + f.Site.CopyFolder
	g := engine.Gate{Name: "the folders of log shipping", Holds: all == "", Seen: ours, Want: "log shipping works with the folders of the site file, " + ours}
	if !g.Holds {
		phrase := "remove log shipping, which works with " + all
		g.Seen, g.Override = "by the servers' tables log shipping works with "+all, phrase
		g.Do = "correct backup_share and copy_folder in the site file and begin anew: F2 and F3 look for backups there; or go on, and copy by hand what is found in the other place, by typing: " + phrase
	}
	return g
}

// untold is the folder in which the server's own history found the last backup that
// log shipping had named, where nothing else tells of its folder; "": the site file
// does, or nothing.
func (s *survey) untold() string {
	if _, named := s.named(s.facts); len(named) > 0 {
		return ""
	}
	for _, h := range slices.Backward(s.seen.Applied) {
		if name := chain.Base(h.File); inventory.Own(s.db, name) && len(name) < len(h.File) {
			if folder := strings.TrimRight(strings.TrimSuffix(h.File, name), `\`); !s.ours(folder) {
				return folder
			}
			return ""
		}
	}
	return ""
}

// untoldFacts remember it: F3 restores from the folder of the site file.
func (s *survey) untoldFacts() []engine.Fact {
	if folder := s.untold(); folder != "" {
		return []engine.Fact{{Name: foldersNamed, Value: folder}}
	}
	return nil
}

// elsewhere looks for backups of the database in the folders that a server names
// and the site file does not. What cannot be looked at is said.
func (s *survey) elsewhere(ctx context.Context) error {
	shares, folders := s.unlisted(s.facts)
	if folder := s.untold(); folder != "" {
		folders = []string{folder}
	}
	for i := range max(len(shares), len(folders)) {
		share, folder := at(shares, i), at(folders, i)
		l, err := s.Files.List(ctx, cmp.Or(share, s.Site.BackupShare), cmp.Or(folder, s.Site.CopyFolder))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			l.ShareErr, l.CopyErr = err, err
		}
		s.find(ctx, inventory.Listing{Path: share, Files: l.Share, Err: l.ShareErr})
		s.find(ctx, inventory.Listing{Path: folder, Files: l.Copied, Err: l.CopyErr})
	}
	return nil
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

// find takes in what lies in one of them. A file that the share or the copy folder
// has as well, the same to name, length and time, is read there.
func (s *survey) find(ctx context.Context, l inventory.Listing) {
	switch {
	case l.Path == "":
		return
	case l.Err != nil:
		s.seen.Unseen = append(s.seen.Unseen, inventory.Unseen{Place: l.Path, Why: l.Err.Error()})
		return
	}
	restored := inventory.Restored(s.seen.Applied)
	own, others := 0, 0
	for _, b := range l.Files {
		if inventory.Own(s.db, b.Name) {
			own++
		}
	}
	if others = len(l.Files) - own; others > batch {
		s.passed = append(s.passed, notLookedAt(l.Path, others))
	}
	files := slices.DeleteFunc(slices.Clone(l.Files), func(b procedures.Backup) bool {
		return b.Strange != "" || others > batch && !inventory.Own(s.db, b.Name) || restored.Knows(b) ||
			slices.Contains(s.listing.Share, b) || slices.Contains(s.listing.Copied, b)
	})
	place := inventory.Place(l.Path)
	for some := range slices.Chunk(files, batch) {
		if err := s.ask(ctx, place, some); err != nil {
			s.seen.Unseen = append(s.seen.Unseen, inventory.Unseen{Place: l.Path, Why: err.Error()})
			return
		}
	}
	opens, strange := false, 0
	for _, b := range files {
		r, _ := s.read(place, b)
		s.seen.Found = append(s.seen.Found, inventory.Found{Folder: l.Path, File: b, Reading: r})
		opens = opens || !procedures.Barred(r.Err)
		if !inventory.Own(s.db, b.Name) {
			strange++
		}
	}
	if !opens && strange > 0 { // nobody has looked into any
		s.passed = append(s.passed, notLookedAt(l.Path, strange))
	}
}
