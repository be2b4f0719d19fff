package actions

import "slices"

// Resolve finds the action that a key press means in a scope.
func Resolve(s Scope, key string) (Action, bool) {
	for _, a := range table {
		if (a.Scope == s || a.Scope == Everywhere) && slices.Contains(a.Keys, key) {
			return a, true
		}
	}
	return Action{}, false
}

// In lists the actions of a scope.
func In(s Scope) []Action {
	var out []Action
	for _, a := range table {
		if a.Scope == s {
			out = append(out, a)
		}
	}
	return out
}

var table = Table()
