// Package fuzzy finds lines by a few letters.
package fuzzy

import "strings"

// None is the rank of what does not match.
const None = 4

// Rank says how well a name and its explanation fit what was typed; smaller is
// better. A name fits with letters left out, an explanation only as it stands.
func Rank(typed, name, explanation string) int {
	typed, name = strings.ToLower(typed), strings.ToLower(name)
	switch {
	case strings.HasPrefix(name, typed):
		return 0
	case strings.Contains(name, typed), strings.HasPrefix(initials(name), typed):
		return 1
	case sparse(typed, name):
		return 2
	case strings.Contains(strings.ToLower(explanation), typed):
		return 3
	}
	return None
}

func initials(name string) string {
	var out strings.Builder
	for _, word := range strings.Fields(name) {
		out.WriteByte(word[0])
	}
	return out.String()
}

// sparse reports whether the letters stand in the text in this order.
func sparse(letters, text string) bool {
	for _, l := range letters {
		at := strings.IndexRune(text, l)
		if at < 0 {
			return false
		}
		text = text[at+len(string(l)):]
	}
	return true
}
