package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"pchatops/ops/await"
	"pchatops/ops/fault"
	"pchatops/ops/probe"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// verdicts is what the probe of an estate has published, and how verdicts are
// waited for.
type verdicts struct {
	// pace is the clock that verdicts go by; nil: the wall clock.
	pace probe.Clock
	// patient: nobody watches a screen, so a gate waits for a verdict to form.
	patient bool

	mu      sync.Mutex
	seen    *status.Snapshot
	changed chan struct{} // closed when seen is another; nil: nobody waits
	probing bool
}

// store takes over a snapshot.
func (w *verdicts) store(s *status.Snapshot) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = s
	if w.changed != nil {
		close(w.changed)
		w.changed = nil
	}
}

// probe tells that snapshots are to come, or that no more are.
func (w *verdicts) probe(on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.probing = on
	if !on && w.changed != nil {
		close(w.changed)
		w.changed = nil
	}
}

// news gives what was seen last and what is closed when there is more; nil:
// nobody probes.
func (w *verdicts) news() (*status.Snapshot, <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.probing {
		return w.seen, nil
	}
	if w.changed == nil {
		w.changed = make(chan struct{})
	}
	return w.seen, w.changed
}

// node gives what the probe last saw of a role.
func (w *verdicts) node(r site.Role) (status.Node, bool) {
	s, _ := w.news()
	if s == nil {
		return status.Node{}, false
	}
	n := s.Node(r)
	if n == nil || n.Seen().IsZero() {
		return status.Node{}, false
	}
	return *n, true
}

// ripen is how much longer than the longest silence a verdict may take: the
// attempts have to end, and the second place has to answer, which looks more and
// more seldom.
const ripen = 25 * time.Second

// life gives what the probe saw of a role; where nobody watches a screen, once
// its verdict has formed.
func (e *estate) life(ctx context.Context, r site.Role) (status.Node, bool) {
	in, there := e.site.Instance(r)
	if !there {
		return status.Node{}, false
	}
	most := e.site.DeadAfter.Refused + ripen
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	defer await.For(ctx, "a verdict whether "+in.Address()+" is alive or dead", most)()
	for e.patient {
		s, more := e.news()
		if more == nil || s != nil && s.Node(r) != nil && !s.Node(r).Life.Forming {
			break
		}
		select {
		case <-more:
			continue
		case <-ctx.Done():
		}
		break
	}
	return e.node(r)
}

// dark reports whether every server of a data centre that is asked is proved dead.
func (w *verdicts) dark(dataCentre string) bool {
	s, _ := w.news()
	if s == nil {
		return false
	}
	dead := false
	for _, n := range s.Nodes {
		if n.DataCentre != dataCentre || n.Seen().IsZero() {
			continue
		}
		if n.Life.Verdict != status.Dead {
			return false
		}
		dead = true
	}
	return dead
}

// knock tries to connect to an instance and says nothing.
func (e *estate) knock(ctx context.Context, r site.Role) error { return e.sql[r].Knock(ctx) }

// glance tries the same from the second place.
func (e *estate) glance(ctx context.Context, r site.Role, patience time.Duration) (string, fault.Reach, error) {
	in, _ := e.site.Instance(r)
	return e.outlook.Look(ctx, in, e.sql[r].Port(), patience)
}

// reach tries a port of an instance's server from the second place.
func (e *estate) reach(ctx context.Context, r site.Role, port int) (string, fault.Reach, error) {
	in, _ := e.site.Instance(r)
	return e.outlook.Look(ctx, in, port, e.site.Intervals.Connect)
}

// prober makes the poller of this site.
func (e *estate) prober() *probe.Prober {
	from := e.sources(nil)
	from.Pool, from.Share = e.shell, newShareSource(e)
	return probe.New(e.site, from, time.Now)
}

// guard makes a poller of those servers only that tell whether the primary
// lives.
func (e *estate) guard() *probe.Prober {
	return probe.New(e.site, e.sources([]site.Role{site.Primary, site.Mirror, site.Witness}), time.Now)
}

// sources are the instances of these roles, and of all where none is named.
func (e *estate) sources(roles []site.Role) probe.Sources {
	from := probe.Sources{SQL: map[site.Role]probe.SQL{}, Knock: map[site.Role]probe.Knocker{}, Outlook: e.outlook, Clock: e.pace}
	for role, s := range e.sql {
		if roles == nil || slices.Contains(roles, role) {
			from.SQL[role], from.Knock[role] = s, s
		}
	}
	return from
}

// watched lets a guard run until what it returns is called, which closes the
// estate as well.
func (e *estate) watched(ctx context.Context) (end func()) {
	e.patient = true
	e.probe(true)
	run, stop := context.WithCancel(ctx)
	guard := e.guard()
	var jobs sync.WaitGroup
	jobs.Go(func() { guard.Run(run) })
	jobs.Go(func() {
		defer e.probe(false)
		for s := range guard.Updates() {
			e.store(s)
		}
	})
	return func() {
		stop()
		jobs.Wait()
		e.close()
	}
}
