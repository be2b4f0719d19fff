package failover

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// centralPage is where Microsoft tells how the store is failed over by hand.
const centralPage = "Lync Server 2013: Front End pool ABC failover procedure, steps 1 and 2 (Invoke-CsManagementServerFailover)"

// central is F5a: the Central Management Store takes changes, for F5 and F7 are
// written there. It serves the whole deployment, not only chat.
func (f *failover) central() engine.Step {
	return engine.Step{
		ID: "F5a", Title: "Central Management Store", Source: centralPage, Risk: engine.RoleChange, Alone: true,
		Why:  "Pool state and active servers are written into the Central Management Store. One that was lost with data centre 1 is failed over first. It serves the whole deployment, not only chat.",
		Plan: f.planCentral,
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			pool, err := f.pool(ctx)
			if err != nil {
				return nil, err
			}
			c := pool.Central
			if untold(c) {
				return nil, &fault.Error{Class: fault.Other, Tried: "see whether the Central Management Store can be written", Target: pool.Host, Text: c.Says(), Do: "see whether the console's run-as account may log in there; F5 shows whether it can be written"}
			}
			return &engine.Proof{Holds: c.Answers && !c.Sealed(), Says: "Central Management Store: " + c.Says()}, nil
		},
	}
}

// untold reports whether nobody can tell whether the store takes changes.
func untold(c status.Central) bool { return !c.Away && (!c.Answers || c.Updateability == "") }

func (f *failover) planCentral(ctx context.Context) (*engine.Plan, error) {
	pool, err := f.pool(ctx)
	if err != nil {
		return nil, err
	}
	c := pool.Central
	switch {
	case untold(c):
		return &engine.Plan{Skip: "the Central Management Store: " + c.Says() + "; F5 shows it"}, nil
	case c.Sealed():
		return &engine.Plan{Gates: []engine.Gate{f.storeWritable(pool)}}, nil
	case c.Answers:
		return &engine.Plan{Already: "the Central Management Store: " + c.Says()}, nil
	}
	to, mirror, backup := f.backupStore(c)
	plan := &engine.Plan{
		Gates: []engine.Gate{f.storeAway(ctx, c), backup, f.oneLive(ctx), f.hostNear(pool)},
		Notes: []string{
			"the Central Management Store serves the whole deployment, not only chat",
			"pool state " + pool.State + ": read from the replica of " + pool.Host + ", as the store does not answer",
		},
	}
	if !backup.Holds {
		return plan, nil
	}
	move := procedures.CentralMove{From: c.At, To: to, ToMirror: mirror, Effect: func(ctx context.Context) (bool, string, error) {
		f.forget()
		pool, err := f.pool(ctx)
		return pool.Central.Answers && sameStore(pool.Central.At, to), "Central Management Store: " + pool.Central.Says(), err
	}}
	plan.Actions, plan.Total = []engine.Action{f.changing(f.Shell.FailOverCentral(move))}, 1
	plan.Loss = fmt.Sprintf("changes that %s took last and had not replicated are lost; should it come back, it must not take changes beside %s", c.At, to)
	plan.Confirm = f.Confirm(fmt.Sprintf("Central Management Store from %s to %s", c.At, to))
	return plan, nil
}

// storeWritable is the gate of whatever is written into the store. What is not known
// of it, the cmdlet finds out before it changes anything.
func (f *failover) storeWritable(pool status.Pool) engine.Gate {
	c := pool.Central
	g := engine.Gate{Name: "Central Management Store", Holds: untold(c) || c.Answers && !c.Sealed(), Seen: c.Says(), Want: "it answers and can be written"}
	switch {
	case g.Holds:
	case c.Sealed():
		g.Do = fmt.Sprintf("see who has made it so: a planned fail-over of the store does. Finish that, or on %s: ALTER DATABASE xds SET READ_WRITE. It is not failed over while it answers", c.At)
	default:
		g.Do = "run F5a, which fails it over, or bring it back"
	}
	return g
}

// storeAway is the gate against two stores that take changes: the old one is not
// reached, and nobody says that its server lives.
func (f *failover) storeAway(ctx context.Context, c status.Central) engine.Gate {
	g := engine.Gate{
		Name: "old Central Management Store", Holds: true, Seen: c.Says(), Want: "it is gone: nothing reaches it",
		Do: "bring it back, or take it off the network for certain; then run again",
	}
	for _, s := range f.lookAt(ctx) {
		in, _ := f.Site.Instance(s.role)
		if c.At.Holds(in) && (s.answers || !s.life.Known() || s.life.Verdict == status.Alive) {
			g.Holds, g.Seen = false, fault.Sentences(g.Seen, s.says(f.db, f.Now()))
		}
	}
	return g
}

