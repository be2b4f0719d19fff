package engine

import (
	"context"
	"errors"

	"pchatops/ops/fault"
)

// AskedLater is an error of Verify about what a step behind asks about by a gate of
// its own. What could not be read is undone by that as little as by any other, and it
// does not hold up that step: a tick stands.
type AskedLater struct{ error }

// Later makes an error one that is asked about later.
func Later(err error) error { return AskedLater{err} }

// Unwrap gives what could not be read.
func (l AskedLater) Unwrap() error { return l.error }

// IsLater reports whether a step behind asks about what could not be read.
func IsLater(err error) bool { return errors.As(err, new(AskedLater)) }

// Planned reads what a step would do now. It sends nothing and records nothing.
func Planned(ctx context.Context, step Step) (*Plan, error) {
	var plan *Plan
	err := fault.Guard("plan "+step.ID, func() (err error) {
		plan, err = step.Plan(ctx)
		return err
	})
	if err == nil && plan == nil {
		err = errors.New(step.ID + " gave no plan")
	}
	if err == nil {
		plan.stated()
	}
	return plan, err
}

// Proved reads whether a step's postcondition holds. It records nothing.
func Proved(ctx context.Context, step Step) (*Proof, error) {
	var proof *Proof
	err := fault.Guard("verify "+step.ID, func() (err error) {
		proof, err = step.Verify(ctx)
		return err
	})
	if err == nil && proof == nil {
		err = errors.New(step.ID + " gave no proof")
	}
	return proof, err
}

// Inferred says from the servers alone where a step stands: done and already
// so, skipped, or None with the plan of what is left. It records nothing,
// because the world may move on before the step's turn comes.
func Inferred(ctx context.Context, step Step) (Result, error) {
	plan, err := Planned(ctx, step)
	if err != nil {
		return Result{Err: err}, err
	}
	res := Result{Plan: plan}
	if plan.Skip != "" {
		res.Outcome, res.Reason = Skipped, plan.Skip
		return res, nil
	}
	if !plan.Empty() {
		return res, nil
	}
	if res.Proof, err = Proved(ctx, step); err != nil {
		res.Err = err
		return res, err
	}
	if res.Proof.Holds {
		res.Outcome, res.Already = Done, true
	}
	return res, nil
}
