// Package fault is the one error shape of everything that talks to a server:
// what was tried, on which server, what the server answered (number and text)
// and what the engineer should do now. Drivers make faults; the engine decides
// from the class whether an action failed or its outcome is unknown.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Class says what kind of trouble a server or the way to it has.
type Class string

// The classes. Docs list each with its meaning and remedy (docs/errors.md).
const (
	Unreachable  Class = "unreachable"   // no connection: refused, no route, name not found, TLS impossible
	Timeout      Class = "timeout"       // connected, but no answer in time; the request was a read
	Lost         Class = "lost"          // the connection ended while something that changes the world was under way
	Login        Class = "login"         // user or password refused; never retried (lockout)
	Permission   Class = "permission"    // logged in, but a right is missing
	Certificate  Class = "certificate"   // the server's certificate is expired, foreign or unreadable
	NotFound     Class = "not-found"     // database, file, job, procedure or object does not exist
	InUse        Class = "in-use"        // the database or file is held by somebody
	ChainGap     Class = "chain-gap"     // a log backup begins after the redo position
	TooOld       Class = "too-old"       // a log backup ends before the redo position
	WrongFork    Class = "wrong-fork"    // a backup of another recovery path or another database
	Media        Class = "media"         // a backup file is damaged, incomplete or not a backup
	Access       Class = "access"        // the server's service account may not read or write a file or share
	Disk         Class = "disk"          // no space left
	State        Class = "state"         // the object exists, but its state forbids the action
	NotSecondary Class = "not-secondary" // the database is no log shipping secondary
	Busy         Class = "busy"          // transient: in transition, lock time-out, deadlock
	Agent        Class = "agent"         // SQL Server Agent is stopped or refuses the job
	Mirroring    Class = "mirroring"     // database mirroring refuses
	Linked       Class = "linked"        // another server, which this one connects to by itself, does not answer it or refuses it
	Refused      Class = "refused"       // the console itself declined (gate, lease, validation)
	Config       Class = "config"        // the site file or a credential reference is wrong
	Cmdlet       Class = "cmdlet"        // a Management Shell cmdlet reported an error
	Other        Class = "other"         // anything without a better name
)

// Error is one classified trouble. Its text reads as a sentence for the engineer.
type Error struct {
	Class  Class  `json:"class"`
	Tried  string `json:"tried"`            // what was being done, in the field's words: "restore mgc_20261121024500.trn"
	Target string `json:"target,omitempty"` // the server as the operator knows it: `SQL11\RTC`
	Number int32  `json:"number,omitempty"` // SQL Server error number, Win32 code or WS-Man fault code; 0 when there is none
	Text   string `json:"text,omitempty"`   // the server's own words, unaltered (draw it only after cleaning)
	Do     string `json:"do,omitempty"`     // what to do now
	Reach  Reach  `json:"reach,omitempty"`  // how far the attempt to ask came, where that is known
	Cause  error  `json:"-"`
}

// Error gives "tried, on target: number text. Do".
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Tried)
	if e.Target != "" {
		b.WriteString(" on " + e.Target)
	}
	fmt.Fprintf(&b, ": %s", e.Class)
	if e.Number != 0 {
		fmt.Fprintf(&b, " %d", e.Number)
	}
	if e.Text != "" {
		b.WriteString(": " + e.Text)
	}
	switch {
	case e.Do == "":
	case strings.Contains(e.Text, "\n"):
		b.WriteString("\n→ " + e.Do)
	default:
		b.WriteString(" → " + e.Do)
	}
	return b.String()
}

// Unwrap gives the driver's error.
func (e *Error) Unwrap() error { return e.Cause }

// ClassOf gives the class of an error: Other for an error that is no fault.
func ClassOf(err error) Class {
	var f *Error
	if errors.As(err, &f) {
		return f.Class
	}
	return Other
}

// Is reports whether err is a fault of class c.
func Is(err error, c Class) bool {
	var f *Error
	return errors.As(err, &f) && f.Class == c
}
