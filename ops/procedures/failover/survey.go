package failover

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/inventory"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

const (
	// batch is how many headers one request reads.
	batch = 32
	// atOnce is how many files a plan looks at without asking; more of them are
	// an action of their own, which tells how far it is.
	atOnce = 256
)

// survey feeds the inventory: it lists, asks the server's history, and reads
// the headers that the inventory wants.
type survey struct {
	*failover
	listing procedures.Listing
	facts   status.Facts
	seen    inventory.Observed
	vain    map[spot]error  // what could not be read this time
	tried   bool            // files were compared this time
	opens   bool            // a file under another name could be opened on the share
	passed  []engine.Unread // what lies in other places and is too much to be looked at
}

// survey takes stock anew. An error means that it could not.
func (f *failover) survey(ctx context.Context, facts status.Facts) (*survey, error) {
	history, err := f.sql.Applied(ctx, f.db)
	if err != nil {
		return nil, err
	}
	applied, before := history.Of(facts.Database)
	l, err := f.Files.List(ctx, f.Site.BackupShare, f.Site.CopyFolder)
	if err != nil {
		return nil, err
	}
	if l.ShareErr == nil {
		f.library.list(l.Share, f.Now())
	}
	s := &survey{failover: f, listing: l, facts: facts, vain: map[spot]error{}}
	shares, _ := f.named(facts)
	s.seen = inventory.Observed{
		Database: f.db, At: f.position(facts, applied), Online: facts.Database.Online(), Fork: facts.Database.Fork,
		Share:  inventory.Listing{Path: f.Site.BackupShare, Files: l.Share, Err: l.ShareErr},
		Folder: inventory.Listing{Path: f.Site.CopyFolder, Files: l.Copied, Err: l.CopyErr}, Vouched: len(shares) > 0,
		Read: s.read, Alike: f.library.compared, Damaged: f.damaged, Refused: s.refused, Replaced: f.replaced,
		Applied: applied, Told: append(f.told(facts), f.toldByHistory(ctx, facts)...), Dismissed: f.dismissed(l.Copied, applied),
		Before: before, Kin: status.Kin(f.lastLook),
	}
	return s, s.elsewhere(ctx)
}

// dismissed tells which files of the copy folder an earlier search of this
// incident has been through, as long as they are the very same.
func (f *failover) dismissed(files []procedures.Backup, applied []chain.Header) func(procedures.Backup) bool {
	laid := new(feed)
	laid.order(f.db, files, applied)
	strangers := laid.strangers()
	if len(strangers) == 0 || digest(strangers) != f.Recall(olderLookedAt) {
		return nil
	}
	known := map[procedures.Backup]bool{}
	for _, b := range strangers {
		known[b] = true
	}
	return func(b procedures.Backup) bool { return known[b] }
}

// position is how far the database has come: as it says itself, and once it is
// online, as restored says.
func (f *failover) position(facts status.Facts, applied []chain.Header) chain.Position {
	d := facts.Database
	if d.Online() {
		at, _ := f.restored(d, applied)
		return at
	}
	return chain.Position{Database: f.db, LSN: d.RedoLSN, Fork: d.RedoFork, Family: d.Family}
}

// read is what is known of a file's headers.
func (s *survey) read(p inventory.Place, b procedures.Backup) (inventory.Reading, bool) {
	at := spot{p, b}
	if sets, ok := s.library.get(at); ok {
		return inventory.Reading{Sets: slices.Clone(sets)}, true
	}
	err, ok := s.vain[at]
	return inventory.Reading{Err: err}, ok
}

// stock is the one judgement of what there is, by which F2, F3 and F4b plan and
// are proved: the headers in the copy folder under whatever names, those on the
// share under this database's names, and under others where they are few. Beyond
// limit (0: none) it is not whole yet.
func (s *survey) stock(ctx context.Context, limit int) (*inventory.Inventory, error) {
	inv, err := s.complete(ctx, limit, nil)
	if err != nil {
		return nil, err
	}
	strange := s.few(inv)
	if len(strange) == 0 {
		return inv, nil
	}
	if err := s.meet(ctx, strange); err != nil && ctx.Err() != nil {
		return nil, err // another one is said: it was not looked at
	}
	return s.complete(ctx, limit, nil)
}

