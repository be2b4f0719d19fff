package tui_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/stretchr/testify/require"

	"pchatops/ops/incident"
	"pchatops/ops/status"
	"pchatops/tui"
	"pchatops/tui/drive"
	"pchatops/tui/tuitest"
)

// flood is an incident with more of everything than anybody can read.
func flood() incident.State {
	s := long(5000)
	for i := range 10_000 {
		s.Findings = append(s.Findings, status.Finding{
			Code: "job-failed", Severity: status.Warning, Title: "JOB FAILED", Subject: fmt.Sprintf(`SQL%05d\RTC`, i),
			Why: "the copy job failed 3m ago: \x1b[2J\u202e数据库 The network path was not found.", Do: "read the job's message",
		})
	}
	for i := range 5000 {
		s.Notes = append(s.Notes, incident.Entry{Time: night, Step: "F3", Kind: "journal", Text: fmt.Sprintf("line %d", i)})
		s.Steps[0].Output = append(s.Steps[0].Output, fmt.Sprintf("Processed %d pages", i))
	}
	return s
}

func TestAFloodOfTextStaysReadable(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {200, 60}, {40, 12}} {
		d := console(t, tuitest.NewIncident(flood()), size[0], size[1])
		d.Press("d", "G").Shows(`SQL09999\RTC`, `\u{1b}[2J`).Press("/").Type("09998").Shows(`SQL09998\RTC`).Press("enter", "n", "esc")
		d.Press("l").Shows("line 4999").Press("g").Shows("incident opened").Press("esc")
		d.Press("f", "G", "/").Type("mgc_4999").Shows("mgc_4999").Press("enter", "esc", "j", "k").Shows("F1")
	}
}

// Keys go on being answered at once: what is long is laid out once.
func TestAPageIsLaidOutOnceHoweverManyKeysAreAnswered(t *testing.T) {
	f := tuitest.NewIncident(flood())
	d := console(t, f, 120, 40)
	d.Press("d")
	start := time.Now()
	for range 50 {
		d.Press("j")
	}
	require.Less(t, time.Since(start), 20*time.Second, "50 keys on 30,000 lines")
}

func TestEveryKindOfTerminalGetsAWholeScreen(t *testing.T) {
	for name, c := range map[string]struct {
		env     []string
		profile colorprofile.Profile
	}{
		"screen":        {[]string{"TERM=screen"}, colorprofile.ANSI256},
		"eight colours": {[]string{"TERM=xterm"}, colorprofile.ANSI},
		"no colours":    {[]string{"TERM=xterm", "NO_COLOR=1"}, colorprofile.ASCII},
		"dumb":          {[]string{"TERM=dumb"}, colorprofile.NoTTY},
	} {
		t.Run(name, func(t *testing.T) {
			f := tuitest.NewIncident(failover())
			f.Plans["F1"] = plan(`SQL11\RTC`, "exec sp_one", "")
			d := drive.Start(t, drive.Config{
				Options: tui.Options{Incident: f, Site: estate(), Width: 80, Height: 24, Env: c.env, Glyphs: "unicode"},
				Inbox:   f, Clock: drive.NewClock(night), Latest: f.Latest, Env: c.env, Profile: c.profile,
			})
			d.Shows("LIVE", "✗ DOWN", "◐ RESTORING", "▸· F1")
			calm(d).Shows("LIVE · Run F1", "▸[ Cancel ]").Press("y").Shows("✓ F1")
		})
	}
}
