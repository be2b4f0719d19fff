package probe

import (
	"context"
	"errors"
	"sync"
	"time"

	"pchatops/ops/fault"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// Knocker tries to connect to an instance and says nothing. An error is a
// *fault.Error with its Reach.
type Knocker interface {
	Knock(ctx context.Context) error
	Port() int // 0: not known
}

// Outlook tries to connect to an instance from a second place. An error means
// that there is none.
type Outlook interface {
	Look(ctx context.Context, in site.Instance, port int, patience time.Duration) (place string, reach fault.Reach, err error)
}

// The pace of a sentry, by the clock that verdicts go by.
const (
	late         = 500 * time.Millisecond // a poll that takes longer may be one that nobody answers
	longestKnock = 3 * time.Second        // an attempt to connect waits no longer
	settled      = 5 * time.Second        // between attempts where something is known to listen
	outlookPace  = 5 * time.Second        // between two questions to the second place
	outlookRest  = 20 * time.Second       // the same, once the silence is an old one
	fresh        = time.Minute            // until when a silence is none
	settleIn     = 10 * time.Second       // before the second place is asked about a server that answers
)

// outlookAnswer bounds one question to the second place, by the wall clock.
const outlookAnswer = 10 * time.Second

// sentry watches one server while it does not answer its polls: it tries to
// connect at a pace of its own, which no pause after failures slows down, and
// asks the second place what it sees.
type sentry struct {
	place   int // of the node in the snapshot
	in      site.Instance
	knocker Knocker
	outlook Outlook // nil: there is no second place
	after   site.DeadAfter
	now     func() time.Time
	clock   Clock
	back    chan<- struct{} // told when it takes connections again

	alarms  chan struct{} // holds a token once the watch has to begin
	mu      sync.Mutex
	uneasy  bool
	calmed  bool // it has answered before
	asking  sync.WaitGroup
	asked   time.Time // the last question to the second place, by clock
	waiting bool      // for its answer
}

// alarm begins the watch.
func (s *sentry) alarm() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uneasy = true
	select {
	case s.alarms <- struct{}{}:
	default: // begun already
	}
}

// calm ends it: the server answers.
func (s *sentry) calm() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uneasy, s.calmed = false, true
}

func (s *sentry) watchful() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.uneasy
}

// run watches whenever there is an alarm, until ctx ends.
func (s *sentry) run(ctx context.Context, updates chan<- update) {
	defer s.asking.Wait()
	s.asking.Go(func() { s.acquaint(ctx, updates) })
	for {
		select {
		case <-s.alarms:
		case <-ctx.Done():
			return
		}
		s.watch(ctx, updates)
	}
}

// watch tries to connect until the server answers its polls again.
func (s *sentry) watch(ctx context.Context, updates chan<- update) {
	var silence time.Time // its beginning, by clock
	for s.watchful() && ctx.Err() == nil {
		began := s.clock.Now()
		a := s.knock(ctx)
		if ctx.Err() != nil {
			return
		}
		send(ctx, updates, func(snap *status.Snapshot) { snap.Nodes[s.place].Knocked(a) })
		pace := s.patience()
		if a.Reach.Landed() {
			pace = settled
			if !silence.IsZero() {
				s.tellBack()
			}
			silence = time.Time{}
		} else {
			if silence.IsZero() {
				silence = began
			}
			s.consult(ctx, updates, s.clock.Now().Sub(silence))
		}
		_ = s.clock.Wait(ctx, pace-s.clock.Now().Sub(began)) // it ends with ctx, which is looked at
	}
}

// patience is how long one attempt to connect waits, so that the attempts fit
// into the time that a silence takes to become one.
func (s *sentry) patience() time.Duration {
	return min(longestKnock, (s.after.Silent+s.after.Silent/8)/time.Duration(max(s.after.Attempts, 1)))
}