// backupStore is where the store goes: where the site file says, else to the only
// other one that the replica of the topology defines.
func (f *failover) backupStore(c status.Central) (to, mirror status.Store, g engine.Gate) {
	var others []status.Store
	var names []string
	for _, k := range c.Known {
		if !sameStore(k, c.At) && !sameStore(k, c.Partner) {
			others, names = append(others, k), append(names, k.String())
		}
	}
	to, mirror = status.Store(f.Site.Central.Backup), status.Store(f.Site.Central.BackupMirror)
	named := to.FQDN != ""
	if !named && len(others) == 1 {
		to = others[0]
	}
	g = engine.Gate{
		Name: "backup of the Central Management Store", Want: "one SQL Server that the topology defines for it", Seen: "the topology defines " + strings.Join(names, ", "),
		Do: "fail it over or restore it by hand (" + centralPage + "), then run again: F5a is done once the store answers, and F5 waits for that. The site file names its backup in central_management",
	}
	switch {
	case len(others) == 0:
		g.Seen = "the replica of the topology tells of no other"
		g.Holds = named && len(c.Known) == 0
	case named:
		g.Holds = slices.ContainsFunc(others, func(k status.Store) bool { return sameStore(k, to) })
		g.Seen += "; the site file names " + to.String()
	default:
		g.Holds = len(others) == 1
	}
	if sameStore(to, c.At) {
		g.Holds, g.Seen = false, "the site file names "+to.String()+", where the store was"
	}
	return to, mirror, g
}

// hostNear is the gate of the page's word that the cmdlet runs on a server of the
// pool to which the store goes.
func (f *failover) hostNear(pool status.Pool) engine.Gate {
	g := engine.Gate{Name: "host in " + f.secondary.DataCentre, Seen: pool.Host, Want: "a Front End of the pool to which the store goes", Do: "name a management host there in the site file"}
	g.Holds = slices.ContainsFunc(f.Site.HostsOf(site.Management), func(h site.Host) bool {
		return h.Name == pool.Host && h.DataCentre == f.secondary.DataCentre
	})
	return g
}

func sameStore(a, b status.Store) bool {
	return strings.EqualFold(a.FQDN, b.FQDN) && strings.EqualFold(a.Instance, b.Instance)
}

// poolAge is how long a reading of the pool serves the next step as well, which is
// planned right behind the proof of the one before.
const poolAge = 10 * time.Second

// pool reads the pool, or gives the reading of a moment ago: loading the Management
// Shell is slow, and chat waits for F5.
func (f *failover) pool(ctx context.Context) (status.Pool, error) {
	for {
		f.reading.Lock()
		last, going, since := f.reading.pool, f.reading.going, f.reading.changes
		age := f.Now().Sub(last.Answered)
		known := !last.Answered.IsZero() && age >= 0 && age < poolAge
		done := make(chan struct{})
		if !known && going == nil {
			f.reading.going = done
		}
		f.reading.Unlock()
		switch {
		case known:
			return last, nil
		case going == nil:
			defer close(done)
			return f.readPool(ctx, since)
		}
		select {
		case <-going:
		case <-ctx.Done():
			return status.Pool{}, ctx.Err()
		}
	}
}

// readPool reads it, and keeps that unless something was changed meanwhile.
func (f *failover) readPool(ctx context.Context, since int) (status.Pool, error) {
	var pool status.Pool
	err := fault.Guard("read the pool", func() (err error) {
		pool, err = f.Shell.Pool(ctx)
		return err
	})
	f.reading.Lock()
	defer f.reading.Unlock()
	f.reading.going = nil
	if err == nil && since == f.reading.changes {
		f.reading.pool = pool
	}
	return pool, err
}

// forget lets the pool be read anew.
func (f *failover) forget() {
	f.reading.Lock()
	defer f.reading.Unlock()
	f.reading.pool = status.Pool{}
	f.reading.changes++
}

// changing is an action after which the pool is read anew.
func (f *failover) changing(a engine.Action) engine.Action {
	do := a.Do
	a.Do = func(ctx context.Context, r engine.Reporter) error {
		defer f.forget()
		return do(ctx, r)
	}
	return a
}
