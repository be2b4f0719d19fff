package engine

import "time"

// Confirmation is what the operator gave for a step.
type Confirmation struct {
	Accepted  bool              // Enter was pressed on the dialog (or the caller asked for the step by name)
	Typed     string            // the text typed
	Overrides map[string]string // gate name to the phrase typed
	By        string            // who
	Digest    string            // what was given in place of the texts; "": nothing was
	// Shown is what the operator saw; nil: the very plan that the asker was given.
	Shown *Shown
}

// Asker gives the operator's confirmation of a plan that is about to be sent;
// false: the operator declined. It is asked once a run, with the fresh plan.
type Asker func(Step, *Plan) (Confirmation, bool)

// Given answers with what an operator confirmed of the plan that he saw. A
// confirmation of nothing that was seen confirms nothing.
func Given(c Confirmation) Asker {
	return func(Step, *Plan) (Confirmation, bool) { return c, c.Shown != nil }
}

// Event is one thing that happened during a run, in order.
type Event struct {
	Time     time.Time
	Type     EventType
	Step     string
	Action   *Action // for action events
	Outcome  Outcome
	Already  bool
	Plan     *Plan
	Proof    *Proof
	Progress *Progress
	Line     string // for log events
	Err      error
	Took     time.Duration
	Changed  bool // a failed step had changed something
	Actions  int  // actions sent by the step
	// Record is what the journal keeps of the outcome of an action or step (an
	// ActionRecord or StepRecord): as JSON, the line that --json prints.
	Record any
}

// EventType names an event.
type EventType string

// The events of a run.
const (
	EventPlanned  EventType = "planned"
	EventStarted  EventType = "started"  // step begins to send
	EventIntent   EventType = "intent"   // action about to be sent
	EventProgress EventType = "progress" // of the running action
	EventLog      EventType = "log"      // live output
	EventAction   EventType = "action"   // action has an outcome
	EventStep     EventType = "step"     // step has an outcome
	EventRight    EventType = "right"    // the right to drive is lost for the moment, or held again
)
