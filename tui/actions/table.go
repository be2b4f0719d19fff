package actions

import "slices"

// The actions.
const (
	Run        ID = "run"
	Plan       ID = "plan"
	Verify     ID = "verify"
	Skip       ID = "skip"
	Note       ID = "note"
	End        ID = "close-incident"
	Decide     ID = "old-incident"
	Poll       ID = "poll"
	Log        ID = "log"
	Findings   ID = "findings"
	Full       ID = "full-screen"
	Procedures ID = "procedures"
	Palette    ID = "palette"
	Theme      ID = "theme"
	Freeze     ID = "freeze"
	Help       ID = "help"
	Quit       ID = "quit"

	Search        ID = "search"
	NextMatch     ID = "next-match"
	PreviousMatch ID = "previous-match"
	Only          ID = "filter"
	Follow        ID = "follow"
	Copy          ID = "copy"

	Next     ID = "next"
	Previous ID = "previous"
	Up       ID = "up"
	Down     ID = "down"
	Top      ID = "top"
	Bottom   ID = "bottom"
	PageUp   ID = "page-up"
	PageDown ID = "page-down"

	Close     ID = "close"
	Accept    ID = "accept"
	Yes       ID = "yes"
	Cancel    ID = "cancel"
	Repaint   ID = "repaint"
	Suspend   ID = "suspend"
	Interrupt ID = "interrupt"
)

// Table is every action, in the order in which help and footer show them.
func Table() []Action {
	return slices.Concat(home(), views(), move(), pages(), lists(), dialogs(), everywhere())
}

func home() []Action {
	return []Action{
		{
			ID: Run, Scope: Home, Keys: []string{"enter"}, Title: "run", Mutating: true, Enabled: runnable,
			Help: "Plan the selected step and run it. Anything that changes a server shows its plan and asks first.",
		},
		{ID: Next, Scope: Home, Keys: []string{"tab"}, Title: "panel", Help: "Give the keys to the next panel."},
		{ID: Down, Scope: Home, Keys: []string{"down", "j"}, Title: "next", Help: "The next step, or a line down in the panel that has the keys."},
		{ID: Up, Scope: Home, Keys: []string{"up", "k"}, Title: "previous", Help: "The step before, or a line up."},
		{
			ID: Plan, Scope: Home, Keys: []string{"p"}, Title: "plan", Enabled: readable,
			Help: "Read the servers and plan the selected step again. Changes nothing.",
		},
		{
			ID: Verify, Scope: Home, Keys: []string{"v"}, Title: "verify", Enabled: still,
			Help: "Prove the selected step by reading the servers. The way out of an unknown outcome.",
		},
		{
			ID: Skip, Scope: Home, Keys: []string{"s"}, Title: "skip", Mutating: true, Enabled: skippable,
			Help: "Leave the selected step out; asks for the reason and records it.",
		},
		{
			ID: Note, Scope: Home, Keys: []string{"n"}, Title: "note", Mutating: true, Enabled: drives,
			Help: "Write a note into the record of the incident.",
		},
		{ID: Log, Scope: Home, Keys: []string{"l"}, Title: "log", Help: "Show the record of the incident."},
		{
			ID: Findings, Scope: Home, Keys: []string{"d"}, Title: "findings",
			Help: "Show what is wrong with the site: evidence and remedy of each finding.",
		},
		{ID: Poll, Scope: Home, Keys: []string{"r"}, Title: "poll", Enabled: thawed, Help: "Ask every node for its state now."},
		{
			ID: Help, Scope: Home, Keys: []string{"?", "f1"}, Title: "help",
			Help: "Show every key, and why one cannot be used now; Enter does what the marked one does.",
		},
		{
			ID: Quit, Scope: Home, Keys: []string{"q"}, Title: "quit",
			Help: "Close the console. Asks while a step runs; the step then runs to its end.",
		},
	}
}

// views change what is looked at, and nothing else.
func views() []Action {
	return []Action{
		{ID: Palette, Scope: Home, Keys: []string{":"}, Title: "palette", Help: "Find an action by letters of its name and do it."},
		{ID: Full, Scope: Home, Keys: []string{"f"}, Title: "full screen", Enabled: selected, Help: "Show the selected step on the whole screen."},
		{
			ID: Search, Scope: Home, Keys: []string{"/"}, Title: "search", Enabled: selected,
			Help: "Search in the selected step, on the whole screen.",
		},
		{
			ID: Copy, Scope: Home, Keys: []string{"y"}, Title: "copy", Enabled: selected,
			Help: "Hand the text of the selected step to the terminal's clipboard (OSC 52). The terminal may refuse it.",
		},
		{
			ID: Procedures, Scope: Home, Keys: []string{"P"}, Title: "procedures",
			Help: "List the procedures, and say for each whether it applies to the site as it is. Enter opens one.",
		},
		{ID: Theme, Scope: Home, Keys: []string{"t"}, Title: "theme", Help: "Choose the colours; each shows itself while it is marked."},
		{
			ID: End, Scope: Home, Keys: []string{"X"}, Title: "close incident", Mutating: true, Enabled: concludable,
			Help: "Close the incident as it stands; asks for the reason and records it. The console then begins a new one.",
		},
		{
			ID: Decide, Scope: Home, Keys: []string{"O"}, Title: "old incident", Enabled: undecided,
			Help: "Say whether to go on with the old incident on which the console opened, or to begin a new one.",
		},
		{
			ID: Freeze, Scope: Home, Keys: []string{"Z"}, Title: "freeze",
			Help: "Let the screen stand still, to read or to save a slow line; again: go on. Nothing can be run meanwhile.",
		},
	}
}
