package actions

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Mistake is what is wrong with the keys of one action, and what to write.
type Mistake struct {
	Action  ID
	Key     string // the key that is wrong; "": the action as a whole
	Says    string
	Instead string
}

// Remap gives other keys to actions, wherever they are listened to on the main
// screen, on pages and in lists. Dialogs answer to the same keys on every
// console, so that nobody confirms by a habit of another place. Any mistake
// leaves the map as it was; all of them are told at once.
func (m Map) Remap(keys map[ID][]string) (Map, []Mistake) {
	out := slices.Clone(m)
	var wrong []Mistake
	for _, id := range slices.Sorted(maps.Keys(keys)) {
		wrong = append(wrong, out.assign(id, keys[id])...)
	}
	wrong = append(wrong, out.conflicts(keys)...)
	if len(wrong) > 0 {
		return m, wrong
	}
	return out, nil
}

// assign changes the keys of an action to those that fit, and says what is
// wrong with the others.
func (m Map) assign(id ID, keys []string) []Mistake {
	known, free, mutating := false, false, false
	for _, a := range m {
		known = known || a.ID == id
		if a.ID == id && remappable(a.Scope) {
			free, mutating = true, mutating || a.Mutating
		}
	}
	switch {
	case !known:
		return []Mistake{{id, "", "there is no such action", "one of " + m.names()}}
	case !free:
		return []Mistake{{id, "", "its keys are the same on every console", "no keys for it"}}
	case len(keys) == 0:
		return []Mistake{{id, "", "an action needs a key", `a key such as "x", or a list such as [x, f5]`}}
	}
	var fit []string
	var wrong []Mistake
	for _, k := range keys {
		if says, instead := unfit(k, mutating); says != "" {
			wrong = append(wrong, Mistake{id, k, fmt.Sprintf("key %q: %s", k, says), instead})
			continue
		}
		fit = append(fit, k)
	}
	for i := range m {
		if m[i].ID == id && remappable(m[i].Scope) {
			m[i].Keys = fit
		}
	}
	return wrong
}

func remappable(s Scope) bool { return s == Home || s == Page || s == List }

// names lists the actions that can be given other keys.
func (m Map) names() string {
	var out []string
	for _, a := range m {
		if remappable(a.Scope) && !slices.Contains(out, string(a.ID)) {
			out = append(out, string(a.ID))
		}
	}
	return strings.Join(out, ", ")
}

// conflicts finds keys that would mean two things in one scope. The blame goes
// to an action of the configuration.
func (m Map) conflicts(keys map[ID][]string) []Mistake {
	var wrong []Mistake
	for _, s := range []Scope{Home, Page, List} {
		meant := map[string]ID{}
		for _, a := range slices.Concat(m.In(Everywhere), m.In(s)) {
			for _, k := range a.Keys {
				other, taken := meant[k]
				meant[k] = a.ID
				if !taken || other == a.ID {
					continue
				}
				blame := a.ID
				if _, configured := keys[blame]; !configured {
					blame, other = other, a.ID
				}
				if !told(wrong, blame, k) {
					wrong = append(wrong, Mistake{blame, k, fmt.Sprintf("key %q also means %q (%s)", k, other, s), m.free(other, keys)})
				}
			}
		}
	}
	return wrong
}

func told(wrong []Mistake, id ID, key string) bool {
	return slices.ContainsFunc(wrong, func(m Mistake) bool { return m.Action == id && m.Key == key })
}

// free says how to get out of a conflict with another action.
func (m Map) free(other ID, keys map[ID][]string) string {
	used := map[string]bool{}
	for _, a := range m {
		for _, k := range a.Keys {
			used[k] = used[k] || remappable(a.Scope) || a.Scope == Everywhere
		}
	}
	var free []string
	for k := 'a'; k <= 'z' && len(free) < 3; k++ {
		if !used[string(k)] {
			free = append(free, fmt.Sprintf("%q", string(k)))
		}
	}
	out := "a key that is free: " + strings.Join(free, ", ")
	if _, configured := keys[other]; !configured {
		out += fmt.Sprintf("; or give %q another key, too", other)
	}
	return out
}
