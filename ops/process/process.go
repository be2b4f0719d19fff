// Package process tells a process of this machine from every other one, also from
// a later one of the same number, and finds out whether it still is there.
package process

import (
	"crypto/sha256"
	"os"
	"os/user"
	"strings"
	"sync"

	"pchatops/ops/lease"
)

// Self is this process.
var Self = sync.OnceValue(func() lease.Process {
	p := lease.Process{ID: uint32(os.Getpid())} //nolint:gosec // no system has more
	if u, err := user.Current(); err == nil {
		p.User = u.Username
	}
	words, numbers, boot := machine()
	if words == nil {
		return p
	}
	sum := sha256.Sum256([]byte(strings.Join(words, "\x00")))
	copy(p.Machine[:named], sum[:])
	sum = sha256.Sum256([]byte(numbers))
	copy(p.Machine[named:], sum[:])
	if boot != "" {
		sum = sha256.Sum256([]byte(boot))
		copy(p.Boot[:], sum[:])
	}
	p.Start, _ = look(os.Getpid())
	return p
})

// named is how much of what names a machine is for its name; the rest is for those
// numbers of processes that count on it.
const named = 8

// presence is what is known of a number.
type presence uint8

const (
	unknown presence = iota
	absent           // no process has it
	present          // one has it
)

// Gone reports whether a process is known to have ended. One of another machine,
// or one that cannot be looked at, is not known to.
func Gone(p lease.Process) bool {
	me := Self()
	none := lease.Process{}
	same := p.Boot == me.Boot && p.Boot != none.Boot // nothing else was started then, whatever it is called now
	switch {
	case p.ID == 0, p.Start == 0, p.Machine == none.Machine, [8]byte(p.Machine[named:]) != [8]byte(me.Machine[named:]),
		p.Machine != me.Machine && !same:
		return false
	case p.Boot != me.Boot && p.Boot != none.Boot && me.Boot != none.Boot:
		return true // the machine was started anew since
	}
	began, there := look(int(p.ID))
	return there == absent || there == present && began != p.Start
}
