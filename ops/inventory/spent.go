package inventory

import (
	"errors"
	"slices"
	"strings"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
)

// spent settles files that went bad after what they held was copied or applied, on the
// share and in the copy folder, and the second copies that F2 made of such a file: SQL
// Server finds no backup in them, and the one that log shipping gave the name to is at
// hand. What is sealed, or may not be opened, may be another one. Where anybody knows of
// another one that the file held, nothing is settled.
func (t *taking) spent() {
	var names *naming
	for _, b := range t.all {
		name := unalias(b.Name)
		second := b.Folder != nil && name != b.Name
		if b.Header != nil || b.Kind != Unread && b.Kind != ToCopy {
			continue
		}
		why := ""
		switch {
		case second && t.again(b.Name) && opened(b.Err):
			why = "a copy of what the share held, and holds otherwise now: "
		case empty(b.Err) && given(t.Database, name):
			if names == nil {
				names = t.naming()
			}
			if t.stored(name, names) && !t.missed(name) {
				why = "there is no backup in it any more, and the one of its name is applied or copied: "
			}
		}
		if why != "" {
			b.Kind, b.Lost, b.broken, b.As, b.Why = Unread, false, true, "", why+b.Err.Error()
			t.Compare = slices.DeleteFunc(t.Compare, func(p Pair) bool { return strings.EqualFold(p.Share.Name, b.Name) })
		}
	}
}

// again reports whether a name is that of a second copy, and the file of the share
// that it was made of can be read now.
func (t *taking) again(name string) bool {
	of := unalias(name)
	return of != name && slices.ContainsFunc(t.Share.Files, func(s File) bool {
		r, asked := t.Read(Share, s)
		return asked && r.Err == nil && strings.EqualFold(s.Name, of)
	})
}

// stored reports whether the backup that log shipping gave a name to is applied, or
// lies in the copy folder, as far as anybody knows whole.
func (t *taking) stored(name string, names *naming) bool {
	is := func(h *chain.Header) bool {
		return strings.EqualFold(unalias(chain.Base(h.File)), name) && names.own(name, *h)
	}
	return slices.ContainsFunc(t.Applied, func(h chain.Header) bool { return is(&h) }) ||
		slices.ContainsFunc(t.all, func(b *Backup) bool {
			return b.Folder != nil && b.Header != nil && !b.Header.Damaged && !b.Header.Suspect && t.ours(b.Header) && is(b.Header)
		})
}

// missed reports whether somebody knows of a backup under a name that is neither
// applied nor anywhere now.
func (t *taking) missed(name string) bool {
	return slices.ContainsFunc(t.Told, func(told Told) bool {
		h := told.Header
		return h != nil && strings.EqualFold(unalias(told.Name), name) && h.Last.Compare(t.Observed.At.LSN) > 0 &&
			!slices.ContainsFunc(t.log(), h.Same)
	})
}

// opened reports whether a file that cannot be read could be opened.
func opened(err error) bool {
	return err != nil && !fault.Is(err, fault.Access) && !fault.Is(err, fault.Permission) && !fault.Is(err, fault.InUse)
}

// none are the numbers by which SQL Server says that there is no backup in a file, or
// that the file ends before one is told of.
var none = []int32{3203, 3241, 3242, 3254}

// empty reports that there is no backup in a file, not even one that is sealed.
func empty(err error) bool {
	var e *fault.Error
	return errors.As(err, &e) && slices.Contains(none, e.Number)
}

// Empty reports a second copy of a file of the share in which there is no backup. What
// is known of it is known by the name of that file.
func (b Backup) Empty() bool {
	return b.Folder != nil && unalias(b.Name) != b.Name && empty(b.Err)
}

// Spent are the files of the share that went bad, and are not needed any more.
func (i *Inventory) Spent() []Backup {
	return slices.DeleteFunc(i.Of(Unread), func(b Backup) bool { return !b.broken || b.Lost || b.Folder != nil })
}
