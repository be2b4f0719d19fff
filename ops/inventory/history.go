package inventory

import (
	"strings"
	"time"

	"pchatops/ops/chain"
)

// History is the server's own history by file, in small letters.
type History map[string]restoring

// restoring is the last restore of a file of some name.
type restoring struct {
	held time.Time     // when it was, by the server's own clock; zero: it does not tell
	took time.Duration // how long the backup took, by its header
}

// Restored makes it.
func Restored(applied []chain.Header) History {
	h := History{}
	for _, a := range applied {
		name := strings.ToLower(chain.Base(a.File))
		if last, there := h[name]; !there || a.Held.After(last.held) {
			h[name] = restoring{a.Held, max(a.Finished.Sub(a.Started), 0)}
		}
	}
	return h
}

// Has reports whether a file of that name was restored.
func (h History) Has(name string) bool {
	_, there := h[strings.ToLower(name)]
	return there
}

// Knows reports whether a file was restored, and is that very one as far as its
// times tell: its last byte was written when the backup of that name ended, and not
// since it was restored. They may say that a file has to be looked at; that it need
// not, only the history says.
func (h History) Knows(f File) bool {
	last, there := h[strings.ToLower(f.Name)]
	at, stamped := chain.Stamp(f.Name)
	return there && stamped && f.Modified.Sub(at.Add(last.took)).Abs() < apart && (last.held.IsZero() || !f.Modified.After(last.held.Add(alike)))
}

// apart is how far the moment at which a file was written may be from the end of
// its backup, by two clocks. Another backup under its name is further off, at any
// interval that log shipping can be set to; one clock that is wrong has files read.
const apart = 30 * time.Second
