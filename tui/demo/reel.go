package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/charmbracelet/x/vt"
)

// Reel is a recorded session. Its times are those of the script, not of the
// machine that it was recorded on.
type Reel struct {
	Title         string
	Width, Height int
	takes         []take
	length        time.Duration
}

// take is what came at once, and for how long it is looked at.
type take struct {
	at, hold time.Duration
	sent     []byte
}

// Add records what a terminal received, to be looked at for a while.
func (r *Reel) Add(sent []byte, hold time.Duration) {
	r.takes = append(r.takes, take{r.length, hold, sent})
	r.length += hold
}

// Cast gives the recording as an asciicast, version 2.
func (r *Reel) Cast() ([]byte, error) {
	var out bytes.Buffer
	lines := json.NewEncoder(&out)
	lines.SetEscapeHTML(false)
	head := struct {
		Version  int     `json:"version"`
		Width    int     `json:"width"`
		Height   int     `json:"height"`
		Duration float64 `json:"duration"`
		Title    string  `json:"title"`
	}{2, r.Width, r.Height, r.length.Seconds(), r.Title}
	if err := lines.Encode(head); err != nil {
		return nil, fmt.Errorf("write the recording: %w", err)
	}
	const cursorOff = "\x1b[?25l"
	for i, t := range r.takes {
		sent := string(t.sent)
		if i == 0 {
			sent = cursorOff + sent
		}
		if err := lines.Encode([]any{t.at.Seconds(), "o", sent}); err != nil {
			return nil, fmt.Errorf("write the recording: %w", err)
		}
	}
	return out.Bytes(), nil
}

// replay shows the recording on a terminal of its own and calls see after each
// take.
func (r *Reel) replay(see func(*vt.Emulator, take)) error {
	screen := vt.NewEmulator(r.Width, r.Height)
	stop := answered(screen)
	defer stop()
	for _, t := range r.takes {
		if _, err := screen.Write(t.sent); err != nil {
			return fmt.Errorf("replay the recording: %w", err)
		}
		see(screen, t)
	}
	return nil
}
