package inventory

import (
	"strings"

	"pchatops/ops/chain"
)

// bears reports whether a backup that is applied or there bears another name now
// than the one by which it is told of: F2 gave it one, as another file had its own;
// or somebody has. Only where nothing but a name is known a name may tell.
func (t *taking) bears(told Told) bool {
	log := t.log()
	for _, h := range log {
		if strings.EqualFold(unalias(chain.Base(h.File)), told.Name) && t.stands(told, h) {
			return true
		}
	}
	return begunAt(told.Name, log) != nil
}

// log are all log backups of this database that are applied or lie somewhere, under
// each of their names.
func (t *taking) log() []chain.Header {
	var log []chain.Header
	log = append(log, t.Applied...)
	for _, b := range t.all {
		if b.Header == nil || !b.Own || b.Kind == Foreign || b.Header.Type != 2 {
			continue
		}
		log = append(log, *b.Header)
		if b.Folder != nil && b.Share != nil && !strings.EqualFold(b.Share.Name, b.Folder.Name) {
			onShare := *b.Header
			onShare.File = b.Share.Name
			log = append(log, onShare)
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
