package inventory

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
)

// Take makes the inventory.
func Take(o Observed) *Inventory {
	t := &taking{
		Observed: o, named: map[string]*File{}, restored: Restored(o.Applied), stripes: map[*Backup][]*Backup{},
		Inventory: Inventory{At: o.At, History: o.Applied, ToRead: map[Place][]File{}},
	}
	t.folder()
	t.share()
	t.kindred = KindredOf(t.Database, t.Observed.At.Family, t.Applied, t.heads())
	t.Another = t.another()
	t.spent()
	t.walk()
	t.stray()
	t.elsewhere()
	t.told()
	t.Doubts = t.doubts()
	for _, b := range t.all {
		if b.Kind == ToCopy && b.Share.Strange == "" {
			b.Refused = t.refusal(b)
		}
		t.Backups = append(t.Backups, *b)
	}
	slices.SortStableFunc(t.Backups, byLog)
	return &t.Inventory
}

// taking is an inventory in the making.
type taking struct {
	Observed
	Inventory
	all      []*Backup
	named    map[string]*File // of the copy folder, by name in small letters
	restored History          // names in the server's own history
	kindred  Kindred
	stripes  map[*Backup][]*Backup // all files of a striped backup, by its first
}

func (t *taking) add(b Backup) *Backup {
	t.all = append(t.all, &b)
	return &b
}

// folder takes the files of the copy folder in.
func (t *taking) folder() {
	if t.Folder.Err != nil {
		t.Places = append(t.Places, Unseen{t.Folder.Path, t.Folder.Err.Error()})
	}
	for i := range t.Folder.Files {
		f := &t.Folder.Files[i]
		t.named[strings.ToLower(f.Name)] = f
		r, asked := t.Read(Folder, *f)
		b := Backup{Name: f.Name, Folder: f, Own: Own(t.Database, f.Name), Err: r.Err, asked: asked}
		switch {
		case f.Strange != "":
			b.Name = visible(f.Name)
			t.unread(b, "no program can open it: "+f.Strange)
		case asked && r.Err == nil:
			t.sets(b, r.Sets)
		case asked && t.Replaced != nil && t.Replaced(*f):
			again := t.unread(b, "it was copied again under another name: "+r.Err.Error())
			again.Lost, again.broken = false, true
		case asked && t.known(*f):
			t.restoredOnce(b, r.Err.Error())
		case asked:
			t.unread(b, r.Err.Error())
		case t.known(*f):
			b.Kind, b.Why = Applied, "restored by the server's own history"
			t.add(b)
		case !asked && t.Dismissed != nil && t.Dismissed(*f):
			b.Kind, b.Why = Applied, "an earlier search found that it does not continue the chain"
			t.add(b)
		default:
			t.unasked(Folder, b, *f)
		}
	}
}

// unasked is a file that nobody has looked at. In the copy folder every one is
// read: a file of the share may lie there under any name.
func (t *taking) unasked(p Place, b Backup, f File) {
	if b.Own || p == Folder {
		t.ToRead[p] = append(t.ToRead[p], f)
	} else {
		t.Strangers = append(t.Strangers, f)
	}
	t.unread(b, "not looked at yet")
}

// unread takes a file in whose header nobody knows.
func (t *taking) unread(b Backup, why string) *Backup {
	b.Kind, b.Why, b.Lost = Unread, why, b.Own
	return t.add(b)
}

// restoredOnce takes in a file that the server's own history speaks for.
func (t *taking) restoredOnce(b Backup, why string) {
	b.Kind, b.Why = Applied, "restored by the server's own history; now not readable: "+why
	t.add(b)
}

// File is its file, the copied one first; nil: it is in no place.
func (b *Backup) File() *File {
	if b.Folder != nil {
		return b.Folder
	}
	return b.Share
}

// known reports whether the server's history has restored a file that need not be
// looked at again. One on the share is to be the one that was copied, too.
func (t *taking) known(f File) bool { return t.restored.Knows(f) }

