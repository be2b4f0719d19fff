package actions

func move() []Action {
	out := []Action{
		{ID: Previous, Scope: Home, Keys: []string{"shift+tab"}, Title: "panel before", Help: "Give the keys to the panel before."},
		{ID: Close, Scope: Home, Keys: []string{"esc"}, Title: "dismiss", Help: "Give up waiting for a plan, or dismiss a message."},
	}
	for _, scope := range []Scope{Page, List} {
		out = append(
			out,
			Action{ID: Down, Scope: scope, Keys: []string{"down", "j"}, Title: "down", Help: "One line down."},
			Action{ID: Up, Scope: scope, Keys: []string{"up", "k"}, Title: "up", Help: "One line up."},
		)
	}
	for _, scope := range []Scope{Home, Page, List} {
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

func pages() []Action {
	return []Action{
		{ID: Search, Scope: Page, Keys: []string{"/"}, Title: "search", Help: "Search; the screen follows the letters."},
		{ID: NextMatch, Scope: Page, Keys: []string{"n"}, Title: "next match", Help: "To the next match."},
		{ID: PreviousMatch, Scope: Page, Keys: []string{"N"}, Title: "match before", Help: "To the match before."},
		{ID: Only, Scope: Page, Keys: []string{"&"}, Title: "filter", Help: "Show only the lines that hold a text; an empty text shows all again."},
		{ID: Follow, Scope: Page, Keys: []string{"f"}, Title: "follow", Help: "Stay at the end while the text grows; scrolling up stops it."},
		{
			ID: Copy, Scope: Page, Keys: []string{"y"}, Title: "copy",
			Help: "Hand the text to the terminal's clipboard (OSC 52). The terminal may refuse it.",
		},
		{ID: Close, Scope: Page, Keys: []string{"esc", "q"}, Title: "close", Help: "Back to the main screen."},
	}
}

func lists() []Action {
	return []Action{
		{ID: Accept, Scope: List, Keys: []string{"enter"}, Title: "choose", Help: "Do what the marked line says."},
		{ID: Search, Scope: List, Keys: []string{"/"}, Title: "filter", Help: "Show only lines that have the letters in this order."},
		{ID: Close, Scope: List, Keys: []string{"esc", "q"}, Title: "close", Help: "Back to where one came from."},

		{ID: Accept, Scope: Filter, Keys: []string{"enter"}, Title: "go ahead", Help: "In a list do what the marked line says; on a page keep what was typed."},
		{ID: Cancel, Scope: Filter, Keys: []string{"esc"}, Title: "cancel", Help: "Give up what was typed."},
		{ID: Up, Scope: Filter, Keys: []string{"up"}, Title: "up", Help: "The line before, or the match before."},
		{ID: Down, Scope: Filter, Keys: []string{"down"}, Title: "down", Help: "The next line, or the next match."},
	}
}

func dialogs() []Action {
	return []Action{
		{ID: Accept, Scope: Choice, Keys: []string{"enter"}, Title: "choose", Help: "Do what the marked button says. Every dialog opens on Cancel."},
		{ID: Yes, Scope: Choice, Keys: []string{"y"}, Title: "yes", Mutating: true, Help: "Go ahead, where one button does.", Enabled: single},
		{ID: Cancel, Scope: Choice, Keys: []string{"esc", "n"}, Title: "cancel", Help: "Close the dialog; nothing happens."},
		{ID: Next, Scope: Choice, Keys: []string{"tab", "shift+tab", "left", "right"}, Title: "other button", Help: "Mark the other button."},
		{ID: PageUp, Scope: Choice, Keys: []string{"pgup", "up"}, Title: "scroll up", Help: "Scroll the plan up."},
		{ID: PageDown, Scope: Choice, Keys: []string{"pgdown", "down"}, Title: "scroll down", Help: "Scroll the plan down."},

		{ID: Accept, Scope: Typing, Keys: []string{"enter"}, Title: "go ahead", Help: "Go ahead, if the text is what the dialog asks for."},
		{ID: Cancel, Scope: Typing, Keys: []string{"esc"}, Title: "cancel", Help: "Close the dialog; nothing happens."},
		{ID: PageUp, Scope: Typing, Keys: []string{"pgup", "up"}, Title: "scroll up", Help: "Scroll the plan up."},
		{ID: PageDown, Scope: Typing, Keys: []string{"pgdown", "down"}, Title: "scroll down", Help: "Scroll the plan down."},
	}
}

func everywhere() []Action {
	return []Action{
		{ID: Repaint, Scope: Everywhere, Keys: []string{"ctrl+l"}, Title: "repaint", Help: "Draw the screen afresh."},
		{
			ID: Suspend, Scope: Everywhere, Keys: []string{"ctrl+z"}, Title: "suspend", Enabled: suspendable,
			Help: "Back to the shell that started the console; fg resumes it. Not while a step runs.",
		},
		{ID: Interrupt, Scope: Everywhere, Keys: []string{"ctrl+c"}, Title: "leave", Help: "Twice: close the console at once. A running step runs to its end."},
	}
}