// complete reads what the inventory wants, unless that is more than limit (0:
// whatever it is).
func (s *survey) complete(ctx context.Context, limit int, r engine.Reporter) (*inventory.Inventory, error) {
	for {
		inv := inventory.Take(s.seen)
		share, folder := inv.ToRead[inventory.Share], inv.ToRead[inventory.Folder]
		n := len(share) + len(folder)
		if n == 0 && (len(inv.Compare) == 0 || s.tried) || limit > 0 && n > limit {
			return inv, nil
		}
		if err := s.look(ctx, inventory.Folder, folder, r); err != nil {
			return nil, err
		}
		if err := s.look(ctx, inventory.Share, share, r); err != nil {
			return nil, err
		}
		if n > 0 {
			continue
		}
		if err := s.compare(ctx, inv.Compare); err != nil {
			return nil, err
		}
	}
}

// look reads the headers of files, several in a request. Where the account of
// the service may read none of them, that is no matter of a file.
func (s *survey) look(ctx context.Context, p inventory.Place, files []procedures.Backup, r engine.Reporter) error {
	if len(files) == 0 {
		return nil
	}
	if p == inventory.Share && len(files) > len(procedures.Samples(files)) {
		why, err := s.closed(ctx, files)
		if err != nil {
			return err
		}
		if why != nil {
			for _, b := range files {
				s.vain[spot{p, b}] = why
			}
			return nil
		}
	}
	done := 0
	for some := range slices.Chunk(files, batch) {
		if err := s.ask(ctx, p, some); err != nil {
			return err
		}
		if done += len(some); r != nil {
			r.Progress(engine.Progress{
				Percent: 100 * float64(done) / float64(len(files)), Done: int64(done), Total: int64(len(files)), Unit: "files", Note: "headers in the " + string(p),
			})
		}
	}
	if p == inventory.Folder {
		return s.denied(ctx, files)
	}
	return nil
}

// ask sends one request.
func (s *survey) ask(ctx context.Context, p inventory.Place, files []procedures.Backup) error {
	media, err := s.open(ctx, p, files)
	if err != nil {
		return err
	}
	for i, m := range media {
		if m.Err != nil {
			s.vain[spot{p, files[i]}] = m.Err
		}
	}
	return nil
}

// open reads the headers of files that lie in a place, and keeps them. A place that
// is neither the share nor the copy folder is named by its path.
func (f *failover) open(ctx context.Context, p inventory.Place, files []procedures.Backup) ([]procedures.Media, error) {
	if len(files) == 0 {
		return nil, nil
	}
	folder := string(p)
	switch p {
	case inventory.Share:
		folder = f.Site.BackupShare
	case inventory.Folder:
		folder = f.Site.CopyFolder
	}
	paths := make([]string, len(files))
	for i, b := range files {
		paths[i] = join(folder, b.Name)
	}
	media, err := f.headersOf(ctx, paths)
	if err != nil {
		return nil, err
	}
	for i, m := range media {
		if m.Err == nil {
			f.library.put(spot{p, files[i]}, m.Sets)
		}
	}
	return media, nil
}

// closed says why the service's account can open nothing on the share; nil: it
// can. Then no other file is tried: each would wait for the network.
func (s *survey) closed(ctx context.Context, files []procedures.Backup) (why, err error) {
	some := procedures.Samples(files)
	if err := s.ask(ctx, inventory.Share, some); err != nil {
		return nil, err
	}
	var came []error
	for _, b := range some {
		came = append(came, s.vain[spot{inventory.Share, b}])
	}
	return procedures.Closed(came...), nil
}

// denied is the error of an account that may read nothing in the copy folder.
// One file alone proves nothing, so a few others are tried beside it.
func (s *survey) denied(ctx context.Context, files []procedures.Backup) error {
	first := error(nil)
	for _, b := range files {
		err := s.vain[spot{inventory.Folder, b}]
		if !fault.Is(err, fault.Access) && !fault.Is(err, fault.Permission) {
			return nil
		}
		first = err
	}
	var others []procedures.Backup
	for _, b := range s.listing.Copied {
		if b.Strange == "" && !slices.Contains(files, b) && len(others) < 3 {
			others = append(others, b)
		}
	}
	if len(files)+len(others) < 2 {
		return nil
	}
	media, err := s.open(ctx, inventory.Folder, others)
	if err != nil {
		return err
	}
	for _, m := range media {
		if !fault.Is(m.Err, fault.Access) && !fault.Is(m.Err, fault.Permission) {
			return nil
		}
	}
	return &fault.Error{
		Class: fault.ClassOf(first), Tried: "read the backups in " + s.Site.CopyFolder, Target: s.secondary.Address(), Text: first.Error(),
		Do: "give the account of the SQL Server service on " + s.secondary.Address() + " the right to read " + s.Site.CopyFolder +
			": nothing in it can be applied, and nobody knows what is in it",
		Cause: first,
	}
}

