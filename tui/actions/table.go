package actions

import "slices"

// The actions.
const (
	Run      ID = "run"
	Plan     ID = "plan"
	Verify   ID = "verify"
	Skip     ID = "skip"
	Note     ID = "note"
	Poll     ID = "poll"
	Log      ID = "log"
	Findings ID = "findings"
	Help     ID = "help"
	Quit     ID = "quit"

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
	Interrupt ID = "interrupt"
)

// Table is every action, in the order in which help and footer show them.
func Table() []Action {
	return slices.Concat(home(), layers(), move())
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
		{ID: Poll, Scope: Home, Keys: []string{"r"}, Title: "poll", Help: "Ask every node for its state now."},
		{
			ID: Help, Scope: Home, Keys: []string{"?", "f1"}, Title: "help",
			Help: "Show every key, and why one cannot be used now.",
		},
		{
			ID: Quit, Scope: Home, Keys: []string{"q"}, Title: "quit",
			Help: "Close the console. Asks while a step runs; the step then runs to its end.",
		},
	}
}

func move() []Action {
	out := []Action{
		{ID: Previous, Scope: Home, Keys: []string{"shift+tab"}, Title: "panel before", Help: "Give the keys to the panel before."},
		{ID: Down, Scope: Page, Keys: []string{"down", "j"}, Title: "down", Help: "One line down."},
		{ID: Up, Scope: Page, Keys: []string{"up", "k"}, Title: "up", Help: "One line up."},
	}
	for _, scope := range []Scope{Home, Page} {
		out = append(
			out,
			Action{ID: Top, Scope: scope, Keys: []string{"g", "home"}, Title: "top", Help: "To the first step or line."},
			Action{ID: Bottom, Scope: scope, Keys: []string{"G", "end"}, Title: "bottom", Help: "To the last step or line."},
			Action{ID: PageUp, Scope: scope, Keys: []string{"pgup", "ctrl+b", "ctrl+u"}, Title: "page up", Help: "A page up."},
			Action{ID: PageDown, Scope: scope, Keys: []string{"pgdown", "ctrl+f", "ctrl+d"}, Title: "page down", Help: "A page down."},
		)
	}
	return out
}

func layers() []Action {
	return []Action{
		{ID: Close, Scope: Home, Keys: []string{"esc"}, Title: "dismiss", Help: "Give up waiting for a plan, or dismiss a message."},
		{ID: Close, Scope: Page, Keys: []string{"esc", "q", "?"}, Title: "close", Help: "Back to the main screen."},

		{ID: Accept, Scope: Choice, Keys: []string{"enter"}, Title: "choose", Help: "Do what the marked button says. Every dialog opens on Cancel."},
		{ID: Yes, Scope: Choice, Keys: []string{"y"}, Title: "yes", Mutating: true, Help: "Go ahead."},
		{ID: Cancel, Scope: Choice, Keys: []string{"esc", "n"}, Title: "cancel", Help: "Close the dialog; nothing happens."},
		{ID: Next, Scope: Choice, Keys: []string{"tab", "shift+tab", "left", "right"}, Title: "other button", Help: "Mark the other button."},
		{ID: PageUp, Scope: Choice, Keys: []string{"pgup", "up"}, Title: "scroll up", Help: "Scroll the plan up."},
		{ID: PageDown, Scope: Choice, Keys: []string{"pgdown", "down"}, Title: "scroll down", Help: "Scroll the plan down."},

		{ID: Accept, Scope: Typing, Keys: []string{"enter"}, Title: "go ahead", Help: "Go ahead, if the text is what the dialog asks for."},
		{ID: Cancel, Scope: Typing, Keys: []string{"esc"}, Title: "cancel", Help: "Close the dialog; nothing happens."},
		{ID: PageUp, Scope: Typing, Keys: []string{"pgup", "up"}, Title: "scroll up", Help: "Scroll the plan up."},
		{ID: PageDown, Scope: Typing, Keys: []string{"pgdown", "down"}, Title: "scroll down", Help: "Scroll the plan down."},

		{ID: Repaint, Scope: Everywhere, Keys: []string{"ctrl+l"}, Title: "repaint", Help: "Draw the screen afresh."},
		{ID: Interrupt, Scope: Everywhere, Keys: []string{"ctrl+c"}, Title: "leave", Help: "Twice: close the console at once. A running step runs to its end."},
	}
}
