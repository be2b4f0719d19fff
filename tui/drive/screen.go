package drive

import (
	"bytes"
	"encoding/base64"
	"io"
	"regexp"
	"strings"
	"sync"

	"github.com/charmbracelet/x/vt"
)

// terminal is an emulated terminal: the program writes to it, tests read what
// a person would see.
type terminal struct {
	mu      sync.Mutex
	changed *sync.Cond
	emu     *vt.Emulator
	title   string
	sent    []byte // since the last count
	copying []byte // a sequence for the clipboard that has begun
	copied  string // what was handed to the clipboard last
}

func newTerminal(w, h int) *terminal {
	t := &terminal{emu: vt.NewEmulator(w, h)}
	t.changed = sync.NewCond(&t.mu)
	t.emu.SetCallbacks(vt.Callbacks{Title: func(s string) { t.title = s }})
	return t
}

// Write draws what the program sends. A line feed also returns the carriage,
// as in any session that is no terminal device itself.
func (t *terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sent = append(t.sent, p...)
	t.keepCopy(p)
	_, err := t.emu.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n")))
	t.changed.Broadcast()
	return len(p), err
}

// hangUp ends the terminal's replies. Closing the emulator itself would race
// with whoever reads them.
func (t *terminal) hangUp() {
	if replies, is := t.emu.InputPipe().(io.Closer); is {
		_ = replies.Close()
	}
}

// wake makes whoever waits for the screen look again.
func (t *terminal) wake() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.changed.Broadcast()
}

func (t *terminal) resize(w, h int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.emu.Resize(w, h)
}

// text is the screen as lines without the spaces at their ends.
func (t *terminal) text() []string {
	lines := make([]string, t.emu.Height())
	for y := range lines {
		var b strings.Builder
		for x := 0; x < t.emu.Width(); {
			c := t.emu.CellAt(x, y)
			if c == nil || c.Content == "" {
				b.WriteByte(' ')
				x++
				continue
			}
			b.WriteString(c.Content)
			x += max(c.Width, 1)
		}
		lines[y] = strings.TrimRight(b.String(), " ")
	}
	return lines
}

// keepCopy keeps what is handed to the clipboard; a long text comes in pieces.
func (t *terminal) keepCopy(p []byte) {
	if at := bytes.Index(p, []byte("\x1b]52;")); at >= 0 {
		t.copying = append([]byte(nil), p[at:]...)
	} else if t.copying != nil {
		t.copying = append(t.copying, p...)
	}
	if m := clipboard.FindSubmatch(t.copying); m != nil {
		text, _ := base64.StdEncoding.DecodeString(string(m[1])) // what is wrong stays empty
		t.copied, t.copying = string(text), nil
	}
}

// clipboard is the sequence that hands a text to the clipboard.
var clipboard = regexp.MustCompile("\x1b\\]52;c;([A-Za-z0-9+/=]*)\x07")

// overhead is what the driver's mark and synchronized output add to a frame.
var overhead = regexp.MustCompile("\x1b\\][0-2];[^\x07\x1b]*(\x07|\x1b\\\\)|\x1b\\[\\?(2026|25)[hl]")

// count gives the bytes that were sent since the last count.
func (t *terminal) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := len(overhead.ReplaceAll(t.sent, nil))
	t.sent = nil
	return n
}