// compare lets the host compare files that SQL Server cannot read.
func (s *survey) compare(ctx context.Context, pairs []inventory.Pair) error {
	s.tried = true
	names := make([]string, len(pairs))
	for i, p := range pairs {
		names[i] = p.Share.Name
	}
	alike, err := s.Files.Alike(ctx, s.Site.BackupShare, s.Site.CopyFolder, names)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		if same, ok := alike[p.Share.Name]; ok {
			s.library.compare(p, same)
		}
	}
	return nil
}

// told are the backups that others know of by name.
func (f *failover) told(facts status.Facts) []inventory.Told {
	var out []inventory.Told
	tell := func(file, by string) {
		if file != "" {
			out = append(out, inventory.Told{Name: chain.Base(file), By: by})
		}
	}
	if s := facts.Secondary; s != nil && s.LastCopiedFile != s.LastRestoredFile {
		tell(s.LastCopiedFile, "the log shipping tables of "+f.secondary.Address())
	}
	if !status.OtherFamily(f.Recall(familySeen), facts.Database.Family) {
		if v := f.Recall(lastCopied); v != f.Recall(lastRestored) {
			tell(v, "the log shipping tables of "+f.secondary.Address()+" before F1")
		}
		sets := f.recalled()
		given := strings.Split(f.Recall(givenSeen), ", ")
		for _, name := range given {
			tell(name, "an earlier look of this incident")
		}
		for _, name := range strings.Split(f.Recall(pendingSeen), ", ") {
			if name != "" && !slices.Contains(given, name) && !slices.ContainsFunc(sets, func(t inventory.Told) bool { return t.Name == name }) {
				out = append(out, inventory.Told{Name: name, By: "an earlier look of this incident", Met: true})
			}
		}
		out = append(out, sets...)
	}
	for _, r := range []site.Role{site.Primary, site.Mirror} {
		if n, ok := f.lastLook(r); ok && n.Facts.Primary != nil && !facts.Database.Online() {
			if file := n.Facts.Primary.LastBackupFile; file != "" {
				out = append(out, inventory.Told{Name: chain.Base(file), By: "the log shipping tables of " + n.Address, Shipped: true})
			}
		}
	}
	for _, b := range f.library.known() {
		h, family := b.Header, facts.Database.Family
		if strings.EqualFold(h.Database, f.db) && (family == "" || h.Family == "" || strings.EqualFold(h.Family, family)) && h.Type == logBackup && !h.Incomplete {
			out = append(out, inventory.Told{Name: b.file.Name, By: "an earlier look of this console", Header: &h, File: &b.file})
		}
	}
	return out
}

func (f *failover) lastLook(r site.Role) (status.Node, bool) {
	if f.Seen == nil {
		return status.Node{}, false
	}
	return f.Seen(r)
}

const logBackup = 2 // BackupType of RESTORE HEADERONLY

// Facts about one file are remembered by its name, and hold for the very file.
const (
	foundDamaged = "damaged: "
	copiedAgain  = "copied again: "
)

func mark(b procedures.Backup) string {
	return fmt.Sprintf("%d bytes, %s", b.Bytes, b.Modified.UTC().Format("2006-01-02T15:04:05.000"))
}

// damaged says what RESTORE has found of a file; "": nothing. A file of the share
// is damaged where its copy is, and has the same content to the last byte.
func (f *failover) damaged(p inventory.Place, b procedures.Backup) string {
	if p == inventory.Folder {
		if why := f.library.damaged(spot{p, b}); why != "" {
			return why
		}
		why, same := strings.CutPrefix(f.Recall(foundDamaged+b.Name), mark(b)+": ")
		if same {
			return why
		}
		return ""
	}
	for _, name := range []string{inventory.Alias(b), b.Name} {
		_, why, found := strings.Cut(f.Recall(foundDamaged+name), ": ")
		if found && (name != b.Name || f.Recall(procedures.KeptCopy+b.Name) != "") {
			return why
		}
	}
	return ""
}

func (s *survey) refused(b procedures.Backup) string {
	if s.folderLess() {
		return s.folderAway()
	}
	return s.Recall(procedures.NotCopied + b.Name)
}

func (f *failover) replaced(b procedures.Backup) bool {
	return f.Recall(copiedAgain+b.Name) == mark(b)
}
