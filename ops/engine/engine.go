// Package engine runs procedures: it plans a step, checks its gates, asks for
// the confirmation that its risk demands, sends its actions one at a time with
// an intent in the journal before and an outcome after each, and proves the
// result by reading the world. It knows no driver, no screen and no server.
package engine

// Risk of a step decides how it is confirmed.
type Risk string

// The risks, and what they ask of the operator.
const (
	Read       Risk = "read"        // nothing
	Reversible Risk = "reversible"  // Enter on a dialog that opens on Cancel
	RoleChange Risk = "role-change" // type the name of instance and site
	DataLoss   Risk = "data-loss"   // the same; a loss has a phrase of its own
)

// Outcome of an action or step.
type Outcome string

// The four outcomes, None for what has not been run, and Undone.
const (
	None    Outcome = ""
	Done    Outcome = "done"
	Failed  Outcome = "failed"
	Unknown Outcome = "unknown" // only Verify, or running again, resolves it
	Skipped Outcome = "skipped" // with a reason and a name
	// Undone is how a step reads that is done on record and that the servers
	// contradict. It is never recorded.
	Undone Outcome = "undone"
)

// Kind of an action: where its text goes.
type Kind string

// The kinds.
const (
	SQL        Kind = "sql"
	PowerShell Kind = "powershell"
	File       Kind = "file"
)
