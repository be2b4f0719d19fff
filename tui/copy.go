package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// copyMost is how much is handed to the clipboard at once: terminals drop
// longer sequences than about 75 kB, which is what this becomes in base 64.
const copyMost = 56_000

// unwrapped is a width at which no statement is broken.
const unwrapped = 4096

// copy hands a text to the clipboard of the terminal, wherever that is. No
// terminal says whether it took it.
func (m *Model) copy(lines []string) tea.Cmd {
	var b strings.Builder
	for i, l := range lines {
		l = strings.TrimRight(ansi.Strip(l), " ")
		if b.Len()+len(l)+1 > copyMost {
			m.warn(fmt.Sprintf("only the first %d of %d lines were handed to the terminal: more than 56 kB is refused by most", i, len(lines)))
			return tea.SetClipboard(b.String())
		}
		b.WriteString(l + "\n")
	}
	m.say(fmt.Sprintf("%d bytes were handed to the terminal's clipboard (OSC 52); it may refuse them", b.Len()))
	return tea.SetClipboard(b.String())
}
