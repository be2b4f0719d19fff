package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"pchatops/ops/await"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
	"pchatops/ops/lease"
	"pchatops/ops/mgmt"
	"pchatops/ops/mssql"
	"pchatops/ops/site"
)

// right is the sole right to drive the site. It rests on a lock in every SQL
// Server instance of the site that answers, each held by the session that changes
// that instance, so no other console on any host has it at the same time.
type right struct {
	locks []*lock
	hosts []*mgmt.Hosts

	mu      sync.Mutex
	seat    lease.Seat
	err     error         // why the right is not held
	news    chan struct{} // closed, and made anew, whenever one of these changes
	told    chan struct{} // closed once the hosts have been told who drives
	decided chan struct{} // closed once every instance was asked for its lock
	// retaking: it was lost, and is being taken again. nil: it is not.
	retaking *incident.Retaking
	other    *incident.Other    // drives, and did before this console; nil: nobody is known to
	lastLost *incident.Retaking // the last retaking; nil: it was never lost
	heldAt   time.Time          // when it was taken last

	overtaken   *incident.Overtaken // as was told last; nil: never
	overtakenAt time.Time           // and when
	// dead reports whether a data centre is proved dead. nil: nobody can tell.
	dead func(dataCentre string) bool

	lost  chan struct{}
	first chan struct{} // closed when the first attempt has ended
	wake  chan struct{} // the keeper is to look now
}

// lock is an instance as the right sees it.
type lock struct {
	*mssql.Server
	role site.Role
	name string // as the instance names itself; guarded by the right
}

const (
	retry    = 5 * time.Second  // between two attempts
	linger   = 2 * time.Second  // for so long after its end a console may seem to drive
	grace    = time.Second      // for the other instances, once one has answered
	silence  = 8 * time.Second  // an instance that takes longer to log in is silent
	telling  = 3 * time.Second  // a host that takes longer is not waited for
	again    = 60 * time.Second // for so long a right that was lost is taken again
	beat     = time.Second      // between two proofs
	drift    = time.Second      // by which a host's clock may run slower than this one
	moment   = 250 * time.Millisecond
	proofAge = beat
)

func newRight() *right {
	return &right{
		err:  &fault.Error{Class: fault.Refused, Tried: "drive this site", Text: "no lock has been taken yet", Do: "wait a moment"},
		news: make(chan struct{}), lost: make(chan struct{}), first: make(chan struct{}), wake: make(chan struct{}, 1),
	}
}

// Lost is closed when the right is gone for good.
func (r *right) Lost() <-chan struct{} { return r.lost }

