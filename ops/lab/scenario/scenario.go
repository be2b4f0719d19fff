// Package scenario holds the situations in which the simulated site can be
// started, as files: what the world is, what happens when, what the best
// operator gives, and what is to come of it (docs/lab.md).
package scenario

import "time"

// Scenario is a situation to train or to prove on.
type Scenario struct {
	Name      string
	Title     string // one sentence
	Procedure string // that ends it; "" where nothing is wrong
	Site      Site
	Start     []Step              // that lead to the situation, in order
	When      []Event             // that happen afterwards
	Gates     map[string][]string // by step: the unmet gates that the best operator passes
	Lift      []Step              // that mend what the situation broke
	Expect    Expect
}

// Site is how the site is built. The zero value of a field is the lab's own.
type Site struct {
	Bare       bool // log shipping was never set up
	Monitor    bool // there is a monitor server
	History    time.Duration
	Interval   time.Duration
	MirrorTime time.Duration
}

// Step is one thing that is done to the site: a command of the control port or
// of the stage, with its values as text.
type Step struct {
	Do   string
	With map[string]string
}

// Elapses is how far the steps of the start move the site's clock on.
func (s Scenario) Elapses() (d time.Duration) {
	for _, step := range s.Start {
		by, _ := time.ParseDuration(step.With["advance"]) // of a clock; refused when it is performed
		d += by
	}
	return d
}

// Event is what happens when something else does. Exactly one of Request,
// Moment, State and After says when; each happens once.
type Event struct {
	Request *Request
	Moment  *Moment
	State   *State
	After   time.Duration // of the lab's clock

	Fate  string        // of the request: one of Fates
	Delay time.Duration // of the request
	Do    []Step
}

// Request is the n-th request of a kind that reaches a server.
type Request struct {
	Target string // `SQL11\RTC`, FE11; "": any
	Kind   string // sql or powershell; "": any
	Text   string // part of the request without its values
	N      int    // from 1
}

// Moment is the start or the end of a step of the procedure; the zero value is
// the beginning of all, when a console has been opened.
type Moment struct {
	Step string
	End  bool
}

// State is a state of the chat database on an instance.
type State struct {
	Instance string
	Is       string // ONLINE, RESTORING, …; ABSENT: there is no such database
}

// Expect is what is to come of the procedure.
type Expect struct {
	Findings []string // codes that are told before it begins
	Exit     int
	Stopped  string   // the step that is not done
	Says     []string // parts of what the run says of its end
	Left     []string // why backups were left behind: a part each; none: none are
	Lost     int      // messages that had shipped and may be missing
	Again    int      // exit code of another run, once everything is mended
}

// Fates are what can become of a request.
var Fates = []string{"cut-before", "cut-after", "cut-middle", "stall-before", "stall-after", "pass"}
