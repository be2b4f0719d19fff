package inventory

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pchatops/ops/chain"
)

// told takes in what others know of. A backup that nobody can show any more is
// gone, whatever lies under its name now, unless a file that nobody can read may
// be it, or a place that nobody can see may hold it.
func (t *taking) told() {
	named, held := map[string][]*Backup{}, map[string]bool{}
	for _, b := range t.all {
		key := strings.ToLower(b.Name)
		named[key] = append(named[key], b)
		if b.Header != nil && b.Header.SetGUID != "" {
			held[strings.ToLower(b.Header.SetGUID)] = true
		}
	}
	gone := map[string]bool{}
	for _, told := range slices.Concat(t.Told, t.held()) {
		key := strings.ToLower(told.Name)
		for _, b := range named[key] {
			b.Given = b.Given || told.Header == nil && !told.Met
		}
		if told.Name == "" || gone[key] || t.passed(told) || told.Met && t.again(told.Name) || t.shown(told, named[key], held) {
			continue
		}
		gone[key] = true
		b := Backup{Name: told.Name, Kind: Gone, Own: true, Lost: true, Header: told.Header, Given: !told.Met, Shipped: told.Shipped, Why: "known from " + told.By + ", and nowhere now"}
		switch {
		case told.Lies != "":
			b.Kind, b.Lies, b.Why = Elsewhere, told.Lies, "it lies in "+told.Lies
		case t.Share.Err != nil:
			b.Kind, b.Why = Unread, "known from "+told.By+"; the share cannot be read"
		case t.Folder.Err != nil:
			b.Kind, b.Why = Unread, "known from "+told.By+"; the copy folder cannot be read"
		case !Listed(told.Name):
			b.Kind, b.Why = Unread, "known from "+told.By+", and not looked for: only .trn files are listed"
		default:
			if b.Usurped = t.usurped(told); b.Usurped != "" {
				b.Why = "known from " + told.By + "; its file " + b.Usurped + ", and its own backup is nowhere now"
			} else if len(named[key]) > 0 {
				b.Why = "known from " + told.By + "; another backup lies under its name now"
			}
			if b.Perhaps = t.perhaps(told); len(b.Perhaps) > 0 {
				b.Kind, b.Why = Unread, "known from "+told.By+", and not found; it may be what nobody can read: "+some(b.Perhaps, 3)
			}
		}
		t.add(b)
	}
	t.toldUnread(held)
}

// of reports whether what is told of a name is told of the file that bears it now:
// it is still as long and as old as the one that was read. A name without a file
// is all that there is.
func (told Told) of(f *File) bool {
	return f == nil || told.File != nil && f.looksLike(*told.File)
}

// perhaps names the files that may hold a backup that is missed: nobody can read
// them, and nothing tells that their log is another's.
func (t *taking) perhaps(missed Told) []string {
	return t.closedFiles(func(b *Backup) bool { return !t.heldBefore(b, missed) })
}

// closedFiles names the files that nobody can read and of which nothing is known.
func (t *taking) closedFiles(which func(*Backup) bool) (names []string) {
	for _, b := range t.all {
		if b.Header != nil || b.broken || b.File() == nil || b.Kind != Unread && b.Kind != ToCopy || !which(b) {
			continue
		}
		at := t.Folder.Path
		if b.Folder == nil {
			at = t.Share.Path
		}
		names = append(names, at+`\`+b.Name)
	}
	return names
}

// heldBefore reports whether others tell of a file that it holds a backup which
// is not the one that is missed.
func (t *taking) heldBefore(b *Backup, missed Told) bool {
	return slices.ContainsFunc(t.Told, func(told Told) bool {
		h, m := told.Header, missed.Header
		return h != nil && strings.EqualFold(told.Name, b.Name) && (m == nil || h.First != m.First || h.Last != m.Last)
	})
}

// some lists the first of many.
func some(list []string, n int) string {
	if more := len(list) - n; more > 0 {
		return strings.Join(list[:n], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(list, ", ")
}

// passed reports whether a backup is in the database, by the server's own history
// or because its log has come another way.
func (t *taking) passed(told Told) bool {
	h := told.Header
	if h == nil {
		return t.bears(told)
	}
	return h.Last.Compare(t.Reached.LSN) <= 0 || h.First == h.Last ||
		slices.ContainsFunc(t.Applied, func(a chain.Header) bool { return a.SetGUID != "" && a.Same(*h) }) ||
		h.SetGUID == "" && t.restored.Has(told.Name)
}

// Renamed reports whether a backup bears another name than log shipping gave it:
// the moment in that is not the one at which it was begun, though those of other
// backups of its server are. What anybody tells of such a name is told of another.
func Renamed(h chain.Header, others []chain.Header) bool {
	at, stamped := chain.Stamp(h.File)
	zone, known := zoneOf(others, h.Server)
	return stamped && known && !h.Started.IsZero() && h.Started.Add(-zone).Sub(at).Abs() >= prompt
}

// prompt is how soon log shipping begins a backup after it has named its file.
const prompt = 30 * time.Second

// shown reports whether a file holds a backup that somebody knows of, or may hold
// it: its set says so, or its name where a header is missing.
func (t *taking) shown(told Told, named []*Backup, held map[string]bool) bool {
	if h := told.Header; h != nil && h.SetGUID != "" {
		return held[strings.ToLower(h.SetGUID)] || slices.ContainsFunc(named, func(b *Backup) bool { return b.Header == nil })
	}
	return slices.ContainsFunc(named, func(b *Backup) bool {
		switch {
		case b.Header == nil: // by its name alone it is not the one that was restored under it
			return b.Kind != Applied || !t.restored.Has(b.Name)
		case told.Header != nil:
			return b.Header.First == told.Header.First && b.Header.Last == told.Header.Last
		}
		return (b.Kind != Foreign || b.Lost) && t.stands(told, *b.Header)
	})
}

// toldUnread settles files that cannot be read by the range that others tell of
// their names: it would be lost, or it is in the database already. That a name was
// once that of applied log says nothing of what bears it now, unless the file is
// still as long and as old as the one that was read.
func (t *taking) toldUnread(held map[string]bool) {
	for _, b := range t.all {
		if b.Kind != Unread || b.Header != nil {
			continue
		}
		var came, ahead *Told
		for i, told := range t.Told {
			switch h := told.Header; {
			case h == nil || !strings.EqualFold(told.Name, b.Name):
			case h.Last.Compare(t.Reached.LSN) <= 0 && !told.of(b.File()):
			case h.Last.Compare(t.Reached.LSN) <= 0:
				came = &t.Told[i]
			case !held[strings.ToLower(h.SetGUID)]:
				ahead = &t.Told[i]
			}
		}
		switch {
		case ahead != nil:
			b.Own, b.Lost = true, true
		case came != nil:
			b.Kind, b.Lost, b.Why = Applied, false, "its log has come another way, by the range that "+came.By+" tells"
		}
	}
}