// Term gives the present term. It waits while a right that was lost is being taken
// again, and until the hosts know who drives: what they begin then was planned by
// this console. It joins the lock of an instance that has come to answer.
func (r *right) Term(ctx context.Context) (lease.Term, error) {
	over := func() {}
	defer func() { over() }()
	for {
		r.mu.Lock()
		term, err, taking, wait := r.seat.Term(), r.err, r.retaking != nil, r.news
		if term != 0 {
			wait = r.told
		}
		r.mu.Unlock()
		if term == 0 && !taking {
			return 0, err
		}
		over()
		over = await.For(ctx, "the right to drive this site", again)
		select {
		case <-wait:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
		if term != 0 {
			r.joinAnswering(ctx)
			if term := r.present(); term != 0 {
				return term, nil
			}
		}
	}
}

// Retaking waits until the right is lost and taken again otherwise than is known.
func (r *right) Retaking(ctx context.Context, known *incident.Retaking) (*incident.Retaking, error) {
	return changed(ctx, r, known, func() *incident.Retaking { return r.retaking })
}

// Other waits until who else drives is otherwise than is known.
func (r *right) Other(ctx context.Context, known *incident.Other) (*incident.Other, error) {
	return changed(ctx, r, known, func() *incident.Other { return r.other })
}

// changed waits until something of the right is another than is known.
func changed[T any](ctx context.Context, r *right, known *T, get func() *T) (*T, error) {
	for {
		r.mu.Lock()
		now, wait := get(), r.news
		r.mu.Unlock()
		if now != known {
			return now, nil
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// present is the term that the console holds, as far as it knows.
func (r *right) present() lease.Term {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seat.Term()
}

// Prove says why nothing may be sent in a term. It waits until every instance of
// the site was asked for its lock.
func (r *right) Prove(ctx context.Context, t lease.Term, within time.Duration) error {
	decided, err := r.may(t)
	if err != nil {
		return err
	}
	select {
	case <-decided:
	case <-ctx.Done():
		return ctx.Err()
	}
	if _, err := r.may(t); err != nil {
		return err
	}
	if err := r.prove(ctx, within); err != nil {
		r.lose(err)
		return over(err)
	}
	return nil
}

// may says whether the console still holds the right of a term, as far as it
// knows.
func (r *right) may(t lease.Term) (decided <-chan struct{}, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err = r.seat.May(t); err != nil && r.err != nil {
		err = over(r.err)
	}
	return r.decided, err
}

// over is the refusal of a term that is over. It is a refusal whatever fault has
// ended the term: no waiting for a server brings it back.
func over(why error) error {
	text := why.Error()
	if held(why) { // who that is may have changed by the time that this is read
		text = "another console has taken it"
	}
	return &fault.Error{
		Class: fault.Refused, Tried: "drive this site", Text: lease.ErrOver.Error() + ": " + text, Cause: errors.Join(lease.ErrOver, why),
		Do: "run the step again: it is planned anew, from what is there now",
	}
}

// prove asks every instance whose lock is held.
func (r *right) prove(ctx context.Context, within time.Duration) error {
	all, ctx := fault.Together(ctx, "prove that this console drives")
	for _, l := range r.held() {
		all.Go(func() error { return l.Prove(ctx, within) })
	}
	return all.Wait()
}

func (r *right) held() (held []*lock) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.locks {
		if r.seat.Holds(string(l.role)) {
			held = append(held, l)
		}
	}
	return held
}

// lose ends the present term; the keeper takes the right again.
func (r *right) lose(why error) {
	r.change(func() {
		if r.seat.Term() != 0 {
			r.seat.Lose()
			now := time.Now().UTC()
			r.lastLost = &incident.Retaking{Since: now, Until: now.Add(again), Why: lostTo(why)}
			r.err, r.retaking = why, r.lastLost
		}
	})
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// LastLost is how the right was last lost for a while; nil: it never was.
func (r *right) LastLost() *incident.Retaking {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lastLost
}

// Overtaken is how a server or a host last told that another console has driven since
// this one did; nil: none has.
func (r *right) Overtaken() *incident.Overtaken {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, h := range r.hosts {
		if name, at := h.Overtaken(); at.After(r.overtakenAt) {
			r.overtaken, r.overtakenAt = &incident.Overtaken{By: name}, at
		}
	}
	return r.overtaken
}

// lostTo says where a right was lost and why, without what the console makes of it.
func lostTo(why error) string {
	var f *fault.Error
	if !errors.As(why, &f) || f.Target == "" {
		return why.Error()
	}
	text, _, _ := strings.Cut(strings.TrimPrefix(f.Text, lease.ErrOver.Error()+": "), " → ")
	if _, said, ok := strings.Cut(text, f.Target+": "); ok {
		text = said
	}
	return fmt.Sprintf("the lock on %s is lost: %s", f.Target, text)
}

// leave ends the right for good.
func (r *right) leave(why error) {
	r.change(func() {
		if !r.seat.Gone() {
			r.seat.Leave()
			r.err, r.retaking = why, nil
			if held(why) {
				r.overtaken, r.overtakenAt = &incident.Overtaken{By: engine.Fault(why).Target}, time.Now()
			}
			close(r.lost)
		}
	})
}

func (r *right) change(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
	close(r.news)
	r.news = make(chan struct{})
}

// held reports whether another console has the lock.
func held(err error) bool {
	var taken *mssql.TakenError
	return errors.As(err, &taken) && !taken.Holder.Own
}

// otherOf is who has the lock instead; nil: nobody else has. What was known stays
// the same as long as it says the same.
func otherOf(err error, known *incident.Other) *incident.Other {
	var taken *mssql.TakenError
	if !errors.As(err, &taken) || taken.Holder.Own {
		return nil
	}
	now := incident.Other{Who: cmp.Or(taken.Holder.User, taken.Holder.Login, "another console"), Says: err.Error()}
	if known != nil && *known == now {
		return known
	}
	return &now
}

// unseen reports whether the lock's holder could not be seen: the session may just
// have ended, this console's own among others.
func unseen(err error) bool {
	var taken *mssql.TakenError
	return errors.As(err, &taken) && taken.Holder == mssql.Holder{}
}

// ours gives the lock's holder where it is a session of this very incident.
func ours(err error) (mssql.Holder, bool) {
	var taken *mssql.TakenError
	if errors.As(err, &taken) && taken.Holder.Own {
		return taken.Holder, true
	}
	return mssql.Holder{}, false
}

// atWork reports whether a session of this very incident has the lock and carries
// something out.
func atWork(err error) bool {
	own, mine := ours(err)
	return mine && own.Command != ""
}

// await waits for the first attempt, and turns what it came to into an exit code.
func (r *right) await(ctx context.Context) error {
	defer await.For(ctx, "the SQL Servers to grant the right to drive this site", again)()
	select {
	case <-r.first:
	case <-ctx.Done():
		return ctx.Err()
	}
	return r.end(false)
}

// end says why the right is not held, as an exit code. sent: something was sent
// before it was lost.
func (r *right) end(sent bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seat.Term() != 0 {
		return nil
	}
	_, own := ours(r.err)
	switch {
	case held(r.err):
		return &exit{exitHeld, r.err}
	case own, sent:
		return &exit{exitUnknown, r.err}
	}
	return r.err
}

// driven says who drives at this moment, as an exit code; nil: nobody is seen to. Who was
// named when the right was asked for last may have ended since.
func (r *right) driven(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), silence)
	defer cancel()
	defer await.For(ctx, "the SQL Servers to tell who drives this site", silence)()
	all, ctx := fault.Together(ctx, "look who drives this site")
	for _, l := range r.locks {
		r.mu.Lock()
		name := l.name
		r.mu.Unlock()
		if name == "" { // it has never answered
			continue
		}
		all.Go(func() error {
			if err := l.Taken(ctx, name); held(err) {
				return &exit{exitHeld, err}
			}
			return nil
		})
	}
	if err := all.Wait(); held(err) {
		return err
	}
	return nil
}
