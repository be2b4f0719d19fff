package inventory

import (
	"strings"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
)

// bears reports whether a backup that is applied or there bears another name now
// than the one by which it is told of: F2 gave it one, as another file had its own;
// or somebody has. Only where nothing but a name is known a name may tell.
func (t *taking) bears(name string) bool {
	log := t.log()
	for _, h := range log {
		if strings.EqualFold(unalias(chain.Base(h.File)), name) {
			return true
		}
	}
	return begunAt(name, log) != nil
}

// log are all log backups of this database that are applied or lie somewhere.
func (t *taking) log() []chain.Header {
	var log []chain.Header
	log = append(log, t.Applied...)
	for _, b := range t.all {
		if b.Header != nil && b.Own && b.Kind != Foreign {
			log = append(log, *b.Header)
		}
	}
	return log
}

// begunAt is the backup that was begun at the moment in a name, by the clock of its
// server, and that bears another name than log shipping gave it; nil: there is none.
func begunAt(name string, log []chain.Header) *chain.Header {
	at, stamped := chain.Stamp(name)
	if !stamped {
		return nil
	}
	for i := range log {
		h := &log[i]
		off := h.Started.Sub(at)
		if (off-off.Round(zoneStep)).Abs() >= prompt || off.Abs() > widest {
			continue
		}
		if _, own := chain.Stamp(h.File); own && !Renamed(*h, log) && !strings.EqualFold(chain.Base(h.File), name) {
			continue // its name is its own
		}
		if zone, known := zoneOf(log, h.Server); known && zone == off.Round(zoneStep) {
			return h
		}
	}
	return nil
}

// explained settles files that cannot be read by an intact copy of what they hold,
// which somebody has put beside them, or applied, under another name.
func (t *taking) explained() {
	log := t.log()
	for _, b := range t.all {
		if b.Header != nil || b.Err == nil || !b.Lost || b.broken || b.Kind != Unread && b.Kind != ToCopy {
			continue
		}
		h := begunAt(unalias(b.Name), log)
		if h == nil || h.Damaged || h.Suspect || h.Incomplete || strings.EqualFold(chain.Base(h.File), b.Name) || !t.copyOf(b, h) {
			continue
		}
		b.Kind, b.Lost, b.broken, b.Why = Unread, false, true, "a broken copy of what "+chain.Base(h.File)+" holds: "+b.Why
	}
}

// copyOf reports whether a file can be what became of a copy of a backup: it is no
// longer than the file that was read. One that nobody can open may hold anything,
// unless it is as long and as old as that.
func (t *taking) copyOf(b *Backup, h *chain.Header) bool {
	var whole *File
	for _, f := range append(t.Folder.Files[:len(t.Folder.Files):len(t.Folder.Files)], t.Share.Files...) {
		if strings.EqualFold(f.Name, chain.Base(h.File)) {
			whole = &f
			break
		}
	}
	if fault.Is(b.Err, fault.Access) || fault.Is(b.Err, fault.Permission) || fault.Is(b.Err, fault.InUse) {
		return whole != nil && b.File().looksLike(*whole)
	}
	return whole == nil || b.File().Bytes <= whole.Bytes
}
