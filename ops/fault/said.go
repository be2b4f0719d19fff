package fault

import "strings"

// Said joins what is said to one sentence. Statements and what servers say end with
// signs of their own, which say nothing in the middle of one.
func Said(parts ...string) string { return joined(parts, "; ") }

// Sentences joins what is said to several.
func Sentences(parts ...string) string { return joined(parts, ". ") }

func joined(parts []string, sign string) string {
	var b strings.Builder
	for i, p := range parts {
		if i < len(parts)-1 {
			p = strings.TrimRight(p, " ;.") + sign
		}
		b.WriteString(p)
	}
	return b.String()
}
