package engine

import "pchatops/ops/fault"

// Ending is how a run of a whole procedure ended.
type Ending string

// The endings; exit codes follow from them.
const (
	EndDone       Ending = "done"
	EndFailed     Ending = "failed"
	EndUnknown    Ending = "unknown"
	EndRefused    Ending = "refused"    // a gate or a missing confirmation stopped it
	EndIncomplete Ending = "incomplete" // the service is restored, later steps are open
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
	RecoveredTo string          `json:"recovered_to,omitempty"`
	Lab         any             `json:"lab,omitempty"` // only on the lab
}
