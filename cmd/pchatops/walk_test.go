package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/incident"
	"pchatops/ops/lab"
	"pchatops/ops/site"
	"pchatops/tui"
	"pchatops/tui/demo"
	"pchatops/tui/drive"
)

// walk is an operator at the console of a real session, with colleagues who
// look on at other sizes and in other colours.
type walk struct {
	t      testing.TB
	driver *view
	views  map[string]*view // by name: 80x24-dark
	shown  map[string]string
}

// view is a screen and what it has received.
type view struct {
	*drive.Console
	clock *drive.Clock
	reel  *demo.Reel
	paper demo.Paper
}

// begin opens a session on a site and four screens on it.
func begin(t testing.TB, l *lab.Lab) *walk {
	s := sessionOn(t, l)
	w := &walk{t: t, views: map[string]*view{}, shown: map[string]string{}}
	for name, o := range map[string]tui.Options{
		"80x24-dark":   {Theme: "dark", Width: 80, Height: 24},
		"80x24-light":  {Theme: "light", Width: 80, Height: 24},
		"120x40-dark":  {Theme: "dark", Width: 120, Height: 40},
		"120x40-light": {Theme: "light", Width: 120, Height: 40},
	} {
		o.Incident, o.Site = s.incident, s.site
		w.views[name] = onlooker(t, s, o)
	}
	w.driver = w.views["80x24-dark"]
	return w
}

// onlooker starts a screen and waits until it shows where the site stands.
func onlooker(t testing.TB, s *session, o tui.Options) *view {
	box := s.incident.Subscribe()
	t.Cleanup(box.Close)
	v := &view{
		clock: drive.NewClock(time.Now()), paper: demo.Dark,
		reel: &demo.Reel{Title: "pchatops: failing Persistent Chat over, on the simulated site", Width: o.Width, Height: o.Height},
	}
	if o.Theme == "light" {
		v.paper = demo.Light
	}
	v.Console = drive.Start(t, drive.Config{Options: o, Inbox: box, Clock: v.clock})
	v.Expect("PRIMARY SITE LOST", "RESTORING", "NORMAL", "already so")
	return v
}

// film records what the screen shows, if it has changed. Its clock has caught
// up with the one of the incident by then, so that its ages are true.
func (v *view) film(hold time.Duration) {
	v.Advance(time.Since(v.clock.Now()))
	if sent := v.Take(); len(sent) > 0 {
		v.reel.Add(sent, hold)
	}
}

// sessionOn opens a session as the program does, in the name of alice.
func sessionOn(t testing.TB, l *lab.Lab) *session {
	estate, err := site.Load(l.Describe().Config)
	require.NoError(t, err)
	a := ask{site: estate, procedure: "failover", dir: t.TempDir(), secrets: site.NewSecrets(prompter{}), lab: true, live: true, on: machineFor(t)}
	chronicle := incident.NewChronicle()
	r, err := a.record("alice", chronicle.Apply)
	require.NoError(t, err)
	s := &session{lease: newRight(), journal: r.Journal, estate: a.reach(incidentID(r.Journal))}
	require.NoError(t, s.start(context.Background(), a, chronicle, incident.Config{Journal: r.Journal, Lease: s.lease, By: "alice", Infer: true}))
	t.Cleanup(func() { require.NoError(t, s.close()) })
	return s
}

// glance is how long the film stays where something moves, look where there
// is something to read.
const (
	glance = 400 * time.Millisecond
	look   = 2 * time.Second
)

// still draws screens as they are now: MOMENT-SIZE-COLOURS.svg.
func (w *walk) still(names ...string) {
	w.t.Helper()
	for _, name := range names {
		_, screen, _ := strings.Cut(strings.TrimSuffix(name, ".svg"), "-")
		v := w.views[screen]
		v.film(look)
		picture, err := v.reel.Still(v.paper)
		require.NoError(w.t, err)
		w.shown[name] = picture
	}
}

// step carries a step out; one that is already so is only looked at.
func (w *walk) step(id, typed string) {
	w.t.Helper()
	if finished(w.driver.Screen(), id) {
		w.choose(id)
		w.driver.film(look)
		return
	}
	w.ask(id)
	w.answer(id, typed)
}

// choose selects a step.
func (w *walk) choose(id string) {
	w.driver.Press("g")
	for !w.selected(id) {
		w.driver.Press("j")
	}
	w.driver.Advance(200 * time.Millisecond) // until the detail has followed
}

// ask wants to run a step, and reads what the dialog says.
func (w *walk) ask(id string) {
	w.t.Helper()
	w.choose(id)
	w.driver.film(glance)
	w.driver.Press("enter")
	w.await(func(screen string) bool { return strings.Contains(screen, "LAB · Run "+id) })
	w.driver.Advance(time.Second) // until the dialog takes keys
	w.driver.film(look)
}

// answer gives the dialog what it asks for and watches the step to its end.
func (w *walk) answer(id, typed string) {
	w.t.Helper()
	if typed == "" {
		w.driver.Press("y")
	} else {
		w.driver.Type(typed)
		w.driver.film(glance)
		w.driver.Press("enter")
	}
	w.await(func(screen string) bool { return finished(screen, id) })
	w.driver.film(look)
}

// proof shows the end of it to everybody.
func (w *walk) proof() {
	for _, v := range w.views {
		v.Press("G").Expect("9 of 9 done")
	}
}

func (w *walk) selected(id string) bool {
	for _, line := range strings.Split(w.driver.Screen(), "\n") {
		if strings.Contains(line, "▸") && strings.Contains(line, " "+id+" ") && !strings.Contains(line, "╭") {
			return true
		}
	}
	return false
}

func finished(screen, id string) bool { return strings.Contains(screen, "✓ "+id+" ") }

// await films until the screen shows what is waited for.
func (w *walk) await(holds func(screen string) bool) {
	w.t.Helper()
	tick := time.NewTicker(glance / 2)
	defer tick.Stop()
	for deadline := time.After(3 * time.Minute); !holds(w.driver.Screen()); {
		select {
		case <-tick.C:
			w.driver.film(glance)
		case <-deadline:
			w.t.Fatalf("it does not happen:\n%s", w.driver.Screen())
		}
	}
}
