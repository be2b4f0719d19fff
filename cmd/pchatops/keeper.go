package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"pchatops/ops/await"
	"pchatops/ops/lease"
	"pchatops/ops/mgmt"
	"pchatops/ops/mssql"
	"pchatops/ops/pause"
	"pchatops/ops/site"
)

// keep takes the right to drive and holds it until ctx ends. A right that was
// lost is taken again for a while; one that somebody else has taken is gone for
// good.
func (r *right) keep(ctx context.Context, servers map[site.Role]*mssql.Server, hosts []*mgmt.Hosts) {
	r.change(func() { r.hosts = hosts })
	for role, s := range servers {
		r.locks = append(r.locks, &lock{Server: s, role: role})
	}
	slices.SortFunc(r.locks, func(a, b *lock) int { return cmp.Compare(a.role, b.role) })
	for _, l := range r.locks {
		defer context.AfterFunc(ctx, l.Leave)()
	}
	var late sync.WaitGroup
	defer r.unlock()
	defer late.Wait()
	once := sync.OnceFunc(func() { close(r.first) })
	defer once()
	if !r.begin(ctx, &late, once) {
		return
	}
	once()
	for r.hold(ctx) {
		if !r.retake(ctx) {
			return
		}
	}
}

// begin tries until it has the right. That somebody has just ended, or that a cut
// has left a session of this incident behind, is waited for before the first
// attempt counts as ended.
func (r *right) begin(ctx context.Context, late *sync.WaitGroup, ended func()) bool {
	began := time.Now()
	for ctx.Err() == nil {
		err := r.acquire(ctx, late)
		if err == nil {
			return true
		}
		r.change(func() { r.err = err })
		own, mine := ours(err)
		waited, rest := time.Since(began), retry
		switch {
		case mine && waited < again:
			rest = r.endOwn(ctx, own)
		case held(err) && waited < linger:
			rest = moment
		default:
			r.change(func() { r.other = otherOf(err, r.other) })
			ended()
		}
		_ = pause.For(ctx, rest) // it ends with ctx, which is looked at
	}
	return false
}

// hold proves the right again and again until it is lost. false: ctx has ended,
// or somebody else has it.
func (r *right) hold(ctx context.Context) bool {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return false
		case <-r.wake:
		case <-tick.C:
			if err := r.prove(ctx, proofAge); err != nil && ctx.Err() == nil {
				r.lose(err)
			}
			if n%int(retry/beat) == 0 {
				r.joinAnswering(ctx)
			}
		}
		r.mu.Lock()
		term, gone := r.seat.Term(), r.seat.Gone()
		r.mu.Unlock()
		if term == 0 {
			return !gone
		}
	}
}

// retake takes the right again on new sessions; false: it is gone.
func (r *right) retake(ctx context.Context) bool {
	var late sync.WaitGroup
	defer late.Wait()
	began := time.Now()
	for ctx.Err() == nil {
		r.unlock()
		err := r.acquire(ctx, &late)
		if err == nil {
			return true
		}
		waited := time.Since(began)
		if held(err) && (!unseen(err) || waited >= linger) || waited >= again {
			r.leave(err)
			return false
		}
		r.change(func() { r.err = err })
		rest := moment
		if own, mine := ours(err); mine {
			rest = r.endOwn(ctx, own)
		}
		_ = pause.For(ctx, rest) // it ends with ctx, which is looked at
	}
	return false
}

// endOwn ends a session that this incident has left behind, unless it is at work,
// and says when to look again.
func (r *right) endOwn(ctx context.Context, h mssql.Holder) time.Duration {
	if h.Command != "" {
		return time.Second
	}
	for _, l := range r.locks {
		if l.Address() == h.Instance {
			_ = l.EndOwn(ctx, h) // the next attempt tells whether it has gone
		}
	}
	return moment
}

// acquire locks every instance that answers, in the order of their own names, and
// one that the site file names in two ways once. One
// refusal releases all. Nothing is planned before the hosts have been told who
// drives now, and nothing sent before the other instances have been asked, too.
func (r *right) acquire(ctx context.Context, late *sync.WaitGroup) error {
	answered, asked, err := r.approach(ctx, late)
	if len(answered) == 0 {
		return err
	}
	slices.SortFunc(answered, func(a, b *lock) int { return cmp.Compare(strings.ToUpper(a.name), strings.ToUpper(b.name)) })
	answered = slices.CompactFunc(answered, func(a, b *lock) bool { return strings.EqualFold(a.name, b.name) })
	r.mu.Lock()
	next := r.seat.Next()
	r.mu.Unlock()
	var roles []string
	for _, l := range answered {
		if err := l.Lock(ctx, next); err != nil {
			r.unlock()
			return err
		}
		roles = append(roles, string(l.role))
	}
	told, decided := make(chan struct{}), make(chan struct{})
	r.change(func() {
		r.seat.Take(roles...)
		r.err, r.retaking, r.other, r.told, r.decided, r.heldAt = nil, nil, nil, told, decided, time.Now()
	})
	late.Go(func() {
		r.fence(ctx)
		close(told)
	})
	late.Go(func() {
		<-asked
		r.joinAnswering(ctx)
		close(decided)
	})
	return nil
}