// sets takes the backup sets of a file in.
func (t *taking) sets(b Backup, sets []chain.Header) {
	own := b.Own
	for i := range sets {
		h := sets[i]
		b.Header, b.Own = &h, strings.EqualFold(h.Database, t.Database) || own && h.Database == ""
		switch {
		case h.Incomplete:
			b.Kind, b.Why = Unusable, "*** INCOMPLETE ***: its server died while it wrote this backup, and nothing of it had shipped"
		case t.damaged(b) != "":
			h.Suspect, b.found = true, "RESTORE refuses it: "+t.damaged(b)
		}
		t.add(b)
		b.Kind, b.Why = "", ""
	}
}

// damaged says what RESTORE found of the file of a backup.
func (t *taking) damaged(b Backup) string {
	switch {
	case t.Damaged == nil:
		return ""
	case b.Folder != nil:
		return t.Damaged(Folder, *b.Folder)
	}
	return t.Damaged(Share, *b.Share)
}

// share takes the files of the share in, each beside its copy.
func (t *taking) share() {
	if t.Share.Err != nil {
		t.Places = append(t.Places, Unseen{t.Share.Path, t.Share.Err.Error()})
	}
	inFolder := slices.Clone(t.all)
	for i := range t.Share.Files {
		s := &t.Share.Files[i]
		b := Backup{Name: s.Name, Share: s, Own: Own(t.Database, s.Name)}
		if c := t.named[strings.ToLower(s.Name)]; c != nil {
			b.As = Alias(*s)
		}
		r, asked := t.Read(Share, *s)
		switch {
		case s.Strange != "":
			t.closed(b)
		case asked && r.Err == nil:
			t.match(b, r.Sets, inFolder)
		default:
			t.alike(b, r.Err, asked)
		}
	}
}

// match finds the sets of a readable file of the share among those of the copy
// folder, under whatever name they are there.
func (t *taking) match(b Backup, sets []chain.Header, inFolder []*Backup) {
	for _, c := range inFolder {
		if c.Kind != Unread || !c.asked || !strings.EqualFold(c.Name, b.Name) {
			continue
		}
		b.Anew = true
		same, compared := false, false
		if t.Alike != nil {
			same, compared = t.Alike(*b.Share, *c.Folder)
		}
		switch {
		case same || t.brokenCopy(c, *b.Share):
			c.Lost, c.broken, c.Why = false, true, "a broken copy of what the share holds: "+c.Why
			t.Compare = slices.DeleteFunc(t.Compare, func(p Pair) bool { return p.Folder.Name == c.Name })
		case !compared:
			t.Compare = append(t.Compare, Pair{*b.Share, *c.Folder})
		}
	}
	var missing []chain.Header
	alike := t.damaged(b) != "" // it is to the last byte what RESTORE has refused
	for _, h := range sets {
		twin := slices.IndexFunc(inFolder, func(c *Backup) bool {
			return c.Header != nil && !c.Header.Damaged && (!c.Header.Suspect || alike) && !c.Header.Incomplete && c.Header.Position == h.Position && c.Header.Same(h) &&
				!t.short(c, b.Share, len(sets))
		})
		if twin < 0 {
			missing = append(missing, h)
			continue
		}
		inFolder[twin].Share = b.Share
	}
	if c := t.beyond(*b.Share, inFolder); c != nil && len(missing) > 0 {
		b.Folder, c.Lost = c.Folder, false
		t.useless(b, missing, c.Why)
		return
	}
	t.sets(b, missing)
}

// brokenCopy reports whether a file of the copy folder that cannot be read is what
// became of a copy of the file that bears its name on the share. One that nobody
// can open may hold anything, unless it is as long and as old as that. One that can
// be opened is cut short, spoilt or sealed; what was restored once was neither, and
// if its length is another now, another lies there.
func (t *taking) brokenCopy(c *Backup, s File) bool {
	switch {
	case fault.Is(c.Err, fault.Access), fault.Is(c.Err, fault.Permission), fault.Is(c.Err, fault.InUse):
		return c.Folder.looksLike(s)
	case t.restored.Has(s.Name):
		return c.Folder.Bytes == s.Bytes
	}
	return true
}

// beyond is the second copy of a file, beside a broken one, that nobody can read
// either: copying it once more would not help.
func (t *taking) beyond(s File, inFolder []*Backup) *Backup {
	i := slices.IndexFunc(inFolder, func(c *Backup) bool {
		return c.Kind == Unread && c.asked && strings.EqualFold(c.Name, Alias(s)) && c.Folder.Bytes == s.Bytes
	})
	if i < 0 {
		return nil
	}
	return inFolder[i]
}

