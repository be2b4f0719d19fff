// Package engine runs procedures: it plans a step, checks its gates, asks for
// the confirmation that its risk demands, sends its actions one at a time with
// an intent in the journal before and an outcome after each, and proves the
// result by reading the world. It knows no driver, no screen and no server.
package engine

import (
	"context"
	"time"

	"pchatops/ops/status"
)

// Risk of a step decides how it is confirmed.
type Risk string

// The risks, and what they ask of the operator.
const (
	Read       Risk = "read"        // nothing
	Reversible Risk = "reversible"  // Enter on a dialog that opens on Cancel
	RoleChange Risk = "role-change" // type the name of the instance
	DataLoss   Risk = "data-loss"   // type the phrase that states the loss
)

// Outcome of an action or step.
type Outcome string

// The four outcomes, and None for what has not been run.
const (
	None    Outcome = ""
	Done    Outcome = "done"
	Failed  Outcome = "failed"
	Unknown Outcome = "unknown" // only Verify, or running again, resolves it
	Skipped Outcome = "skipped" // with a reason and a name
)

// Kind of an action: where its text goes.
type Kind string

// The kinds.
const (
	SQL        Kind = "sql"
	PowerShell Kind = "powershell"
	File       Kind = "file"
)

// Procedure is a list of steps with a name.
type Procedure struct {
	ID    string // "failover"
	Title string
	Key   string // the key of the console, "F"
	Steps []Step
	// Applies says whether the procedure fits the present state, and why (not).
	Applies func(*status.Snapshot) (bool, string)
	// Restored names the last step after which the service is back; a run that
	// reaches it and not the end is done but incomplete (exit code 6).
	Restored string
}

// Step is data plus two functions that read the world; running it is sending
// the actions of its plan.
type Step struct {
	ID     string // of shared procedure identifiers: "F3"
	Title  string
	Why    string // one or two sentences
	Source string // the document and step it comes from
	Risk   Risk
	// Touches lists the addresses of the nodes that are in transient states
	// while the step runs.
	Touches []string
	// Plan reads the world and returns what is still needed. It never writes.
	Plan func(ctx context.Context) (*Plan, error)
	// Verify proves the postcondition by reading the world. A proof that does
	// not hold is no error; an error means that the world could not be read.
	Verify func(ctx context.Context) (*Proof, error)
}

// Plan is what a step would do now.
type Plan struct {
	Actions []Action
	// More continues Actions where the rest is only known while running (F3
	// reads the headers of the next files while one is restored); nil: Actions
	// are all. It returns io.EOF at the end, and stops with an error where the
	// step must not go on. The engine calls it once an action is done.
	More func(ctx context.Context) (*Action, error)
	// Total is how many actions there will be, as far as known.
	Total int
	// Already says, with its evidence, why nothing is left to do. It is only
	// set when Actions is empty.
	Already string
	// Skip says why the step does not apply to this site ("no secondary mirror
	// is configured"); it is recorded as skipped.
	Skip  string
	Gates []Gate
	Notes []string // what the operator should know: set-aside files, mgccomp, jobs that are dropped
	// Confirm is what has to be typed; empty where the risk asks for no text.
	Confirm string
	// Loss is what will be lost, in a sentence, where anything is.
	Loss string
}

// Gate is a precondition with its evidence.
type Gate struct {
	Name  string `json:"name"`
	Holds bool   `json:"holds"`
	Seen  string `json:"seen"` // the value that was read
	Want  string `json:"want"`
	Do    string `json:"do,omitempty"` // what to do when it does not hold
	// Override is the phrase with which an operator may pass a gate that does
	// not hold; empty: nobody may.
	Override string `json:"override,omitempty"`
}

// Action is one thing sent to one server.
type Action struct {
	ID     string // stable within the step across plans: `restore mgc_20261121024500.trn`
	Kind   Kind
	Target string // `SQL11\RTC`
	Text   string // exactly what is sent, rendered for reading
	// Do sends it. A fault of class Lost or Timeout makes the outcome unknown.
	Do func(ctx context.Context, r Reporter) error `json:"-"`
	// Settle answers, after an unknown outcome of an earlier run, whether the
	// action took effect; nil: the step's Verify decides.
	Settle func(ctx context.Context) (bool, error) `json:"-"`
}

// Reporter takes the live signs of a running action. It never blocks.
type Reporter interface {
	Progress(Progress)
	Log(line string)
	// Observe records a fact for the proof: name and value.
	Observe(name, value string)
}

// Progress of an action.
type Progress struct {
	Percent float64 `json:"percent"` // 0..100; negative: not known
	Done    int64   `json:"done,omitempty"`
	Total   int64   `json:"total,omitempty"`
	Unit    string  `json:"unit,omitempty"` // "bytes", "files"
	Note    string  `json:"note,omitempty"`
}

// Proof is what a verification observed.
type Proof struct {
	Holds bool   `json:"holds"`
	Says  string `json:"says"` // one sentence
	Facts []Fact `json:"facts,omitempty"`
}

// Fact is one observation.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Confirmation is what the operator gave for a step.
type Confirmation struct {
	Accepted  bool              // Enter was pressed on the dialog (or the caller asked for the step by name)
	Typed     string            // the text typed
	Overrides map[string]string // gate name to the phrase typed
	By        string            // who
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
)
