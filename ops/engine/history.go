package engine

import (
	"encoding/json"
	"fmt"
	"time"

	"pchatops/ops/fault"
	"pchatops/ops/journal"
)

// Bounds of what a history keeps of a journal, however long that is.
const (
	keptActions = 500   // of a step's last run, the newest
	keptNames   = 2_000 // steps, facts, unsettled actions
)

// History is what a journal says of the steps: its lines folded one by one.
// A console that drives, one that starts again and one that only watches all
// see the steps through it.
type History struct {
	Opening  journal.Opening
	Driver   string           // who drives, or drove last
	Began    time.Time        // beginning of the step that sent the first action; zero before
	Back     time.Time        // when the service was first seen to be back; zero: it was not
	Underway string           // step that was confirmed and has no outcome yet
	About    string           // step that the last line was about; "" for none
	Steps    map[string]*Past // by step id
	Facts    map[string]string
	Closed   *Summary // nil while the incident is open
	ClosedAt time.Time
	first    string // step that sent the first action
}

// Past is one step as the journal has it.
type Past struct {
	Outcome   Outcome
	Already   bool
	Changed   bool
	Proof     *Proof
	Err       *fault.Error
	Unproved  *fault.Error // why its outcome could not be proved anew, the last time that was tried; nil: it was
	Reason    string       // of a skip
	Given     bool         // the reason is somebody's; else the servers gave it
	By        string       // who ran or skipped it
	Actions   []Sent       // of the last run, the newest; Sent counts all
	Sent      int
	Total     int // as the plan had it
	Began     time.Time
	Took      time.Duration
	Decided   time.Time       // when it got its outcome; zero: it has none on record
	Line      uint64          // of the journal, that gave it its outcome last: clocks may be set back
	Unsettled map[string]bool // actions that may or may not have taken effect
}

// Adrift reports whether the last thing on record is an intent: its console
// ended, or is still waiting for the answer.
func (p *Past) Adrift() bool {
	n := len(p.Actions)
	return p.Outcome == Unknown && p.Decided.IsZero() && n > 0 && p.Actions[n-1].Outcome == None
}

// Sent is one action that was sent.
type Sent struct {
	ActionRecord
	At time.Time // when it was about to be sent
}

// Begun is the name of the fact that something of a step was sent, or was about to
// be, at any time of the incident.
func Begun(step string) string { return "begun " + step }

// NewHistory gives the history of an empty journal; Apply folds lines into it.
// An intent without an outcome leaves its step unknown: only Verify, or running
// it again, decides.
func NewHistory() *History {
	return &History{Steps: map[string]*Past{}, Facts: map[string]string{}}
}

// Step gives the past of a step, never nil.
func (h *History) Step(id string) *Past {
	if p := h.Steps[id]; p != nil {
		return p
	}
	p := &Past{Unsettled: map[string]bool{}}
	if len(h.Steps) < keptNames {
		h.Steps[id] = p
	}
	return p
}

// Apply folds one line.
func (h *History) Apply(l journal.Line) error {
	h.About = ""
	switch l.Type {
	case journal.Open:
		return h.read(l, &h.Opening)
	case journal.Driver:
		h.Driver, h.Underway = l.By, ""
	case journal.Plan:
		return h.planned(l)
	case journal.Intent:
		return h.intended(l)
	case journal.Action:
		return h.acted(l)
	case journal.Step, journal.Skip:
		return h.decided(l)
	case journal.Seen:
		return h.saw(l)
	case journal.Close:
		h.Closed, h.ClosedAt = &Summary{}, l.Time
		return h.read(l, h.Closed)
	default: // says nothing of the steps
	}
	return nil
}

func (h *History) planned(l journal.Line) error {
	var r PlanRecord
	if err := h.read(l, &r); err != nil {
		return err
	}
	h.About = r.Step
	h.learn(r.Facts)
	if r.wasRefused() {
		return nil
	}
	p := h.Step(r.Step)
	p.Actions, p.Sent, p.Total, p.Began, p.By = nil, 0, r.Total, l.Time, l.By
	h.Underway = r.Step
	return nil
}

