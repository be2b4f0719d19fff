package style

import (
	"slices"
	"strings"
)

// inASCII gives every sign that the console draws one that any terminal can
// show, cell for cell. Signs that mean different things stay different.
var inASCII = map[rune]rune{
	'✓': '+', '✗': 'x', '►': '>', '▸': '>', '◐': 'o', '·': '.', '–': '-', '≠': '/', '…': '~', '→': '>', '←': '<', '≤': '<', '↑': '^', '↓': 'v',
	'▁': '1', '▂': '2', '▃': '3', '▄': '4', '▅': '5', '▆': '6', '▇': '7', '█': '8',
	'╭': '+', '╮': '+', '╰': '+', '╯': '+', '─': '-', '│': '|',
	'┌': '+', '┐': '+', '└': '+', '┘': '+',
	'┏': '#', '┓': '#', '┗': '#', '┛': '#', '━': '=', '┃': '#',
}

// ASCII redraws a frame for terminals without Unicode. It works on whole
// frames, at the very end, so that no panel has to know of it; what it does
// not know becomes a question mark. Escape sequences pass as they are.
func ASCII(frame string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 {
			return r
		}
		if sign, known := inASCII[r]; known {
			return sign
		}
		return '?'
	}, frame)
}

// NeedsASCII tells from a session's environment whether its terminal shows
// signs beyond ASCII: the locale says so, and the consoles of machines and old
// terminals have no glyphs for them whatever it says. Without a locale the
// terminal counts as a usual one of today, which does.
func NeedsASCII(env []string) bool {
	term := lookup(env, "TERM")
	if term == "linux" || term == "ansi" || strings.HasPrefix(term, "vt") {
		return true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := lookup(env, name); locale != "" {
			charset := strings.ToLower(strings.ReplaceAll(locale, "-", ""))
			return !strings.Contains(charset, "utf8")
		}
	}
	return false
}

// lookup gives a variable of an environment; the last one counts, as for
// processes.
func lookup(env []string, name string) string {
	for _, v := range slices.Backward(env) {
		if value, is := strings.CutPrefix(v, name+"="); is {
			return value
		}
	}
	return ""
}