// useless takes in sets whose copies cannot be read.
func (t *taking) useless(b Backup, sets []chain.Header, why string) {
	for _, h := range sets {
		h.Damaged, b.Header, b.found = true, &h, "copied twice, and neither copy can be read: "+why
		t.add(b)
	}
}

// short reports a copy that ends before the file that it is of, and marks it
// damaged: both hold as many sets.
func (t *taking) short(c *Backup, s *File, sets int) bool {
	have := 0
	for _, b := range t.all {
		if b.Folder == c.Folder {
			have++
		}
	}
	if have != sets || !t.cutShort(*c.Folder, *s, *c.Header) {
		return false
	}
	c.Header.Damaged = true
	return true
}

// alike is for a file of the share whose header nobody knows: its content says
// whether it is the one in the copy folder.
func (t *taking) alike(b Backup, err error, asked bool) {
	c := t.named[strings.ToLower(b.Name)]
	why := "not looked at yet"
	if b.Err = err; err != nil {
		why = err.Error()
	}
	if t.known(*b.Share) && (c == nil || c.Bytes == b.Share.Bytes && c.Modified.Sub(b.Share.Modified).Abs() < alike) {
		t.restoredOnce(b, why)
		return
	}
	if a := t.named[strings.ToLower(Alias(*b.Share))]; a != nil && a.Bytes == b.Share.Bytes {
		t.beside(b.Share, a) // it was copied under that name, and proven
		t.supersede(b.Name)
		return
	}
	if c != nil {
		same, compared := false, false
		if t.Alike != nil {
			same, compared = t.Alike(*b.Share, *c)
		}
		switch {
		case compared && same:
			t.beside(b.Share, c)
			return
		case compared:
			b.Kind, b.Lost, b.Why = ToCopy, b.Own, "the copy folder holds other content under this name"
			t.supersede(c.Name)
			t.add(b)
			return
		case b.Own && asked:
			t.Compare = append(t.Compare, Pair{*b.Share, *c})
		}
	}
	switch {
	case !asked:
		t.unasked(Share, b, *b.Share)
	case c != nil || !b.Own:
		t.unread(b, why)
	default:
		b.Kind, b.Lost, b.Why = ToCopy, true, "its header cannot be read on the share: "+why
		t.add(b)
	}
}

// closed is for a file of the share that no program can open under its name. One
// that begins like this database's may hold its log: it would be copied, and
// cannot be.
func (t *taking) closed(b Backup) {
	b.Name = visible(b.Name)
	if !b.Own {
		t.unread(b, "it cannot be copied under its name: "+b.Share.Strange)
		return
	}
	b.Kind, b.Lost, b.As = ToCopy, true, ""
	b.Refused = "no program here can open it: " + b.Share.Strange
	t.add(b)
}

// visible is a name that can be shown and typed.
func visible(name string) string { return strings.Trim(strconv.QuoteToASCII(name), `"`) }

// beside notes the file of the share at every set of its copy.
func (t *taking) beside(s, c *File) {
	for _, b := range t.all {
		if b.Folder == c {
			b.Share = s
		}
	}
}

// supersede is for a copy that cannot be read while the share has other content
// under its name: that is copied, and read then.
func (t *taking) supersede(name string) {
	for _, b := range t.all {
		if b.Folder != nil && b.Kind == Unread && strings.EqualFold(b.Name, name) {
			b.Lost, b.Why = false, "the share holds other content under this name: "+b.Why
		}
	}
}

// alias is what Alias makes of a name.
var alias = regexp.MustCompile(`(?i)\.share-[0-9a-f]{8}(\.trn)$`)

// unalias gives the name of which one is the alias; any other stays.
func unalias(name string) string { return alias.ReplaceAllString(name, "$1") }

// Alias is a name for a file whose own is taken: the same whenever it is asked.
func Alias(f File) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %d", f.Name, f.Bytes, f.Modified.UnixNano()))
	return strings.TrimSuffix(f.Name, f.Name[max(0, len(f.Name)-4):]) + ".share-" + hex.EncodeToString(sum[:4]) + ".trn"
}
