package chain

import (
	"strings"
	"time"
)

// Stamp reads the time in the name of a log shipping backup,
// `mgc_20261121024500.trn`, as UTC. It serves for showing and for the order of
// reading; which backup is applied next is decided by its header.
func Stamp(file string) (time.Time, bool) {
	name := Base(file)
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		name = name[:dot]
	}
	if i := strings.LastIndexByte(name, '_'); i >= 0 {
		name = name[i+1:]
	}
	const layout = "20060102150405"
	if len(name) != len(layout) {
		return time.Time{}, false
	}
	t, err := time.Parse(layout, name)
	return t, err == nil
}

// Before reports whether backup a was taken before backup b, by their names. A
// name that tells no time counts as older than any that does.
func Before(a, b string) bool {
	ta, oka := Stamp(a)
	tb, okb := Stamp(b)
	return !oka || okb && ta.Before(tb)
}
