// Package journal is the append-only, fsynced, hash-chained record of an
// incident: one JSON object a line, each with the hash of the line before. It
// detects a torn last line and sets it aside, replays, tails, and holds the
// lock of the console that drives.
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
	Skip   Type = "skip"   // step skipped: who, why
	Close  Type = "close"  // incident ended: summary
	Aside  Type = "aside"  // a torn last line was set aside: where, how many bytes
)
