package failover

import (
	"context"
	"slices"
	"sync"
	"time"

	"pchatops/ops/fault"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// revival is how long a server that was proved dead is waited for once more,
// right before anything is decided on that.
const revival = time.Second

// revived tries, from here and from the second place, whether a server that was
// proved dead still is: the verdict is of some moments ago. Whatever it does
// otherwise than before ends the verdict. True: it takes connections again from here.
func (f *failover) revived(ctx context.Context, s *standing) bool {
	if f.Knock == nil {
		return false
	}
	var there status.Life
	var looking sync.WaitGroup
	looking.Go(func() { there = f.fromThere(ctx, *s) })
	err := f.knock(ctx, s.role)
	looking.Wait()
	said := "it takes connections again"
	if err != nil {
		now := fault.ReachOf(err)
		if stillAs(s.node.Sight.Reach, now) {
			s.life = there
			return false
		}
		said = "it was dead, and now: " + now.String()
		s.err = err
	}
	s.life = status.Life{Since: s.life.Since, Because: []string{"the console: " + said}, Lacks: "the silence has ended", Forming: true}
	return err == nil
}

func (f *failover) knock(ctx context.Context, r site.Role) error {
	ctx, cancel := context.WithTimeout(ctx, revival)
	defer cancel()
	return f.Knock(ctx, r)
}

// stillAs reports whether an attempt ended as those before; one that did not end, as
// they may have. Silence brings nothing back to life, also after a refusal.
func stillAs(before, now fault.Reach) bool {
	return now == "" || now == before || now.Silent()
}

// glance is for how long the second place tries to connect. It has as long to answer as
// any server; one of its hosts that does not is passed over.
const glance = 500 * time.Millisecond

// fromThere is the judgement of a server that was proved dead, once the second place
// has looked again: what it saw some seconds ago proves nothing of now.
func (f *failover) fromThere(ctx context.Context, s standing) status.Life {
	l := s.life
	if f.Glance == nil || s.node.Second.Place == "" {
		return l
	}
	var place string
	var reach fault.Reach
	var err error
	for range 2 {
		ctx, cancel := context.WithTimeout(ctx, f.Site.Intervals.Answer)
		err = fault.Guard("ask the secondary's data centre about "+s.address, func() (err error) {
			place, reach, err = f.Glance(ctx, s.role, glance)
			return err
		})
		cancel()
		if err == nil {
			break
		}
	}
	switch {
	case err != nil:
		l.Lacks, place = "the secondary's data centre cannot be asked what it sees now", "no second place"
	case reach.Landed():
		l.Lacks, l.Disputed, l.Reached = place+" gets a connection to it, the console does not", true, place
	case stillAs(s.node.Second.Sight.Reach, reach):
		return l
	default:
		l.Lacks, l.Forming = "from "+place+" it does not look as before", true
	}
	says := reach.String()
	if err != nil {
		says = err.Error()
	}
	l.Verdict, l.Because = status.LifeUnknown, append(slices.Clone(l.Because), place+", just now: "+says)
	return l
}
