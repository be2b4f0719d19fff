// Package actions is the one table of what keys do. Key handling, the footer,
// the help and the key sheet (docs/keys.md) are all read from it, and a test
// finds keys that would mean two things at once. It imports nothing of the
// screen: whoever handles a key looks the action up by its identifier.
package actions

// ID names an action.
type ID string

// Scope is where an action's keys are listened to.
type Scope string

// The scopes. Keys of Everywhere work in all of them, also above a dialog.
const (
	Everywhere Scope = "everywhere"
	Home       Scope = "main screen"
	Page       Scope = "log, findings and full screen"
	List       Scope = "lists"
	Filter     Scope = "filter and search"
	Choice     Scope = "dialog with buttons"
	Typing     Scope = "dialog with a text"
)

// Scopes lists them in the order in which help and key sheet show them.
func Scopes() []Scope { return []Scope{Home, Everywhere, Page, List, Filter, Choice, Typing} }

// Action is one row of the table.
type Action struct {
	ID    ID
	Scope Scope
	Keys  []string // as the terminal library names key presses
	Title string   // one or two words, for the footer
	Help  string   // a sentence, for the help and the key sheet
	// Mutating actions lead to a change of the site or of its record. They
	// never sit on a control or navigation key; Enter only opens a dialog.
	Mutating bool
	// Enabled says whether the action can be used now, and why not; nil: always.
	Enabled func(Facts) (ok bool, why string)
}

// Facts are what decides whether an action can be used.
type Facts struct {
	Observer string // why this console only observes; "" when it drives
	Running  string // the step under way, "" when none
	Apart    bool   // its work goes on by itself
	Asked    bool   // a step was asked for just now, and may be under way already
	Step     string // the selected step, "" when there is none yet
	Blocked  string // why the selected step cannot be run now
	Finished bool   // the selected step is done
	Old      bool   // whether to go on with an old incident is not decided
	Frozen   string // since when the screen stands still, "" when it does not
	Kept     bool   // no shell could resume this console, so it cannot be suspended
	Manifold bool   // the dialog on top has not just one button that goes ahead
}

// Usable says whether an action can be used now, and why not.
func (a Action) Usable(f Facts) (ok bool, why string) {
	if a.Enabled == nil {
		return true, ""
	}
	return a.Enabled(f)
}

func drives(f Facts) (bool, string) {
	if f.Observer != "" {
		return false, "this console only observes: " + f.Observer
	}
	return true, ""
}

// thawed demands a screen that shows what is: nobody acts on an old picture.
func thawed(f Facts) (bool, string) {
	if f.Frozen != "" {
		return false, "the screen is frozen since " + f.Frozen
	}
	return true, ""
}

// suspendable demands that no step runs: the process would stop with the console.
func suspendable(f Facts) (bool, string) {
	switch {
	case f.Running != "":
		return false, f.Running + " is running and would be stopped with the console"
	case f.Asked:
		return false, "a step begins, and would be stopped with the console"
	case f.Kept:
		return false, "no shell with job control started this console, so nothing could resume it"
	}
	return true, ""
}

// concludable demands a driver, a live screen and that no step runs.
func concludable(f Facts) (bool, string) {
	if ok, why := drives(f); !ok {
		return false, why
	}
	if ok, why := thawed(f); !ok {
		return false, why
	}
	if f.Running != "" {
		return false, f.Running + " is running"
	}
	return true, ""
}

func undecided(f Facts) (bool, string) {
	if ok, why := concludable(f); !ok {
		return false, why
	}
	if !f.Old {
		return false, "nothing is asked about this incident"
	}
	return true, ""
}

// still demands a driver, a live screen, a selected step and that no step runs.
func still(f Facts) (bool, string) {
	if ok, why := drives(f); !ok {
		return false, why
	}
	if ok, why := thawed(f); !ok {
		return false, why
	}
	if f.Step == "" {
		return false, "no step is selected"
	}
	if f.Running != "" {
		return false, f.Running + " is running"
	}
	return true, ""
}

// readable allows what only reads: an observer may plan, too.
func readable(f Facts) (bool, string) {
	if ok, why := thawed(f); !ok {
		return false, why
	}
	switch {
	case f.Step == "":
		return false, "no step is selected"
	case f.Running == f.Step:
		return false, f.Running + " is running"
	}
	return true, ""
}

// single demands that it is plain which button goes ahead.
func single(f Facts) (bool, string) { return !f.Manifold, "no button is the one that goes ahead" }

// selected demands a step to look at.
func selected(f Facts) (bool, string) { return f.Step != "", "no step is selected" }

// runnable demands what still does, but for a running step whose work goes on by
// itself.
func runnable(f Facts) (bool, string) {
	if f.Apart && f.Running != f.Step {
		f.Running = ""
	}
	if ok, why := still(f); !ok {
		return false, why
	}
	return f.Blocked == "", f.Blocked
}

func skippable(f Facts) (bool, string) {
	if ok, why := still(f); !ok {
		return false, why
	}
	if f.Finished {
		return false, f.Step + " is done"
	}
	return true, ""
}
