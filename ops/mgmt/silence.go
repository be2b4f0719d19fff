package mgmt

import (
	"context"
	"fmt"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/inventory"
)

const (
	// again is how often it is told that something is still waited for.
	again = 30 * time.Second
	// blip is for how long a host may be silent before the servers' word counts
	// instead: its own says more, the log and why something failed.
	blip = 20 * time.Second
)

// patience is how long a host may be silent while it does some work.
func (o Options) patience(w work) time.Duration {
	if w.brief {
		return min(o.Patience, o.Brief)
	}
	return o.Patience
}

// silence is a host's that has a job, or is to begin one.
type silence struct {
	attempt
	options Options
	most    time.Duration // for which it is waited for
	since   time.Time     // zero: it answers
	told    time.Time
}

// left is how much longer the host is waited for.
func (s *silence) left() time.Duration { return max(0, s.most-s.options.Now().Sub(s.since)) }

// within does some work, for as long as a host that has been silent is still
// waited for.
func (s *silence) within(ctx context.Context, work func(context.Context) error) error {
	if !s.since.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, max(s.left(), s.options.Retry))
		defer cancel()
	}
	return work(ctx)
}

// heard tells, at once and again, that the host does not answer, and what the
// servers say meanwhile. An error ends the waiting.
func (s *silence) heard(ctx context.Context, why error, r engine.Reporter) error {
	now := s.options.Now()
	silent, over := now.Sub(s.since), now.Sub(s.since) >= s.most
	if !over && !s.told.IsZero() && now.Sub(s.told) < again {
		return nil
	}
	took, servers := s.work.seen(ctx)
	what := fmt.Sprintf("%s has not answered since %s UTC (%s): %v%s", s.host.Name(), s.since.UTC().Format(time.TimeOnly), inventory.Span(silent), why, servers)
	switch {
	case took && silent >= blip:
		s.work.ended(r)
		return lost(s.host, what, why)
	case over:
		return lost(s.host, what, why)
	case s.told.IsZero():
		what = fmt.Sprintf("no answer from %s since %s UTC (a job goes on there meanwhile): %v%s", s.host.Name(), s.since.UTC().Format(time.TimeOnly), why, servers)
	}
	s.told = now
	r.Log(fmt.Sprintf("%s. It is asked again until %s UTC at most", what, s.since.Add(s.most).UTC().Format(time.TimeOnly)))
	return nil
}

// glance bounds how long the servers are asked for what a job has done.
const glance = 5 * time.Second

// seen asks the servers that a job changes whether it has taken effect, in words
// that go on with a sentence.
func (w work) seen(ctx context.Context) (took bool, says string) {
	if w.effect == nil {
		return false, ""
	}
	ctx, cancel := context.WithTimeout(ctx, glance)
	defer cancel()
	took, says, err := w.effect(ctx)
	if err != nil {
		return false, "; what it has done cannot be seen from here: " + err.Error()
	}
	return took, "; the servers say: " + says
}

// onlooker looks now and then at the servers that a running job changes: its host
// may be waiting for one that is gone.
type onlooker struct {
	attempt
	options Options
	next    time.Time
	since   time.Time // a server does not answer; zero: all do
}

// look tells of servers that do not answer.
func (o *onlooker) look(ctx context.Context, r engine.Reporter) {
	now := o.options.Now()
	if o.work.effect == nil || now.Before(o.next) {
		return
	}
	defer func() { o.next = o.options.Now().Add(again / 3) }()
	within, cancel := context.WithTimeout(ctx, glance)
	defer cancel()
	switch _, says, err := o.work.effect(within); {
	case ctx.Err() != nil:
	case err == nil && !o.since.IsZero():
		o.since = time.Time{}
		r.Log("the servers that the job changes answer again: " + says)
	case err != nil:
		if o.since.IsZero() {
			o.since = now
		}
		r.Log(fmt.Sprintf("the job is %s on %s, and a server that it changes has not answered since %s UTC: %v", o.view.State, o.host.Name(), o.since.UTC().Format(time.TimeOnly), err))
	}
}
