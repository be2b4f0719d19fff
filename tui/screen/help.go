package screen

import "pchatops/tui/actions"

// Help lists every action with its keys, under the place where they are
// listened to. Those of the main screen can be chosen; what cannot be used now
// says why.
func Help(keys actions.Map, f actions.Facts) []Entry {
	var out []Entry
	for _, s := range actions.Scopes() {
		out = append(out, Entry{Name: "Keys: " + string(s), Title: true})
		for _, a := range keys.In(s) {
			e := Entry{ID: string(s) + "/" + string(a.ID), Lead: actions.Label(a), Name: a.Title, Text: a.Help, Still: true}
			if s == actions.Home || s == actions.Everywhere {
				e = choice(a, f)
			}
			out = append(out, e)
		}
		out = append(out, Entry{})
	}
	return append(out, legend()...)
}

// Palette lists what can be done from the main screen, by name.
func Palette(keys actions.Map, f actions.Facts) []Entry {
	var out []Entry
	for _, s := range []actions.Scope{actions.Home, actions.Everywhere} {
		for _, a := range keys.In(s) {
			if a.ID != actions.Palette {
				out = append(out, choice(a, f))
			}
		}
	}
	return out
}

func choice(a actions.Action, f actions.Facts) Entry {
	e := Entry{ID: string(a.ID), Lead: actions.Label(a), Name: a.Title, Text: a.Help}
	if ok, why := a.Usable(f); !ok {
		e.Why = why
	}
	return e
}

// legend explains the signs.
func legend() []Entry {
	out := []Entry{{Name: "Signs", Title: true}}
	for _, s := range [][2]string{
		{"✓ done", "done and proved, or as it should be"},
		{"= already so", "nothing left to do, found on the servers"},
		{"► running", "under way; states in between are no faults"},
		{"? unknown", "the answer was lost: verify"},
		{"✗ failed", "failed, or not reachable"},
		{"– skipped", "left out, with a reason"},
		{"◐ RESTORING", "takes log backups"},
		{"! warning", "less protected than it should be"},
		{"▁▃▅▇", "how old the last restore was each minute, against its limit"},
	} {
		out = append(out, Entry{ID: s[0], Lead: s[0], Text: s[1], Still: true})
	}
	return append(out, Entry{ID: "mgccomp", Text: "mgccomp (compliance) is transient and is not failed over.", Still: true})
}
