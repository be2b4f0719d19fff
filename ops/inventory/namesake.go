package inventory

import (
	"strings"

	"pchatops/ops/chain"
)

// misnamed reports whether a backup that lies, or was restored, under a name which
// log shipping itself has named is not the one that the name was given to, and
// under which name it is known besides; "": under none. What another lies over is
// nowhere any more. Who bears the name in its own right the moment tells at which the
// backup was begun; where that does not, a name that was given stands for a backup of
// its own.
func (t *taking) misnamed(name string, h chain.Header) (besides string, yes bool) {
	at, stamped := chain.Stamp(name)
	if !stamped || h.SetGUID == "" {
		return "", false
	}
	if h.Type != 2 { // log shipping names none but log backups
		return "", true
	}
	log := t.log()
	zone, known := zoneOf(log, h.Server)
	off := h.Started.Sub(at)
	if known && (off-zone).Abs() < prompt {
		return "", false
	}
	own := false // by its moment, but for a time zone that nobody knows
	if !known {
		own = (off - off.Round(zoneStep)).Abs() < prompt
	}
	for _, o := range log {
		other := unalias(chain.Base(o.File))
		when, stamped := chain.Stamp(other)
		if !o.Same(h) || !stamped || when.Equal(at) {
			continue
		}
		off := h.Started.Sub(when)
		if !own || (off-off.Round(zoneStep)).Abs() < prompt {
			return other, true
		}
	}
	// Log shipping names a file before it begins the backup, and a change of the
	// clocks by whole hours explains the other.
	ahead := off - zone
	return "", known && !h.Started.IsZero() && ahead <= -prompt && (ahead-ahead.Round(zoneStep)).Abs() >= prompt
}

// stands reports whether a backup that bears a name is the one that somebody tells of
// by it.
func (t *taking) stands(told Told, h chain.Header) bool {
	_, not := t.misnamed(told.Name, h)
	return told.Met || !not
}

// usurped says of a name that is told of that its file holds the backup of another;
// "": it does not.
func (t *taking) usurped(told Told) string {
	if told.Met {
		return ""
	}
	for _, h := range t.log() {
		if !strings.EqualFold(unalias(chain.Base(h.File)), told.Name) {
			continue
		}
		switch besides, not := t.misnamed(told.Name, h); {
		case not && besides != "":
			return "holds the same backup as " + besides
		case not:
			return "holds another backup"
		}
	}
	for _, b := range t.all {
		if strings.EqualFold(b.Name, told.Name) && b.Header != nil && t.noLog(*b.Header) != "" {
			return "holds " + t.noLog(*b.Header)
		}
	}
	return ""
}

// noLog says of a backup that it is none of the log of this database; "": it is.
func (t *taking) noLog(h chain.Header) string {
	switch {
	case !strings.EqualFold(h.Database, t.Database):
		return "a backup of " + h.Database
	case h.Type != 2:
		return "a backup that is none of the log"
	}
	return ""
}
