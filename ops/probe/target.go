package probe

import (
	"context"
	"errors"
	"sync"
	"time"

	"pchatops/ops/fault"
	"pchatops/ops/status"
)

// pace is how often something is asked and how long an answer may take.
type pace struct {
	every  time.Duration
	answer time.Duration
	quiet  time.Duration // in place of every while nothing moves; 0: as ever
}

const (
	// longestPause bounds the pause after failures: a server that comes back
	// in the middle of an incident has to be seen soon.
	longestPause = 30 * time.Second
	// lastWords is what a driver gets after the deadline to say why.
	lastWords = 250 * time.Millisecond
)

// pause is the time from the start of one attempt to the next.
func (p pace) pause(failures int, moves bool) time.Duration {
	d := p.every
	if p.quiet > 0 && !moves {
		return p.quiet
	}
	for i := 1; i < failures && d < longestPause; i++ {
		d = min(2*d, longestPause)
	}
	return d
}

// target asks one source, again and again. One goroutine owns it.
type target struct {
	source
	pace
	now      func() time.Time
	clock    Clock
	wake     chan struct{}
	back     chan struct{} // holds a token once the server takes connections again
	stirred  chan struct{} // holds a token once something moves after a quiet time
	moves    func() bool
	sentry   *sentry     // nil: nobody watches it while it is silent
	pending  chan answer // of a call that outlived its deadline
	failures int
	refused  bool // the login was; trying it again by itself would lock the account
}

// answer is what a call brought.
type answer struct {
	write write
	err   error
}

// ending is how an attempt ended.
type ending struct {
	asked, at time.Time
	on, off   time.Time // the same by the clock that verdicts go by
	took      time.Duration
	err       *fault.Error
}

// update brings a snapshot up to date with one attempt.
type update func(*status.Snapshot)

// run asks until ctx ends, and returns when no call is under way any more.
func (t *target) run(ctx context.Context, updates chan<- update) {
	defer func() {
		if t.pending != nil {
			<-t.pending
		}
	}()
	for {
		started := time.Now()
		u := t.attempt(ctx)
		if ctx.Err() != nil {
			return
		}
		select {
		case updates <- u:
		case <-ctx.Done():
			return
		}
		if !t.rest(ctx, started) {
			return
		}
	}
}

// rest waits for the next attempt after the one that started then; false when ctx
// ended.
func (t *target) rest(ctx context.Context, started time.Time) bool {
	for {
		timer := time.NewTimer(t.pause(t.failures, t.moves()) - time.Since(started))
		due, back := timer.C, t.back
		if t.refused {
			due, back = nil, nil
		}
		over, ended := true, false
		select {
		case <-due:
		case <-back:
		case <-t.wake:
		case <-t.stirred:
			over = false // the pause is a shorter one now
		case <-ctx.Done():
			ended = true
		}
		timer.Stop()
		if over || ended {
			return !ended
		}
	}
}

// guard raises the alarm when an attempt is late. Call what it returns at the
// attempt's end.
func (t *target) guard(ctx context.Context) (end func(answered bool)) {
	if t.sentry == nil {
		return func(bool) {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var waiting sync.WaitGroup
	waiting.Go(func() {
		if t.clock.Wait(ctx, late) == nil {
			t.sentry.alarm()
		}
	})
	return func(answered bool) {
		cancel()
		waiting.Wait()
		if answered {
			t.sentry.calm()
		} else {
			t.sentry.alarm()
		}
	}
}

// attempt asks once and waits no longer than the deadline, even for a call
// that ignores it. Such a call stays the only one: the next attempt waits for
// it instead of starting another.
func (t *target) attempt(ctx context.Context) update {
	asked, on, started := t.now().UTC(), t.clock.Now(), time.Now()
	end := t.guard(ctx)
	ctx, cancel := context.WithTimeout(ctx, t.answer)
	defer cancel()
	got, err := t.call(ctx)
	end(err == nil)
	took := time.Since(started)
	e := ending{asked: asked, at: asked.Add(took), on: on, off: t.clock.Now(), took: took, err: t.blame(err)}
	t.refused = fault.Is(err, fault.Login)
	if t.failures++; err == nil {
		t.failures = 0
	}
	return func(s *status.Snapshot) {
		if e.err == nil {
			got(s, e)
		}
		t.note(s, e)
	}
}

func (t *target) call(ctx context.Context) (write, error) {
	if t.pending != nil {
		select {
		case <-t.pending: // too late to be told
			t.pending = nil
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	t.pending = make(chan answer, 1)
	go func(to chan<- answer) {
		var w write
		err := fault.Guard("ask "+t.name+" for its state", func() (err error) {
			w, err = t.ask(ctx)
			return err
		})
		to <- answer{w, err}
	}(t.pending)
	select {
	case a := <-t.pending:
		t.pending = nil
		return a.write, a.err
	case <-ctx.Done():
	}
	select {
	case a := <-t.pending:
		t.pending = nil
		return a.write, a.err
	case <-time.After(lastWords):
		return nil, context.Cause(ctx)
	}
}

// blame gives every trouble the shape of a fault.
func (t *target) blame(err error) *fault.Error {
	var f *fault.Error
	if err == nil || errors.As(err, &f) {
		return f
	}
	f = &fault.Error{
		Class: fault.Other, Tried: "ask for its state", Target: t.name, Text: err.Error(), Cause: err,
		Do: "poll again; if it stays so, look at the error log of that server",
	}
	if errors.Is(err, context.DeadlineExceeded) {
		f.Class, f.Text = fault.Timeout, "no answer within "+t.answer.String()
		f.Do = "check the server and the network to it; intervals in the site file set the deadline"
	}
	return f
}
