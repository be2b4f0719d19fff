package lease

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Process is a process, told from all others.
type Process struct {
	Machine [16]byte // a hash of what names its machine; zero: not known
	Boot    [8]byte  // of what names the time since that was started; zero: not known
	ID      uint32   // on that machine
	Start   uint64   // when it began, in the machine's own counting; zero: not known
	User    string   // whose it is
}

// Run names who asks for a lock: the incident, and the process that works on it.
// It is the CONTEXT_INFO of the lock's session, by which a console knows a
// session of its own that a cut connection has left behind.
type Run struct {
	incident, number [16]byte
	on               Process
}

// infoLength is how long CONTEXT_INFO may be.
const infoLength = 128

var runMark = []byte("pchatops\x02")

// NewRun names a process at work on an incident, by a word that no other has.
func NewRun(on Process, incident string) Run {
	r := Run{on: on}
	sum := sha256.Sum256([]byte(incident))
	copy(r.incident[:], sum[:])
	_, _ = rand.Read(r.number[:]) // never fails
	return r
}

// Info is the run as CONTEXT_INFO.
func (r Run) Info() []byte {
	b := bytes.Join([][]byte{runMark, r.incident[:], r.number[:], r.on.Machine[:], r.on.Boot[:]}, nil)
	b = binary.BigEndian.AppendUint32(b, r.on.ID)
	b = binary.BigEndian.AppendUint64(b, r.on.Start)
	name := []byte(r.on.User)
	return append(b, name[:min(len(name), infoLength-len(b))]...)
}

// RunOf reads a CONTEXT_INFO; false: no console's. What it says of its user is for
// people only.
func RunOf(info []byte) (r Run, ok bool) {
	rest, ok := bytes.CutPrefix(info, runMark)
	for _, part := range [][]byte{r.incident[:], r.number[:], r.on.Machine[:], r.on.Boot[:]} {
		if ok = ok && len(rest) >= len(part); ok {
			rest = rest[copy(part, rest):]
		}
	}
	if !ok || len(rest) < 12 {
		return Run{}, false
	}
	r.on.ID, r.on.Start = binary.BigEndian.Uint32(rest), binary.BigEndian.Uint64(rest[4:])
	r.on.User = strings.Map(func(c rune) rune {
		if c == utf8.RuneError || !unicode.IsPrint(c) {
			return -1
		}
		return c
	}, string(rest[12:]))
	return r, true
}

// User is whose the process is; "": it does not say.
func (r Run) User() string { return r.on.User }

// Owns reports whether the session of another run is one that this incident has
// left behind: this process has, or one of this host that is known to be gone. Who
// may still be there is somebody else, whatever incident it works on.
func (r Run) Owns(other Run, gone func(Process) bool) bool {
	return other.incident == r.incident && (other.number == r.number || gone != nil && gone(other.on))
}

// String names the process, for the tickets of Windows hosts.
func (r Run) String() string { return hex.EncodeToString(r.number[:]) }