func (h *History) intended(l journal.Line) error {
	var r ActionRecord
	if err := h.read(l, &r); err != nil {
		return err
	}
	if h.Began.IsZero() {
		h.Began, h.first = l.Time, r.Step
	}
	h.About = r.Step
	h.learn([]Fact{{Name: Begun(r.Step), Value: l.Time.Format(time.RFC3339)}})
	p := h.Step(r.Step)
	p.Outcome, p.Already, p.Decided, p.Unproved = Unknown, false, time.Time{}, nil
	p.add(Sent{ActionRecord: r, At: l.Time})
	if len(p.Unsettled) < keptNames {
		p.Unsettled[r.ID] = true
	}
	return nil
}

func (h *History) acted(l journal.Line) error {
	var r ActionRecord
	if err := h.read(l, &r); err != nil {
		return err
	}
	h.About = r.Step
	p := h.Step(r.Step)
	if n := len(p.Actions); n > 0 && p.Actions[n-1].ID == r.ID && p.Actions[n-1].Outcome == None {
		p.Actions[n-1].ActionRecord = r
	} else {
		p.add(Sent{ActionRecord: r, At: l.Time})
	}
	if r.Outcome != Unknown {
		p.Outcome = None
		delete(p.Unsettled, r.ID)
	}
	h.learn(r.Facts)
	return nil
}

func (h *History) decided(l journal.Line) error {
	var r StepRecord
	if err := h.read(l, &r); err != nil {
		return err
	}
	h.About = r.Step
	p := h.Step(r.Step)
	if h.Underway == r.Step {
		h.Underway = ""
	}
	if p.Unproved = nil; r.Stands != None && r.Stands == p.Outcome {
		p.Unproved = r.Error // what could not be read takes nothing back
		return nil
	}
	p.Outcome, p.Already, p.Proof, p.Err, p.Reason = r.Outcome, r.Already, r.Proof, r.Error, r.Reason
	p.Changed, p.Given = r.Changed != nil && *r.Changed, l.Type == journal.Skip
	p.Decided, p.Line, p.By = l.Time, l.Seq, l.By
	p.Took = time.Duration(r.Seconds * float64(time.Second))
	began := l.Time.Add(-p.Took)
	if p.Began.IsZero() {
		p.Began = began
	}
	if h.first == r.Step && began.Before(h.Began) { // it had to be planned first
		h.Began = began
	}
	if r.Outcome == Done {
		clear(p.Unsettled)
	}
	if r.Proof != nil {
		h.learn(r.Proof.Facts)
	}
	return nil
}

// saw takes what was observed outside any step, of which the first time counts, or
// what a step keeps on record.
func (h *History) saw(l journal.Line) error {
	var r SeenRecord
	if err := h.read(l, &r); err != nil {
		return err
	}
	if r.Step != "" {
		h.About = r.Step
		h.learn(append([]Fact{r.Fact}, r.Facts...))
		return nil
	}
	if _, known := h.Facts[r.Name]; !known {
		h.learn(append([]Fact{r.Fact}, r.Facts...))
	}
	if at, err := time.Parse(time.RFC3339Nano, r.Value); err == nil && r.Name == ChatBack && h.Back.IsZero() {
		h.Back = at
	}
	return nil
}

// BackAfter is how long the service was away, from the beginning of the incident
// until it was first seen to be back; nil: it was not. Whatever run or console that
// was in, this is what chat_back_seconds says.
func (h *History) BackAfter() *time.Duration {
	if h.Back.IsZero() || h.Began.IsZero() {
		return nil
	}
	d := max(0, h.Back.Sub(h.Began)) // a clock may have been set back
	return &d
}

// add keeps an action, and makes room by forgetting the older half.
func (p *Past) add(s Sent) {
	p.Sent++
	if len(p.Actions) >= keptActions {
		p.Actions = append([]Sent(nil), p.Actions[keptActions/2:]...)
	}
	p.Actions = append(p.Actions, s)
}

func (h *History) learn(facts []Fact) {
	for _, f := range facts {
		if _, known := h.Facts[f.Name]; known || len(h.Facts) < keptNames {
			h.Facts[f.Name] = f.Value
		}
	}
}

func (h *History) read(l journal.Line, into any) error {
	if err := json.Unmarshal(l.Data, into); err != nil {
		return fmt.Errorf("what the %s line says cannot be read: %w", l.Type, journal.Ours(err))
	}
	return nil
}
