package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/ops/site"
	"pchatops/themes"
	"pchatops/tui/actions"
	"pchatops/tui/part/scroll"
	"pchatops/tui/screen"
	"pchatops/tui/style"
)

// panel is what can have the keys on the main screen.
type panel int

const (
	steps panel = iota
	detail
	sites // only where one panel is shown at a time
)

// Model is the root: size, focus, overlays, mailbox. It is a tea.Model.
type Model struct {
	driver     incident.Driver
	site       *site.Site
	keys       actions.Map
	procedures []engine.Procedure
	resumable  bool // suspended, it could be resumed
	now        time.Time
	// What the waits wait for. Both end with the context of the console.
	next  func() (*incident.State, error)
	sleep func(time.Duration) (time.Time, error)
	drew  func() // what is told of the first frame; nil: nobody

	w, h   int
	theme  themes.Theme
	chosen bool // the theme was asked for by name
	style  *style.Style
	look   look // what the terminal told of itself

	state    *incident.State // what is shown; newest knows what is
	frozen   *frozen         // nil: the screen follows the incident
	trends   screen.Trends   // sampled each minute
	turned   time.Time       // when a step last began or ended
	asked    time.Time       // when one was last asked for
	another  string          // the procedure that was chosen instead of this
	focus    panel
	touched  bool   // a key was pressed
	selected string // the step with the mark, by identity: a refresh must not move it
	shown    string // the step that everything else is about: it follows the mark
	moves    int    // of the mark; names each for late messages
	scrolls  [3]scroll.Scroll
	layers   []*layer // topmost last
	planning *planning
	askedOld bool      // whether to go on with an old incident
	sent     *sent     // a confirmation that has not come to anything yet
	verified *verified // a verification whose outcome was not told yet
	toast    toast
	leaving  bool   // ctrl+c was pressed once
	calls    int    // what the driver was asked and has not answered
	waits    int    // waits for the clock that are under way
	opened   int    // layers opened so far; names each for late messages
	version  uint64 // of the frame: counts the messages that may have changed it, from 1
	drawn    cache
}

// New makes the root model. The commands that it starts end with ctx.
func New(ctx context.Context, inbox Inbox, o Options) (*Model, error) {
	clock := o.Clock
	if clock == nil {
		clock = realClock{}
	}
	m := &Model{
		driver: o.Incident, site: o.Site, keys: o.Keys, procedures: o.Procedures, resumable: o.Resumable,
		now: clock.Now(), w: o.Width, h: o.Height, chosen: o.Theme != "", look: newLook(o), state: &incident.State{}, version: 1,
		drew: o.Drawn,
		next: func() (*incident.State, error) { return inbox.Next(ctx) },
		sleep: func(d time.Duration) (time.Time, error) {
			err := clock.Sleep(ctx, d)
			return clock.Now(), err
		},
	}
	if m.keys == nil {
		m.keys = actions.Default()
	}
	if m.site != nil {
		m.state = &incident.State{Site: m.site.Name, Danger: string(m.site.Danger)}
	}
	if m.chosen {
		return m, m.wear(o.Theme)
	}
	m.follow()
	return m, nil
}

// Init starts the two waits that run as long as the console: one for the next
// state, one for the next second.
func (m *Model) Init() tea.Cmd {
	return tea.Batch(m.await(), m.tick(), m.askBackground(), m.began())
}

// began tells of the first frame. A program runs no command before it has that.
func (m *Model) began() tea.Cmd {
	if m.drew == nil {
		return nil
	}
	return func() tea.Msg {
		m.drew()
		return nil
	}
}

// Pending counts what is under way: requests that the incident has not
// answered, and waits for the clock. The test driver waits by it.
func (m *Model) Pending() (calls, waits int) { return m.calls, m.waits }

// Size is the size of the terminal as the console knows it.
func (m *Model) Size() (w, h int) { return m.w, m.h }

// Seen is the number of the newest state that the console knows.
func (m *Model) Seen() uint64 { return m.newest().Seq }

// Another is the procedure that the operator chose instead of the one on the
// screen, "" when none was; it says so once the console has ended.
func (m *Model) Another() string { return m.another }

// wear puts a theme on, in the colours of the environment.
func (m *Model) wear(name string) error {
	t, err := themes.Load(name)
	if err != nil {
		return err
	}
	m.theme = t
	m.dress()
	return nil
}

func (m *Model) dress() {
	danger := site.Danger(m.state.Danger)
	if m.state.Lab {
		danger = site.Lab
	}
	m.style = style.New(m.theme, danger)
}

// step is the step that detail and keys are about, nil while there is none.
func (m *Model) step() *incident.StepState { return stepOf(m.state, m.shown) }

func stepOf(s *incident.State, id string) *incident.StepState {
	for i := range s.Steps {
		if s.Steps[i].ID == id {
			return &s.Steps[i]
		}
	}
	return nil
}
