package actions

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var (
	keyForm = regexp.MustCompile(`^((ctrl|alt|shift)\+)*([^\s\pC]|up|down|left|right|home|end|pgup|pgdown|tab|enter|esc|space|backspace|delete|insert|f[1-9]|f1[0-2])$`)
	// untold are keys that many terminals cannot tell from others.
	untold = []string{"ctrl+i", "ctrl+m", "ctrl+h", "ctrl+[", "shift+enter", "ctrl+enter"}
	moving = []string{"up", "down", "left", "right", "home", "end", "pgup", "pgdown", "tab", "shift+tab", "space", "backspace", "delete", "esc", "j", "k", "g", "G"}
	// spellings are what people write for keys, in the order of replacing.
	spellings = strings.NewReplacer(
		"control", "ctrl", "c-", "ctrl+", "^", "ctrl+", "-", "+", "return", "enter", "escape", "esc",
		"pageup", "pgup", "pagedown", "pgdown", "pgdn", "pgdown", "page-up", "pgup", "page-down", "pgdown",
	)
)

// unfit says why a key cannot stand for an action, and what can.
func unfit(key string, mutating bool) (says, instead string) {
	switch {
	case !keyForm.MatchString(key):
		if meant := spellings.Replace(strings.ToLower(key)); keyForm.MatchString(meant) {
			return "not a key", fmt.Sprintf("%q", meant)
		}
		return "not a key", `a key such as "x", "X", "f5", "ctrl+x" or "pgdown"`
	case slices.Contains(untold, key):
		return "many terminals cannot tell it from another key", "another key"
	case mutating && (strings.Contains(key, "+") || slices.Contains(moving, key)):
		return "what changes the site or its record sits on no control or navigation key", "a letter or a function key"
	}
	return "", ""
}
