// Package journal is the append-only, fsynced, hash-chained record of an
// incident: one JSON object a line, each with the hash of the line before. It
// detects a torn last line and sets it aside, replays, tails, and holds the
// lock of the console that drives. It stands below the engine and knows
// nothing of steps or servers: what a line says is its writer's business.
package journal

import (
	"encoding/json"
	"time"
)

// Line is one record. Type tells what Data holds.
type Line struct {
	Seq  uint64          `json:"seq"`
	Time time.Time       `json:"time"` // UTC
	Type Type            `json:"type"`
	By   string          `json:"by,omitempty"`
	Data json.RawMessage `json:"data,omitempty"`
	Prev string          `json:"prev"` // hex SHA-256 of the line before, "" for the first
}

// Type of a line.
type Type string

// The types.
const (
	Open   Type = "open"   // incident begun: site, procedure, version
	Driver Type = "driver" // somebody drives from now on
	Plan   Type = "plan"   // plan as shown, gates, confirmation given
	Intent Type = "intent" // action about to be sent
	Action Type = "action" // outcome of an action
	Step   Type = "step"   // outcome of a step, with proof
	Note   Type = "note"   // operator's words
	Resume Type = "resume" // operator goes on with an old incident
	Seen   Type = "seen"   // something observed outside any step
	Skip   Type = "skip"   // step skipped: who, why
	Close  Type = "close"  // incident ended: summary
	Aside  Type = "aside"  // a torn last line was set aside: where, how many bytes
)

// Format is the format of the journals that this program writes. It reads it
// and those before; a journal that names none has format 1, in which neither
// the site's identity nor what was confirmed is on record.
const Format = 2

// Opening is the data of the open line, the first of every journal.
type Opening struct {
	Format    int    `json:"format,omitempty"`
	ID        string `json:"id"`
	Site      string `json:"site"`               // what it was called
	Identity  string `json:"identity,omitempty"` // what it is
	Procedure string `json:"procedure"`
	Version   string `json:"version,omitempty"` // of the program that began it
	Lab       bool   `json:"lab,omitempty"`
}

// Torn is the data of an aside line.
type Torn struct {
	File  string `json:"file"` // name of the file beside the journal that holds the torn bytes
	Bytes int64  `json:"bytes"`
}
