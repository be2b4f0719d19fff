package inventory

import (
	"strings"
	"time"

	"pchatops/ops/chain"
)

// History is the server's own history by file: when it last restored one of that
// name, by its own clock; zero: it does not tell.
type History map[string]time.Time

// Restored makes it.
func Restored(applied []chain.Header) History {
	h := History{}
	for _, a := range applied {
		name := strings.ToLower(chain.Base(a.File))
		if last, there := h[name]; !there || a.Held.After(last) {
			h[name] = a.Held
		}
	}
	return h
}

// Has reports whether a file of that name was restored.
func (h History) Has(name string) bool {
	_, there := h[strings.ToLower(name)]
	return there
}

// Knows reports whether a file was restored, and not written anew since, as far
// as its times tell: a clock that was put back gives its names twice. They may say
// that a file has to be looked at; that it need not, only the history says.
func (h History) Knows(f File) bool {
	held, there := h[strings.ToLower(f.Name)]
	at, stamped := chain.Stamp(f.Name)
	return there && stamped && f.Modified.Sub(at).Abs() < apart && (held.IsZero() || !f.Modified.After(held.Add(alike)))
}

// apart is how far the time in a file's name may be from that at which it was
// written.
const apart = time.Hour
