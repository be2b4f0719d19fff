package incident

import (
	"errors"
	"slices"
	"time"

	"pchatops/ops/engine"
)

// stepView is one step as the owner has it: what is on record, and around it
// what is only known live.
type stepView struct {
	step  engine.Step
	past  engine.Past
	shown []ActionState // past.Actions as viewers see them; nil: to be made
	again bool          // a step that undoes this one was done later, in this very incident

	plan    *engine.Plan
	planAt  time.Time
	planErr error
	plans   bool // a plan is being read

	undone   *engine.Proof // of the servers, against the record; nil: they do not contradict it
	unread   error         // why it is not known whether they do; nil: they were read, or nobody has asked
	moot     string        // why there is nothing that a skipped step can do, as it was last read
	provedAt time.Time     // when the outcome on record was last proved anew
	asOf     int           // how many steps had been run when it was last read

	inferred   engine.Result // from the servers alone, where nothing is on record
	inferredAt time.Time     // zero: not inferred

	running  bool
	apart    bool // its action goes on by itself, and is only followed
	left     bool // the console that ran it has ended
	since    time.Time
	before   time.Time // when it had got the outcome that was on record as it began
	total    int
	progress *engine.Progress
	percent  float64
	output   []string
	proof    *engine.Proof // read by the last run or verification
	refused  error         // why the last run or verification came to nothing
	changed  *engine.Changed
	leftOver *Left
}

// outcome is the one on record, or else what the servers say.
func (v *stepView) outcome() engine.Outcome {
	if v.undone != nil && (v.past.Outcome == engine.Done || v.past.Outcome == engine.Skipped) {
		return engine.Undone
	}
	if v.past.Outcome != engine.None {
		return v.past.Outcome
	}
	return v.inferred.Outcome
}

// reason is that of a skip: what the servers say of it is so as they say it now.
func (v *stepView) reason() string {
	if v.moot != "" && !v.past.Given && v.past.Outcome == engine.Skipped && !v.provedAt.Before(v.past.Decided) {
		return v.moot
	}
	return v.past.Reason
}

// unproved is why the outcome on record could not be proved the last time that was
// tried; nil: it was.
func (v *stepView) unproved() error {
	if v.unread == nil && v.past.Unproved != nil {
		return v.past.Unproved
	}
	return v.unread
}

// begin clears what is left of the run before.
func (v *stepView) begin(now time.Time) {
	v.running, v.apart, v.since, v.total, v.before = true, false, now, 0, v.past.Decided
	v.progress, v.percent, v.output, v.refused, v.changed, v.leftOver, v.proof = nil, -1, nil, nil, nil, nil, nil
	v.inferred, v.inferredAt = engine.Result{}, time.Time{}
}

// planned takes a fresh plan over.
func (v *stepView) planned(p *engine.Plan, err error, now time.Time) {
	v.plan, v.planErr, v.planAt = p, err, now
	if p != nil {
		v.total = max(p.Total, len(p.Actions))
	}
}

// live takes over what a running step shows and the journal does not keep.
func (v *stepView) live(e engine.Event) {
	switch e.Type {
	case engine.EventPlanned:
		v.planned(e.Plan, nil, e.Time)
	case engine.EventIntent:
		v.progress, v.percent, v.apart = nil, -1, false
	case engine.EventProgress:
		v.apart = v.apart || e.Progress.Apart
		v.progress, v.percent = e.Progress, e.Progress.Percent
	case engine.EventLog:
		v.output = appendBounded(v.output, e.Line, maxOutput)
	default: // the journal has it
	}
}

// end takes over what a run or verification came to.
func (v *stepView) end(res engine.Result, err error) {
	v.running, v.shown, v.progress, v.percent = false, nil, nil, -1
	if err == nil || !v.past.Decided.Equal(v.before) { // else the record is what it was, and so is what contradicts it
		v.undone, v.unread = nil, nil
	}
	v.proof, v.refused, v.changed, v.leftOver = res.Proof, err, nil, nil
	errors.As(err, &v.changed)
}

// leftOf gives what a run has left to decide; nil: nothing.
func leftOf(res engine.Result) *Left {
	if !errors.Is(res.Err, engine.ErrDecide) {
		return nil
	}
	f := engine.Fault(res.Err)
	return &Left{Why: f.Tried + ": " + f.Text}
}

// state gives the step to viewers.
func (v *stepView) state(blocked string) StepState {
	s := StepState{
		ID: v.step.ID, Title: v.step.Title, Why: v.step.Why, Source: v.step.Source, Risk: v.step.Risk,
		Outcome: v.past.Outcome, Already: v.past.Already, Proof: v.past.Proof, Reason: v.reason(),
		Running: v.running, Blocked: blocked, Plan: v.plan, PlanAt: v.planAt, PlanErr: v.planErr,
		Actions: v.actions(), Sent: v.past.Sent, Total: max(v.total, v.past.Total, v.past.Sent),
		Changed: v.changed, Left: v.leftOver, Progress: v.progress, Output: slices.Clip(v.output), Started: v.past.Began, Took: v.past.Took,
	}
	if v.past.Err != nil {
		s.Err = v.past.Err
	} else if err := v.orphaned(); err != nil {
		s.Err = err
	}
	if s.Unproved = v.unproved(); s.Unproved != nil {
		s.Err = s.Unproved
	}
	switch {
	case v.running:
		s.Unproved = nil
		s.Outcome, s.Already, s.Proof, s.Err, s.Reason, s.Took = engine.None, false, nil, nil, "", 0
		s.Started = v.since
	case v.outcome() == engine.Undone:
		s.Outcome, s.Already, s.Proof = engine.Undone, false, v.undone
	case v.past.Outcome == engine.None:
		s.Outcome, s.Already, s.Proof, s.Reason = v.inferred.Outcome, v.inferred.Already, v.inferred.Proof, v.inferred.Reason
	}
	if v.proof != nil {
		s.Proof = v.proof
	}
	if v.refused != nil {
		s.Err = v.refused
	}
	return s
}

// actions gives those of the last run; only a running step's change.
func (v *stepView) actions() []ActionState {
	if v.shown != nil && !v.running {
		return v.shown
	}
	out := make([]ActionState, 0, len(v.past.Actions))
	for _, a := range v.past.Actions {
		s := ActionState{
			ID: a.ID, Target: a.Target, Text: a.Text, Kind: a.Kind, Outcome: a.Outcome, Percent: -1,
			Started: a.At, Took: time.Duration(a.Seconds * float64(time.Second)),
		}
		if a.Error != nil {
			s.Err = a.Error
		}
		if a.Outcome == engine.None {
			s.Percent = v.percent
			if !v.running {
				s.Outcome = engine.Unknown
			}
		}
		out = append(out, s)
	}
	v.shown = out
	return out
}
