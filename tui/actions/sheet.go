package actions

import (
	"fmt"
	"strings"
)

// Sheet is the key sheet, docs/keys.md.
func Sheet() string {
	var b strings.Builder
	b.WriteString("# Keys\n\nThis page is made from the console's table of actions. " +
		"`?` shows the same list in the console, with the reason where a key cannot be used. " +
		"Other keys can be given by the name of an action: [console.md](console.md).\n")
	for _, s := range Scopes() {
		fmt.Fprintf(&b, "\n## %s\n\n| key | action | does | changes something |\n|---|---|---|---|\n", upper(string(s)))
		for _, a := range In(s) {
			changes := ""
			if a.Mutating {
				changes = "yes"
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", keys(a.Keys), a.ID, a.Help, changes)
		}
	}
	return b.String()
}

// Label gives the keys of an action for reading: "↑ k".
func Label(a Action) string {
	names := make([]string, len(a.Keys))
	for i, k := range a.Keys {
		names[i] = name(k)
	}
	return strings.Join(names, " ")
}

func keys(list []string) string {
	names := make([]string, len(list))
	for i, k := range list {
		names[i] = "`" + k + "`"
	}
	return strings.Join(names, ", ")
}

func name(key string) string {
	switch key {
	case "up":
		return "↑"
	case "down":
		return "↓"
	case "left":
		return "←"
	case "right":
		return "→"
	}
	return key
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
