// Package incident is the live incident: one goroutine owns its state, takes
// commands from the driver and hands every viewer a mailbox. The screen, the
// plain commands and (later) the SSH server all look at it through State.
package incident

import (
	"time"

	"pchatops/ops/await"
	"pchatops/ops/engine"
	"pchatops/ops/status"
)

// State is the whole incident as a viewer sees it. It is immutable: every
// change makes a new one with a higher Seq.
type State struct {
	Seq       uint64
	Site      string // name of the site
	Danger    string // danger level of the site file
	Procedure string // id
	Title     string
	Steps     []StepState
	Snapshot  *status.Snapshot // nil before the first poll
	Findings  []status.Finding // most severe first
	Known     []status.Finding // those of them that were there before any server was asked
	Exposure  status.Exposure
	Running   string            // id of the step under way, "" when none
	Apart     bool              // its work goes on by itself, so that another step can be run meanwhile
	Busy      map[string]string // address of a node that the running step touches, to that step's id
	ChatBack  *time.Duration    // after Started, when people were first seen to have the service back; nil: not seen
	Started   time.Time         // first action of the incident; zero before
	Ended     time.Time
	Driver    string      // who drives
	ReadOnly  string      // why this console only observes; "" when it drives
	Waiting   *await.Wait // what has been waited for for long; nil: nothing
	Retaking  *Retaking   // the right to drive is lost for the moment; nil: it is not
	Lab       bool
	Old       *Old    // the operator has to say whether to go on with it; nil: nothing is asked
	Notes     []Entry // operator's notes and journal lines worth reading, newest last, bounded
}

// Entry is one line of the incident's log.
type Entry struct {
	Time time.Time
	Step string
	Kind string // "note", "step", "action", "error", "journal"
	Text string
}

// StepState is one step as it stands.
type StepState struct {
	ID, Title, Why, Source string
	Risk                   engine.Risk
	Outcome                engine.Outcome
	Already                bool
	Running                bool
	Blocked                string // why it cannot be run now; "" when it can
	Plan                   *engine.Plan
	PlanAt                 time.Time
	PlanErr                error
	Actions                []ActionState // of the last run, oldest first, bounded; Sent counts all
	Sent                   int
	Total                  int
	Progress               *engine.Progress
	Output                 []string // live output of the last run, bounded
	Proof                  *engine.Proof
	Unproved               error // why it could not be read, the last time, whether it still is as it is on record; nil: it could
	Err                    error
	Changed                *engine.Changed // the last run sent nothing, because Plan is not what was confirmed
	Left                   *Left           // what the last run has left to decide; nil: nothing
	Reason                 string          // of a skip
	Started                time.Time
	Took                   time.Duration
}

// Left is what a run of a step that has done what it could has left to decide: a
// plan made anew asks about it.
type Left struct{ Why string }

// ActionState is one action of a step's last run.
type ActionState struct {
	ID, Target, Text string
	Kind             engine.Kind
	Outcome          engine.Outcome
	Percent          float64 // of the running one; negative: not known
	Started          time.Time
	Took             time.Duration
	Err              error
}

// Driver is what a console may do. Every method returns at once; what comes of
// it arrives as a new State. Refusals come back as errors.
type Driver interface {
	Plan(step string) error
	Run(step string, c engine.Confirmation) error
	Verify(step string) error
	Skip(step, reason string) error
	Note(text string) error
	Resume() error                // go on with an old incident
	Conclude(reason string) error // end the incident as it stands
	Poll() error                  // poll every node now
}

// Viewer gives a mailbox per screen.
type Viewer interface {
	Subscribe() *Mailbox
}
