package plain

import (
	"context"
	"errors"
	"time"

	"pchatops/ops/incident"
	"pchatops/tui/part/clean"
)

// Ends of the conversation.
var (
	errQuit  = errors.New("the operator quits")
	errInput = errors.New("the input has ended")
	errOver  = errors.New("the incident has ended")
	// errAnew ends whatever is asked: a step that was confirmed is asked about
	// again before anything else.
	errAnew = errors.New("a step has to be confirmed anew")
)

// mostNews bounds the lines that one state can bring.
const mostNews = 12

// tick is how often what the time alone changes is looked at.
const tick = time.Second

// console is one conversation. It lives in one goroutine.
type console struct {
	Options
	*printer
	states <-chan *incident.State
	lines  <-chan string

	state  *incident.State // the newest; nil before the first
	news   news
	entry  incident.Entry // the newest of the log that was told
	chosen string         // the step that the choices are about; "": the first that is open
	asked  *asked
	anew   string // a step to be asked about again: its plan was not what was confirmed, or it has left something to decide
	beat   <-chan time.Time
}

func newConsole(o Options, states <-chan *incident.State, lines <-chan string) *console {
	return &console{
		Options: o, printer: &printer{out: o.Out, width: o.Width},
		states: states, lines: lines, news: news{}, beat: o.Clock.After(tick),
	}
}

// event is what came: a line of the operator, or something that was told.
type event struct {
	line  string
	typed bool
	ended bool // a step that the operator waits for has come to something
}

// next waits for a line of the operator, a new state or the next tick, takes
// the latter two over and, unless quiet, tells what is new.
func (c *console) next(ctx context.Context, quiet bool) (event, error) {
	select {
	case l, ok := <-c.lines:
		if !ok {
			return event{}, errInput
		}
		return event{line: l, typed: true}, nil
	case s, ok := <-c.states:
		if !ok {
			return event{}, errOver
		}
		c.state = s
	case <-c.beat:
		c.beat = c.Clock.After(tick)
	case <-ctx.Done():
		return event{}, context.Cause(ctx)
	}
	if c.state == nil || quiet {
		return event{}, nil
	}
	return event{ended: c.tell()}, nil
}

// tell says what is new; ended: a step that the operator waits for has come to
// something.
func (c *console) tell() (ended bool) {
	if c.asked != nil {
		if ended = c.asked.over(c.find(c.asked.step)); ended {
			c.news.renew(stepKey(c.asked.step))
			if c.asked.anew(c.find(c.asked.step)) {
				c.anew = c.asked.step
			}
			c.asked = nil
		}
	}
	lines := append(c.news.pick(c.topics(), c.Clock.Now()), c.notes()...)
	if more := len(lines) - mostNews; more > 0 {
		lines = append(lines[:mostNews], "And more has changed: choose the state of the site.")
	}
	now := c.Clock.Now().UTC().Format("15:04:05")
	for _, l := range lines {
		c.sentences(now + " " + l)
	}
	return ended
}

// notes are those that came into the record since it was last looked at.
func (c *console) notes() []string {
	list := c.state.Notes
	var out []string
	for i := len(list) - 1; i >= 0 && list[i] != c.entry; i-- {
		if list[i].Kind == "note" {
			out = append([]string{"Note by " + clean.Line(list[i].Text)}, out...)
		}
	}
	if len(list) > 0 {
		c.entry = list[len(list)-1]
	}
	return out
}

// listen waits for a line, telling meanwhile what is new. prompt says what is
// waited for; it says so again when a step has come to something.
func (c *console) listen(ctx context.Context, prompt func()) (string, error) {
	prompt()
	for {
		if c.failed != nil {
			return "", c.failed
		}
		e, err := c.next(ctx, false)
		if err != nil || e.typed {
			return e.line, err
		}
		if e.ended && c.anew != "" {
			return "", errAnew
		}
		if e.ended {
			prompt()
		}
	}
}

// await waits until ready, at most for a while, or until the operator gives
// up with an empty line. Whatever else is typed meanwhile was meant for
// something else, and must not answer the question that comes next.
func (c *console) await(ctx context.Context, most time.Duration, ready func() bool) (bool, error) {
	late := c.Clock.Now().Add(most)
	for !ready() {
		e, err := c.next(ctx, false)
		switch {
		case err != nil:
			return false, err
		case e.typed && e.line == "":
			return false, nil
		case e.typed:
			c.untaken(e.line)
		case !c.Clock.Now().Before(late):
			return false, nil
		}
	}
	return true, nil
}

func (c *console) untaken(line string) { c.say("Not taken, nothing was asked yet: %s", line) }

func (c *console) find(id string) *incident.StepState {
	for i := range c.state.Steps {
		if c.state.Steps[i].ID == id {
			return &c.state.Steps[i]
		}
	}
	return nil
}

// step is the one that the choices are about: the chosen one, else the first
// that is open, else the last; nil where there is none.
func (c *console) step() *incident.StepState {
	if s := c.find(c.chosen); s != nil {
		return s
	}
	for i := range c.state.Steps {
		if !finished(&c.state.Steps[i]) {
			return &c.state.Steps[i]
		}
	}
	if n := len(c.state.Steps); n > 0 {
		return &c.state.Steps[n-1]
	}
	return nil
}
