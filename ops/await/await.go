// Package await is the one place where whoever waits says what for, and for how
// long at most, so that every face of the console can tell. It waits for nothing
// itself.
package await

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Quiet is for how long nobody has to be told what is waited for.
const Quiet = 10 * time.Second

// Wait is something that is waited for.
type Wait struct {
	For   string // "FE11 to answer"
	Since time.Time
	Until time.Time // at the latest; zero: nothing ends it but its own end
}

// Says tells it in a sentence.
func (w Wait) Says() string {
	said := "waiting since " + w.Since.UTC().Format(time.TimeOnly) + " UTC for " + w.For
	if w.Until.IsZero() {
		return said + "; there is no time limit"
	}
	return said + "; until " + w.Until.UTC().Format(time.TimeOnly) + " UTC at most"
}

// Book holds what is waited for at the moment.
type Book struct {
	mu    sync.Mutex
	waits []*Wait // oldest first
}

type (
	key     struct{}
	besides struct{}
)

// Besides lets whatever is waited for in a context be told with what is so meanwhile.
func Besides(ctx context.Context, says string) context.Context {
	return context.WithValue(ctx, besides{}, says)
}

// With gives a context in which waits are put into a book: into that of ctx, or else
// into a new one.
func With(ctx context.Context) (context.Context, *Book) {
	if b := Of(ctx); b != nil {
		return ctx, b
	}
	b := &Book{}
	return context.WithValue(ctx, key{}, b), b
}

// Of gives the book of a context; nil: it has none.
func Of(ctx context.Context) *Book {
	b, _ := ctx.Value(key{}).(*Book)
	return b
}

// For puts a wait into the book of a context until over is called. most bounds it;
// zero: nothing does.
func For(ctx context.Context, what string, most time.Duration) (over func()) {
	return From(ctx, time.Now(), what, most)
}

// From is For a wait that has begun earlier.
func From(ctx context.Context, began time.Time, what string, most time.Duration) (over func()) {
	b := Of(ctx)
	if b == nil {
		return func() {}
	}
	w := &Wait{For: what, Since: began}
	if says, _ := ctx.Value(besides{}).(string); says != "" {
		w.For += " (" + says + ")"
	}
	if most > 0 {
		w.Until = w.Since.Add(most)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waits = append(b.waits, w)
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.waits = slices.DeleteFunc(b.waits, func(o *Wait) bool { return o == w })
	}
}

// Long gives the newest of the waits that have lasted for a while: what is waited
// for in order that an older one may end. nil: there is none.
func (b *Book) Long(now time.Time, least time.Duration) *Wait {
	if b == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, w := range slices.Backward(b.waits) {
		if now.Sub(w.Since) >= least {
			copied := *w
			return &copied
		}
	}
	return nil
}
