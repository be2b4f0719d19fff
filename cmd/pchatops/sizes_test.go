package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
	"pchatops/themes"
	"pchatops/tui"
	"pchatops/tui/drive"
)

// everyLook has each size and each theme at least once.
func everyLook() []tui.Options {
	small := [][2]int{{80, 24}, {100, 30}, {120, 40}, {200, 60}, {40, 12}}
	var out []tui.Options
	for i, name := range themes.BuiltIn() {
		size := small[i%len(small)]
		out = append(out, tui.Options{Theme: name, Width: size[0], Height: size[1]})
	}
	return out
}

// typed is what the failover of the simulated site asks an operator to type.
var typed = map[string]string{"F4b": `SQL11\RTC of litware-lab`, "F5": `SQL11\RTC of litware-lab`, "F6": `SQL12\RTC of litware-lab`, "F7": `SQL11\RTC of litware-lab`}

// A whole failover by the keys, against real servers: whatever the terminal,
// the screen says that it is done, and so do the servers.
func TestAFailoverIsCarriedThroughAtEverySizeAndInEveryTheme(t *testing.T) {
	t.Parallel()
	for _, o := range everyLook() {
		t.Run(fmt.Sprintf("%dx%d %s", o.Width, o.Height, o.Theme), func(t *testing.T) {
			t.Parallel()
			l := startSite(t, "failover", lab.Options{ // no job runs of itself in so short a time
				Speed: 1, Pace: world.Pace{Base: 50 * time.Millisecond}, MirrorTime: time.Second, Interval: 15 * time.Minute, History: 90 * time.Minute,
			})
			s := sessionOn(t, l)
			o.Incident, o.Site = s.incident, s.site
			box := s.incident.Subscribe()
			t.Cleanup(box.Close)
			d := drive.Start(t, drive.Config{Options: o, Inbox: box, Clock: drive.NewClock(time.Now())})
			d.Expect("PRIMARY SITE LOST", "2 of 9 done")
			for _, id := range []string{"F1", "F2", "F3", "F4b", "F5", "F7", "F6"} {
				carryOut(t, d, id)
			}
			d.Expect("9 of 9 done")
			showsSiteLive(d, o)
			failedOver(t, l)
		})
	}
}

// carryOut goes on to a step, confirms it as it demands, and waits for its end.
func carryOut(t testing.TB, d *drive.Console, id string) {
	t.Helper()
	for !marked(d.Screen(), id) {
		d.Press("j")
	}
	if asked(t, d, id) {
		if typed[id] == "" {
			d.Press("tab", "enter")
		} else {
			d.Type(typed[id]).Press("enter")
		}
	}
	d.Expect("✓ " + id + " ")
}

// asked presses enter until the dialog asks for what carries the step out, or a
// job of the site has done it meanwhile. What the servers say of the step before
// may still be to come: until then the key is refused, or the plan is one that
// nobody can confirm.
func asked(t testing.TB, d *drive.Console, id string) bool {
	t.Helper()
	wants := "[ Run " + id
	if typed[id] != "" {
		wants = "type: " + typed[id]
	}
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); {
		d.Press("enter")
		for patience := time.Now().Add(2 * time.Second); !opened(d.Screen(), id) && time.Now().Before(patience); {
			time.Sleep(5 * time.Millisecond)
		}
		if finished(d.Screen(), id) {
			return false
		}
		if !opened(d.Screen(), id) {
			continue
		}
		if strings.Contains(strings.Join(strings.Fields(d.Advance(time.Second).Screen()), " "), wants) { // a narrow one breaks the line
			return true
		}
		d.Press("esc")
	}
	require.Fail(t, "nothing asks for "+wants, d.Screen())
	return false
}

// opened reports whether a step's dialog is open, or needs no more.
func opened(screen, id string) bool {
	return strings.Contains(screen, "LAB · Run "+id) || finished(screen, id)
}

// marked reports whether the checklist marks a step.
func marked(screen, id string) bool {
	for _, line := range strings.Split(screen, "\n") {
		if at := strings.Index(line, "▸"); at >= 0 && strings.Contains(line[at:min(at+12, len(line))], " "+id+" ") {
			return true
		}
	}
	return false
}

// showsSiteLive looks for what the site panel says of the new principal and of
// the pool; on a small screen it is the next panel but one.
func showsSiteLive(d *drive.Console, o tui.Options) {
	if o.Width < 76 {
		d.Press("tab", "tab")
	}
	d.Expect(`SQL11\RTC`, "PRINCIPAL", "FAILED OVER")
}

// failedOver demands that the servers are where a failover leaves them.
func failedOver(t testing.TB, l *lab.Lab) {
	t.Helper()
	appliedOnce(t, l)
	w := l.World()
	_, state := w.PoolState()
	require.Equal(t, "FailedOver", state)
	require.Equal(t, 1, w.MirrorInstalls())
	row := w.MirrorState()[0]
	require.Equal(t, []string{"Principal", "Mirror"}, []string{row.StateOnPrimary, row.StateOnMirror}, "the pair of data centre 2")
	active, _ := w.Servers()
	require.Len(t, active, 4)
	for _, server := range active {
		require.Contains(t, server, "chat1", "servers of data centre 2")
	}
}
