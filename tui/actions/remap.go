package actions

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Mistake is what is wrong with the keys of one action.
type Mistake struct {
	Action ID
	Says   string
}

// Remap gives other keys to actions, wherever they are listened to on the main
// screen, on pages and in lists. Dialogs answer to the same keys on every
// console, so that nobody confirms by a habit of another place. Any mistake
// leaves the map as it was.
func (m Map) Remap(keys map[ID][]string) (Map, []Mistake) {
	out := slices.Clone(m)
	var wrong []Mistake
	for _, id := range slices.Sorted(maps.Keys(keys)) {
		if says := out.assign(id, keys[id]); says != "" {
			wrong = append(wrong, Mistake{id, says})
		}
	}
	if len(wrong) == 0 {
		wrong = out.conflicts(keys)
	}
	if len(wrong) > 0 {
		return m, wrong
	}
	return out, nil
}

// assign changes the keys of an action, or says why it cannot.
func (m Map) assign(id ID, keys []string) string {
	known, free := false, false
	for i := range m {
		if m[i].ID != id {
			continue
		}
		known = true
		if !remappable(m[i].Scope) {
			continue
		}
		free = true
		for _, k := range keys {
			if why := unfit(k, m[i].Mutating); why != "" {
				return fmt.Sprintf("key %q: %s", k, why)
			}
		}
		m[i].Keys = keys
	}
	switch {
	case !known:
		return "there is no such action; docs/keys.md lists them"
	case !free:
		return "its keys are the same on every console"
	case len(keys) == 0:
		return "an action needs a key"
	}
	return ""
}

func remappable(s Scope) bool { return s == Home || s == Page || s == List }

var (
	keyForm = regexp.MustCompile(`^((ctrl|alt|shift)\+)*([^\s\pC]|up|down|left|right|home|end|pgup|pgdown|tab|enter|esc|space|backspace|delete|insert|f[1-9]|f1[0-2])$`)
	// untold are keys that many terminals cannot tell from others.
	untold = []string{"ctrl+i", "ctrl+m", "ctrl+h", "ctrl+[", "shift+enter", "ctrl+enter"}
	moving = []string{"up", "down", "left", "right", "home", "end", "pgup", "pgdown", "tab", "shift+tab", "space", "backspace", "delete", "esc", "j", "k", "g", "G"}
)

// unfit says why a key cannot stand for an action.
func unfit(key string, mutating bool) string {
	switch {
	case !keyForm.MatchString(key):
		return `not a key; write "x", "X", "f5", "ctrl+x" or "pgdown"`
	case slices.Contains(untold, key):
		return "many terminals cannot tell it from another key"
	case mutating && (strings.Contains(key, "+") || slices.Contains(moving, key)):
		return "what changes the site or its record sits on no control or navigation key"
	}
	return ""
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
				if !taken {
					continue
				}
				blame := a.ID
				if _, configured := keys[blame]; !configured {
					blame, other = other, a.ID
				}
				wrong = append(wrong, Mistake{blame, fmt.Sprintf("key %q also means %q (%s)", k, other, s)})
			}
		}
	}
	return wrong
}
