package procedurestest

import (
	"context"
	"time"

	"pchatops/ops/lease"
)

// Sole is the lease of a console that nobody disputes.
type Sole struct{}

// Term is none: no plan can be overtaken.
func (Sole) Term(context.Context) (lease.Term, error) { return 0, nil }

// Settled says that nobody else has asked for anything.
func (Sole) Settled(context.Context) (bool, error) { return false, nil }

// Prove always proves.
func (Sole) Prove(context.Context, lease.Term, time.Duration) error { return nil }

// Lost is never closed.
func (Sole) Lost() <-chan struct{} { return nil }

// Clock is the wall clock.
type Clock struct{}

// Now is the time.
func (Clock) Now() time.Time { return time.Now() }
