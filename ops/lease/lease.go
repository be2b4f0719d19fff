// Package lease is the protocol by which one console at a time drives a site
// (docs/decisions.md, 7): what a console knows of its right, and how a request
// carries that right to where it is sent. It is pure; ops/mssql holds the locks,
// ops/mgmt fences the jobs, cmd/pchatops keeps the right.
package lease

import (
	"context"
	"errors"
	"time"
)

const (
	// Bound is how old a proof of the right may be when SQL is sent. On the
	// instance that the SQL changes no time passes at all: the session that it is
	// sent on holds the lock there.
	Bound = 2 * time.Second
	// Limit is for how long after it was asked for a host may start a job, on the
	// host's own clock.
	Limit = 30 * time.Second
)

// ErrOver says that a term is over: the right was lost since what is to be sent
// was planned. Nothing was sent; plan and confirmation have to be made anew.
var ErrOver = errors.New("the right to drive this site was lost meanwhile")

// Term numbers what a console has done to take the right to drive, from one. A
// plan belongs to the term that it was made in: what was locked later may have
// changed since. Zero is no term: whoever sends something without one has no plan
// that could be overtaken.
type Term uint64

// Hold is the right of one step: what it sends belongs to a term.
type Hold struct {
	Term Term
	// Prove says why nothing may be sent. What it rests on is at most within old;
	// zero: it asks the servers now.
	Prove func(ctx context.Context, within time.Duration) error
	// Lost is closed when the right is gone for good.
	Lost <-chan struct{}
}

// Gone reports whether the right is gone for good.
func (h Hold) Gone() bool {
	select {
	case <-h.Lost:
		return true
	default:
		return false
	}
}

type key struct{}

// In gives a context whose requests are sent by this right.
func (h Hold) In(ctx context.Context) context.Context {
	return context.WithValue(ctx, key{}, h)
}

// Of gives the right by which requests of a context are sent; a zero Hold where
// there is none.
func Of(ctx context.Context) Hold {
	h, _ := ctx.Value(key{}).(Hold)
	return h
}

// Check proves the right of a context. It is asked before each send and each
// repetition of one.
func Check(ctx context.Context, within time.Duration) error {
	if h := Of(ctx); h.Prove != nil {
		return h.Prove(ctx, within)
	}
	return nil
}
