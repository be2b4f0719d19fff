package actions

import "slices"

// Map is the table as one console uses it: with the keys of its configuration
// where there are some. It is never changed.
type Map []Action

// Default is the map with the keys that everybody has.
func Default() Map { return Table() }

// Resolve finds the action that a key press means in a scope.
func (m Map) Resolve(s Scope, key string) (Action, bool) {
	for _, a := range m {
		if (a.Scope == s || a.Scope == Everywhere) && slices.Contains(a.Keys, key) {
			return a, true
		}
	}
	return Action{}, false
}

// In lists the actions of a scope.
func (m Map) In(s Scope) []Action {
	var out []Action
	for _, a := range m {
		if a.Scope == s {
			out = append(out, a)
		}
	}
	return out
}

// Key is the first key of an action in a scope, for sentences that name it.
func (m Map) Key(s Scope, id ID) string {
	for _, a := range m {
		if a.Scope == s && a.ID == id && len(a.Keys) > 0 {
			return name(a.Keys[0])
		}
	}
	return string(id)
}

// In lists the actions of a scope with the keys that everybody has.
func In(s Scope) []Action { return Default().In(s) }
