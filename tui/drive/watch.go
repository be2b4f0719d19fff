package drive

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"pchatops/tui"
)

// watch is the console's model with a mark in its window title. A mark goes in
// as a focus event behind the keys, and comes out with the frame that shows
// what they did; with it comes whether anything is still under way.
type watch struct {
	*tui.Model
	clock  *Clock
	latest func() uint64
	marks  int
	last   string // the frame before

	mu    sync.Mutex
	wrong string // the first frame that was not full
}

// Update counts marks and passes on everything else.
func (w *watch) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, mark := msg.(tea.FocusMsg); mark {
		w.marks++
		return w, nil
	}
	_, cmd := w.Model.Update(msg)
	return w, cmd
}

// View adds the mark.
func (w *watch) View() tea.View {
	v := w.Model.View()
	state := "busy"
	if w.idle() {
		state = "idle"
	}
	w.check(v.Content)
	w.holds(strays(v.WindowTitle))
	v.WindowTitle += fmt.Sprintf("%s%d %s", separator, w.marks, state)
	return v
}

// separator stands between the console's title and the mark.
const separator = " ¦ mark "

func (w *watch) idle() bool {
	calls, waits := w.Pending()
	if calls > 0 || w.latest != nil && w.Seen() < w.latest() {
		return false
	}
	return w.clock == nil || waits == w.clock.Sleeping()
}

// check holds every frame to its size, exactly h lines of exactly w cells, and
// to signs that stay where they are put.
func (w *watch) check(content string) {
	width, height := w.Size()
	if width == 0 || height == 0 || content == w.last {
		return
	}
	w.last = content
	lines := strings.Split(content, "\n")
	wrong := ""
	if len(lines) != height {
		wrong = fmt.Sprintf("%d lines on a screen of %dx%d", len(lines), width, height)
	}
	for i, l := range lines {
		if n := ansi.StringWidth(l); n != width {
			wrong = fmt.Sprintf("line %d takes %d cells on a screen of %dx%d: %q", i, n, width, height, ansi.Strip(l))
			break
		}
	}
	w.holds(wrong)
	w.holds(strays(colours.ReplaceAllString(strings.ReplaceAll(content, "\n", ""), "")))
}

// holds keeps the first that is wrong.
func (w *watch) holds(wrong string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.wrong == "" {
		w.wrong = wrong
	}
}

// colours are the only sequences that a frame may have.
var colours = regexp.MustCompile("\x1b\\[[0-9;:]*m")

// strays names the first sign of a text that could drive a terminal, is not
// seen, or turns the direction of writing.
func strays(text string) string {
	for i, r := range text {
		if !unicode.IsPrint(r) {
			return fmt.Sprintf("%q at %d of %q", r, i, text)
		}
	}
	return ""
}

func (w *watch) fault() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.wrong
}
