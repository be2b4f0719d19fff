package journal

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/user"
	"strings"
	"time"
	"unicode"

	"pchatops/ops/private"
)

// Holder is who drives a site.
type Holder struct {
	User  string    `json:"user"`
	Host  string    `json:"host"`
	PID   int       `json:"pid"`
	Since time.Time `json:"since"` // UTC
	// Procedure is what is driven; "" where the holder has not said.
	Procedure string `json:"procedure,omitempty"`
}

// Myself describes this process.
func Myself(now time.Time) Holder {
	h := Holder{User: "unknown", Host: "unknown", PID: os.Getpid(), Since: now.UTC()}
	if u, err := user.Current(); err == nil {
		h.User = u.Username
	}
	if name, err := os.Hostname(); err == nil {
		h.Host = name
	}
	return h
}

// HeldError says that somebody else drives the site.
type HeldError struct {
	Site   string
	Holder Holder // zero when the holder has not said
	Dir    string // of the journals whose locks are held
}

// Error names the holder, and the way out.
func (e *HeldError) Error() string { return e.Says() + " → " + e.Do() }

// Says names the holder.
func (e *HeldError) Says() string {
	if e.Holder == (Holder{}) {
		return "another console drives " + e.Site
	}
	what := e.Site
	if e.Holder.Procedure != "" {
		what += " (" + e.Holder.Procedure + ")"
	}
	return fmt.Sprintf("%s has been driving %s from %s (process %d) since %s",
		e.Holder.User, what, e.Holder.Host, e.Holder.PID, e.Holder.Since.Format(time.RFC3339))
}

// Do is the way out. A lock that is held is held by a process of this host, unless
// the folder is shared: then its server may hold it for a host that is gone. Who
// goes on with a copy of the folder has other locks; those of the SQL Servers keep
// him from driving beside a console that lives after all.
func (e *HeldError) Do() string {
	here := Myself(time.Time{}).Host
	if e.Holder.Host == here {
		return endIt
	}
	there := "the host that it runs on"
	if e.Holder.Host != "" {
		there = e.Holder.Host
	}
	return fmt.Sprintf("%s. This host is called %s: if it had another name then, end that process; if %s is gone for good, "+
		"copy %s to a folder of this host and name that with --state-dir: should that console live after all, it holds the locks of the SQL Servers, and this one ends as it does now",
		endIt, here, there, e.Dir)
}

const endIt = "a console here only watches; to drive, end that one first (q there, ctrl+c in a run: a step under way runs to its end)"

// String names the process: "alice, process 4711 on ops1".
func (h Holder) String() string {
	if h == (Holder{}) {
		return "somebody"
	}
	return fmt.Sprintf("%s, process %d on %s", h.User, h.PID, h.Host)
}

// writeHolder replaces the side file in one move, so that nobody reads half of it.
func writeHolder(path string, h Holder) error {
	raw, err := json.Marshal(h)
	if err != nil {
		return err
	}
	part := path + ".part"
	_ = os.Remove(part) // of a process that was killed over it
	if err := private.Write(part, append(raw, '\n')); err != nil {
		return err
	}
	return os.Rename(part, path)
}

// readHolder gives the zero Holder when there is none to read.
func readHolder(path string) Holder {
	f, err := private.Open(path, os.O_RDONLY)
	if err != nil {
		return Holder{}
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, 4096))
	if err != nil {
		return Holder{}
	}
	var h Holder
	if json.Unmarshal(raw, &h) != nil {
		return Holder{}
	}
	return h.printable()
}

// printable leaves out what could steer a terminal.
func (h Holder) printable() Holder {
	h.User, h.Host, h.Procedure = printable(h.User), printable(h.Host), printable(h.Procedure)
	return h
}

func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
}