// fence tells the Windows hosts who drives now: what another console has asked
// them for and they have not begun, they never begin.
func (r *right) fence(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, telling)
	defer cancel()
	var all sync.WaitGroup
	for _, h := range r.hosts {
		all.Go(func() { h.Fence(ctx) })
	}
	all.Wait()
}

// Settled waits until no Windows host can begin what another console has asked of
// it. A host that has answered this console never does. One that is silent may do so
// until the limit of every start is over that was asked for before the right was
// taken; one in a data centre that is proved dead is not waited for.
func (r *right) Settled(ctx context.Context) (waited bool, err error) {
	for {
		r.mu.Lock()
		since := r.heldAt
		r.mu.Unlock()
		until := since.Add(lease.Limit + drift)
		silent, left := r.unasked(), time.Until(until)
		if len(silent) == 0 || left <= 0 {
			return waited, nil
		}
		over := await.From(ctx, since, "the end of the time in which "+silent[0].Name()+", which does not answer, may still begin what another console has asked of it", lease.Limit+drift)
		asked, stop := context.WithTimeout(ctx, min(left, telling))
		var all sync.WaitGroup
		for _, h := range silent {
			all.Go(func() { h.AskAgain(asked) })
		}
		all.Wait()
		if waited = true; len(r.unasked()) > 0 {
			err = pause.For(ctx, min(max(time.Until(until), 0), time.Second))
		}
		stop()
		over()
		if err != nil {
			return waited, err
		}
	}
}

// unasked gives the hosts that have not answered, and are not proved dead.
func (r *right) unasked() (out []*mgmt.Host) {
	for _, hosts := range r.hosts {
		for _, h := range hosts.Unasked() {
			if r.dead == nil || !r.dead(h.DataCentre()) {
				out = append(out, h)
			}
		}
	}
	return out
}

// approach opens the sessions of all instances at once and gives those that have
// answered soon after the first. asked is closed when all have answered, or been
// silent for too long.
func (r *right) approach(ctx context.Context, late *sync.WaitGroup) (answered []*lock, asked <-chan struct{}, err error) {
	type answer struct {
		*lock
		name string
		err  error
	}
	answers, all := make(chan answer, len(r.locks)), make(chan struct{})
	var asking sync.WaitGroup
	for _, l := range r.locks {
		asking.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, silence)
			defer cancel()
			name, err := l.Approach(ctx)
			answers <- answer{l, name, err}
		})
	}
	late.Go(func() { asking.Wait(); close(all) })
	var enough <-chan time.Time
	for range r.locks {
		select {
		case a := <-answers:
			switch {
			case a.err == nil:
				r.mu.Lock()
				a.lock.name = a.name
				r.mu.Unlock()
				answered = append(answered, a.lock)
				if enough == nil {
					enough = time.After(grace)
				}
			case err == nil || a.role == site.Secondary:
				err = a.err
			}
		case <-enough:
			return answered, all, err
		}
	}
	return answered, all, err
}

// joinAnswering takes the locks of instances that were silent and answer now. A
// refusal means that somebody else drives, or that a session that a cut has left
// behind is still at work there: the right is taken again once it has ended.
func (r *right) joinAnswering(ctx context.Context) {
	for _, l := range r.locks {
		r.mu.Lock()
		next, skip := r.seat.Next(), r.seat.Term() == 0 || r.seat.Holds(string(l.role)) || !l.Answers()
		r.mu.Unlock()
		if skip {
			continue
		}
		switch err := r.join(ctx, l, next); {
		case held(err), atWork(err):
			r.lose(err)
			return
		case err == nil:
			r.change(func() { r.seat.Join(string(l.role)) })
		}
	}
}

// join takes the lock of one more instance, unless it is held under another name
// that the site file has for it.
func (r *right) join(ctx context.Context, l *lock, next lease.Term) error {
	ctx, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	name, err := l.Approach(ctx)
	if err != nil {
		return err
	}
	if r.named(name) {
		return errTwice
	}
	err = l.Lock(ctx, next)
	if own, mine := ours(err); mine {
		r.endOwn(ctx, own)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	l.name = name
	return err
}

// named reports whether the lock of an instance of this name is held.
func (r *right) named(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.locks, func(l *lock) bool {
		return r.seat.Holds(string(l.role)) && strings.EqualFold(l.name, name)
	})
}

var errTwice = errors.New("the site file names this instance twice")

// unlock ends all sessions that hold a lock.
func (r *right) unlock() {
	for _, l := range r.locks {
		l.Unlock()
	}
}
