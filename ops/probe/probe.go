package probe

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"pchatops/ops/site"
	"pchatops/ops/status"
)

// Prober polls every source of a site.
type Prober struct {
	targets  []*target
	sentries []*sentry
	site     *site.Site
	now      func() time.Time
	clock    Clock
	current  status.Snapshot // owned by Run or Once
	motion   motion
	snapshot chan *status.Snapshot
}

// New makes a prober; now stamps what it reads. Nothing is asked before Run or
// Once, of which only one may be under way.
func New(s *site.Site, from Sources, now func() time.Time) *Prober {
	p := &Prober{site: s, now: now, clock: cmp.Or[Clock](from.Clock, wall{}), snapshot: make(chan *status.Snapshot, 1)}
	p.current.Pool.FQDN = s.Pool
	fast := pace{every: s.Intervals.Poll, answer: s.Intervals.Answer}
	slow := pace{every: s.Intervals.Shell, answer: s.Intervals.ShellAnswer, quiet: s.Intervals.Quiet()}
	for i, in := range s.Instances {
		p.current.Nodes = append(p.current.Nodes, status.Node{
			Role: in.Role, Address: in.Address(), DataCentre: in.DataCentre,
		})
		if sql := from.SQL[in.Role]; sql != nil {
			t := p.add(instance(i, in, sql), fast)
			if k := from.Knock[in.Role]; k != nil {
				t.sentry = p.sentry(i, in, k, from.Outlook, t.back)
			}
		}
	}
	if from.Pool != nil {
		p.add(chatPool(s.Pool, from.Pool), slow)
	}
	if from.Share != nil {
		p.add(backupShare(s.BackupShare, from.Share), slow)
	}
	return p
}

func (p *Prober) add(s source, at pace) *target {
	t := &target{source: s, pace: at, now: p.now, clock: p.clock, wake: make(chan struct{}, 1), back: make(chan struct{}, 1), stirred: make(chan struct{}, 1), moves: p.motion.lately}
	p.targets = append(p.targets, t)
	return t
}

func (p *Prober) sentry(place int, in site.Instance, k Knocker, from Outlook, back chan<- struct{}) *sentry {
	if len(p.site.SecondPlace()) == 0 {
		from = nil
	}
	s := &sentry{
		place: place, in: in, knocker: k, outlook: from, after: p.site.DeadAfter,
		now: p.now, clock: p.clock, back: back, alarms: make(chan struct{}, 1),
	}
	p.sentries = append(p.sentries, s)
	return s
}

// Updates gives the newest snapshot after every answer; one that nobody took
// in time is replaced by its successor. It is closed when Run ends.
func (p *Prober) Updates() <-chan *status.Snapshot { return p.snapshot }

// Poll asks every server now, also those that wait after failures or whose
// login was refused. It returns at once.
func (p *Prober) Poll() {
	p.motion.note()
	for _, t := range p.targets {
		select {
		case t.wake <- struct{}{}:
		default: // asked for already
		}
	}
}

// Run polls until ctx ends, and returns when all its goroutines have ended.
func (p *Prober) Run(ctx context.Context) {
	defer close(p.snapshot)
	p.motion.note()
	updates, ended := make(chan update), make(chan struct{})
	var workers sync.WaitGroup
	for _, t := range p.targets {
		workers.Go(func() { t.run(ctx, updates) })
	}
	for _, s := range p.sentries {
		workers.Go(func() { s.run(ctx, updates) })
	}
	go func() {
		workers.Wait()
		close(ended)
	}()
	for {
		select {
		case u := <-updates:
			p.publish(p.apply(u))
		case <-ended:
			return
		}
	}
}

// Once asks every server one time, all at once, and gives what came of it. It
// leaves calls that ignore their deadline behind.
func (p *Prober) Once(ctx context.Context) *status.Snapshot {
	updates := make(chan update)
	for _, t := range p.targets {
		go func() { updates <- t.attempt(ctx) }()
	}
	all := make([]update, len(p.targets))
	for i := range all {
		all[i] = <-updates
	}
	return p.apply(all...)
}

// publish hands over a snapshot, in place of one that nobody has taken.
func (p *Prober) publish(s *status.Snapshot) {
	select {
	case <-p.snapshot:
	default:
	}
	p.snapshot <- s
}

// apply makes the next snapshot. The ones before are never touched again.
func (p *Prober) apply(updates ...update) *status.Snapshot {
	next := p.current
	next.Nodes = slices.Clone(next.Nodes)
	next.Seq, next.Taken = next.Seq+1, p.now().UTC()
	for _, u := range updates {
		u(&next)
	}
	for i := range next.Nodes {
		next.Nodes[i].Life = status.LifeOf(&next, &next.Nodes[i], p.site, next.Taken)
	}
	next.Chat = status.ChatOf(p.current.Chat, &next, p.site, next.Taken)
	if moved(&p.current, &next) {
		p.stir()
	}
	p.current = next
	return &next
}
