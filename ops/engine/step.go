package engine

import (
	"context"
	"errors"
	"time"

	"pchatops/ops/status"
)

// Procedure is a list of steps with a name.
type Procedure struct {
	ID    string // "failover"
	Title string
	Key   string // the key of the console, "F"
	Steps []Step
	// Watch is how often steps are looked at anew that people do elsewhere, so
	// that they turn done by themselves; 0: nobody does any elsewhere.
	Watch time.Duration
	// Service is what the procedure brings back to people; nil: nothing that
	// could be seen.
	Service *Service
	// Rivals tells who serves the database beside the server that the procedure has
	// brought up, and who may; nil: nobody can.
	Rivals func(ctx context.Context) ([]Rival, []Unread)
	// Tell adds to why a run ends between two steps what the servers told last that
	// bears on it; nil: nothing does.
	Tell func(error) error
	// Applies says whether the procedure fits the present state, and why (not).
	Applies func(*status.Snapshot) (bool, string)
}

// Step is data plus two functions that read the world; running it is sending
// the actions of its plan.
type Step struct {
	ID     string // of shared procedure identifiers: "F3"
	Title  string
	Why    string // one or two sentences
	Source string // the document and step it comes from
	Risk   Risk
	// Deferrable: the service is back without this step, so that it does
	// not hold up the steps behind it; a run that leaves it open is done but
	// incomplete (exit code 6).
	Deferrable bool
	// After names the last step that this one needs, where it needs less than
	// all those before it in the list; "": it needs all.
	After string
	// WayBack: the step leads out of a half-finished procedure, so that nothing
	// that became of the steps before it keeps it from being run.
	WayBack bool
	// Undoes names the steps that are to be done again once this one is done: they are
	// not so any more, and nobody else has undone them.
	Undoes []string
	// Fleeting: what it did does not last and need not, because the steps behind
	// it see to it themselves; so that it is not undone when it is not so later.
	Fleeting bool
	// Rescues: what it leaves undone is lost once a step behind it has been done. It
	// is skipped for as long as there is nothing that it can do.
	Rescues bool
	// Alone: it starts on a host what must not be begun a second time, or beside
	// what another console has asked for. It is planned once no host can begin that
	// any more.
	Alone bool
	// Trial: its actions only try something out and leave nothing behind, so
	// that a script to be run later has no use for them.
	Trial bool
	// Touches lists the addresses of the nodes that are in transient states
	// while the step runs.
	Touches []string
	// Plan reads the world and returns what is still needed. It never writes.
	Plan func(ctx context.Context) (*Plan, error)
	// Verify proves the postcondition by reading the world. A proof that does
	// not hold is no error; an error means that the world could not be read. A proof
	// beside an error says what the operator has to decide about that.
	Verify func(ctx context.Context) (*Proof, error)
}

// Plan is what a step would do now.
type Plan struct {
	Actions []Action
	// Before is what a script that is run by hand does first, and the steps before
	// this one do at the console once they have changed the world.
	Before []Action
	// More continues Actions where the rest is only known while running (F3
	// reads the headers of the next files while one is restored); nil: Actions
	// are all. It returns io.EOF (or no action) at the end, and stops with an error where the
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
	// Later are lines for whoever carries the step out without the console: what to
	// look at afterwards, and how it is mended. They stand in an exported script as
	// comments, and on no screen.
	Later []string
	Notes []string // what the operator should know: set-aside files, mgccomp, jobs that are dropped
	// Confirm is what has to be typed where the risk asks for a text. It names
	// site and target, and never changes with circumstances: what would be lost
	// and what stands in the way have gates with phrases of their own.
	Confirm string
	// Loss is what will be lost, in a sentence, where anything is.
	Loss string
	// Sets is what the actions set, where that is the operator's choice.
	Sets string
	// Recovers tells which database, as far as it has come, is recovered; "": none
	// is. All chat beyond that is lost.
	Recovers string
	// Most is how much chat that is at most, where Recovers is set; 0: nobody knows.
	Most time.Duration
	// Lost are the things that would be lost or dropped, by names that stay the
	// same from plan to plan: `mgc_20261121024500.trn`, `mgc on SQL12\RTC, ONLINE`.
	Lost []string
	// Facts are what was seen while planning and is to be remembered in this
	// incident, whether the plan is carried out or refused.
	Facts []Fact
}

// Empty reports whether there is nothing to send.
func (p *Plan) Empty() bool { return len(p.Actions) == 0 && p.More == nil }

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
	// Hand is Text as a batch of a script that is run without the console; "": Text.
	Hand string `json:"-"`
	// Trial: it only tries something out and leaves nothing behind, so no script
	// needs it.
	Trial bool `json:"-"`
	// Do sends it. A fault of class Lost or Timeout makes the outcome unknown.
	Do func(ctx context.Context, r Reporter) error `json:"-"`
	// Await waits for what comes of it by itself once it is carried out; nil: nothing
	// does. Its context is one for Watching.
	Await func(ctx context.Context, r Reporter) error `json:"-"`
	// Settle answers, after an unknown outcome of an earlier run, whether the
	// action took effect; nil: the step's Verify decides. An error that is
	// ErrUnderway says that it is still being carried out: sending it again
	// follows it.
	Settle func(ctx context.Context) (bool, error) `json:"-"`
}

// ErrUnderway is what Settle answers of an action whose end is still to come.
var ErrUnderway = errors.New("it is still under way")