// knock tries to connect once.
func (s *sentry) knock(ctx context.Context) status.Attempt {
	a := status.Attempt{Began: s.now().UTC(), On: s.clock.Now()}
	ctx, end := context.WithCancelCause(ctx)
	var timing sync.WaitGroup
	timing.Go(func() {
		if s.clock.Wait(ctx, s.patience()) == nil {
			end(context.DeadlineExceeded)
		}
	})
	err := fault.Guard("connect to "+s.in.Address(), func() error { return s.knocker.Knock(ctx) })
	end(nil)
	timing.Wait()
	a.End, a.Off = s.now().UTC(), s.clock.Now()
	if a.Reach = fault.ReachOf(err); err == nil {
		a.Reach = fault.Opened
	}
	return a
}

// tellBack lets the server be polled now.
func (s *sentry) tellBack() {
	select {
	case s.back <- struct{}{}:
	default: // it is about to be
	}
}

// send hands an update over, unless ctx ends before.
func send(ctx context.Context, updates chan<- update, u update) {
	select {
	case updates <- u:
	case <-ctx.Done():
	}
}

// consult asks the second place, unless it was asked a moment ago.
func (s *sentry) consult(ctx context.Context, updates chan<- update, silent time.Duration) {
	pace := outlookPace
	if silent > fresh {
		pace = outlookRest
	}
	s.mu.Lock()
	due := s.outlook != nil && !s.waiting && (s.asked.IsZero() || s.clock.Now().Sub(s.asked) >= pace)
	if due {
		s.waiting, s.asked = true, s.clock.Now()
	}
	s.mu.Unlock()
	if !due {
		return
	}
	s.asking.Go(func() {
		u := s.ask(ctx)
		s.mu.Lock()
		s.waiting = false
		s.mu.Unlock()
		if ctx.Err() == nil { // else the question was called off, which says nothing of that place
			send(ctx, updates, u)
		}
	})
}

// ask puts the question to the second place.
func (s *sentry) ask(ctx context.Context) update {
	ctx, cancel := context.WithTimeout(ctx, outlookAnswer)
	defer cancel()
	a := status.Attempt{Began: s.now().UTC(), On: s.clock.Now()}
	var place string
	err := fault.Guard("ask the secondary's data centre about "+s.in.Address(), func() (err error) {
		place, a.Reach, err = s.look(ctx)
		return err
	})
	a.End, a.Off = s.now().UTC(), s.clock.Now()
	return func(snap *status.Snapshot) { snap.Nodes[s.place].Reported(place, a, asFault(err, s.in.Address())) }
}

func (s *sentry) look(ctx context.Context) (string, fault.Reach, error) {
	port := s.knocker.Port()
	if port == 0 {
		return "", "", &fault.Error{Class: fault.Config, Tried: "ask the secondary's data centre", Target: s.in.Address(), Text: "the port of this instance is not known here", Do: "give the port in the site file"}
	}
	return s.outlook.Look(ctx, s.in, port, s.patience())
}

// asFault gives an error its shape; nil stays nil.
func asFault(err error, target string) *fault.Error {
	var f *fault.Error
	if err == nil || errors.As(err, &f) {
		return f
	}
	return &fault.Error{Class: fault.Other, Tried: "ask the secondary's data centre", Target: target, Text: err.Error(), Cause: err, Do: "look at the Windows hosts of that data centre in the site file: none of them could say what it sees"}
}

// acquaint asks the second place once about a server that answers, so that a
// silence can be told from a firewall that was always there.
func (s *sentry) acquaint(ctx context.Context, updates chan<- update) {
	if s.outlook == nil || s.in.Role != site.Primary && s.in.Role != site.Mirror || s.clock.Wait(ctx, settleIn) != nil {
		return
	}
	s.mu.Lock()
	answers := s.calmed && !s.uneasy
	s.mu.Unlock()
	if answers {
		send(ctx, updates, s.ask(ctx))
	}
}
