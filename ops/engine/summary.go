package engine

import (
	"slices"

	"pchatops/ops/fault"
)

// Ending is how a run of a whole procedure ended.
type Ending string

// The endings; exit codes follow from them.
const (
	EndDone    Ending = "done"
	EndFailed  Ending = "failed"
	EndUnknown Ending = "unknown"
	EndRefused Ending = "refused" // a gate or a missing confirmation stopped it
	// EndIncomplete: the service is restored, and later steps are open, known
	// backups were left behind, a place that may hold some was not read, or another
	// server serves the database, too.
	EndIncomplete Ending = "incomplete"
	EndClosed     Ending = "closed" // by a person, as it stood
)

// RecoveredTo is the name of the fact that says up to when chat was recovered.
const RecoveredTo = "recovered_to"

// Summary is the data of the close line, and the summary line that run and
// rehearse --json print.
type Summary struct {
	Type        string          `json:"type"` // "summary"
	Procedure   string          `json:"procedure"`
	Outcome     Ending          `json:"outcome"`
	Seconds     float64         `json:"seconds"`
	Steps       map[Outcome]int `json:"steps"`
	Stopped     string          `json:"stopped,omitempty"` // step at which it ended early
	Changed     *bool           `json:"changed,omitempty"` // whether that step had changed anything
	Error       *fault.Error    `json:"error,omitempty"`
	Reason      string          `json:"reason,omitempty"`       // for which it was closed
	JournalHead string          `json:"journal_head,omitempty"` // hash of the last line of the record
	RecoveredTo string          `json:"recovered_to,omitempty"`
	LeftBehind  []Left          `json:"left_behind,omitempty"`
	Unread      []Unread        `json:"unread,omitempty"`
	Rivals      []Rival         `json:"rivals,omitempty"` // as the servers told last
	// ChatBack is how long it took, from the start of the incident, until a chat server was seen
	// in the live database; nil: none was.
	ChatBack *float64 `json:"chat_back_seconds,omitempty"`
	Lab      any      `json:"lab,omitempty"` // only on the lab
}

// Take adds what the proof of a step says was left. A run that is done and left
// something behind is incomplete.
func (s *Summary) Take(p *Proof) {
	if p == nil {
		return
	}
	p = bounded(p)
	for _, r := range p.Rivals {
		if !slices.ContainsFunc(s.Rivals, func(o Rival) bool { return o.Place == r.Place }) {
			s.Rivals = append(s.Rivals, r)
		}
	}
	for _, l := range p.LeftBehind {
		if !slices.ContainsFunc(s.LeftBehind, func(o Left) bool { return o.File == l.File }) {
			s.LeftBehind = append(s.LeftBehind, l)
		}
	}
	for _, u := range p.Unread {
		if !slices.ContainsFunc(s.Unread, func(o Unread) bool { return o.Place == u.Place }) {
			s.Unread = append(s.Unread, u)
		}
	}
	s.LeftBehind, s.Unread = some(s.LeftBehind, othersLeft), some(s.Unread, othersUnread)
	if s.Outcome == EndDone && len(s.LeftBehind)+len(s.Unread) > 0 {
		s.Outcome = EndIncomplete
	}
}

// Contested makes a summary incomplete beside whose database another one lives.
func (s *Summary) Contested() {
	if s.Outcome == EndDone && len(s.Rivals) > 0 {
		s.Outcome = EndIncomplete
	}
}
