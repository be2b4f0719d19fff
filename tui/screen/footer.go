package screen

import (
	"slices"
	"strings"

	"pchatops/tui/actions"
	"pchatops/tui/part/cell"
)

// Footer is the last line: the keys that can be used now, as many as fit.
// What stands at the right is never left out: help, and the way out.
func (v View) Footer(s actions.Scope, f actions.Facts, w int) string {
	right := ""
	var left []string
	for _, a := range v.Keys.In(s) {
		if ok, _ := a.Usable(f); !ok || !named(s, a, w) {
			continue
		}
		key := v.Style.Focus.Render(actions.Label(first(a))) + " "
		switch {
		case a.ID == actions.Freeze && f.Frozen != "": // the one key that helps now
			left = slices.Insert(left, 0, key+v.Style.Muted.Render("go on"))
		case a.ID == actions.Quit, a.ID == actions.Help, a.ID == actions.Close:
			right += "  " + key + v.Style.Muted.Render(a.Title)
		default:
			left = append(left, key+v.Style.Muted.Render(a.Title))
		}
	}
	line := " "
	for _, key := range left {
		if cell.Width(line)+cell.Width(key)+cell.Width(right)+1 > w {
			break
		}
		line += key + "  "
	}
	return cell.Between(strings.TrimSuffix(line, "  "), right+" ", w)
}

// narrow is where panels are shown one at a time, so that the way to the
// others must be named.
const narrow = 76

// Message is the last line when something has to be said instead.
func (v View) Message(text string, serious bool, w int) string {
	t := busy
	if serious {
		t = warn
	}
	return cell.Fit(" "+v.ink(t).Render(text), w)
}

// Prompt is the last line while a search or filter is typed.
func (v View) Prompt(sign, text string, w int) string {
	return cell.Fit(v.Style.Focus.Render(" "+sign)+v.ink(plain).Render(promptTail(sign, text, w)), w)
}

// PromptEnd is the column behind what was typed, where the cursor stands.
func (v View) PromptEnd(sign, text string, w int) int {
	return min(1+cell.Width(sign)+cell.Width(promptTail(sign, text, w)), w-1)
}

// promptTail is the end of a text that is too long for the line.
func promptTail(sign, text string, w int) string {
	most := max(w-3-cell.Width(sign), 1)
	if r := []rune(text); len(r) > most {
		return string(r[len(r)-most:])
	}
	return text
}

// named leaves the keys that every finger knows to the help.
func named(s actions.Scope, a actions.Action, w int) bool {
	switch a.ID {
	case actions.Up, actions.PageUp, actions.Top, actions.Bottom, actions.Previous:
		return false
	case actions.Down:
		return s == actions.Home
	case actions.Next:
		return s != actions.Home || w < narrow
	case actions.PageDown, actions.Close:
		return s != actions.Home
	default:
		return true
	}
}

// first keeps the first key of an action: one is enough in a footer.
func first(a actions.Action) actions.Action {
	a.Keys = a.Keys[:1]
	return a
}
