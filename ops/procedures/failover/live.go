package failover

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// fresh is how old a probe's look at a node may be to serve a gate.
const fresh = 15 * time.Second

// noLivePrimary is the gate against two live primaries: neither the primary
// nor its mirror may answer with an online principal.
func (f *failover) noLivePrimary(ctx context.Context) engine.Gate {
	g := engine.Gate{Name: "no live primary", Want: "neither the primary nor its mirror answers with " + f.db + " online"}
	var silent, said, live, do []string
	for _, l := range f.look(ctx, site.Primary, site.Mirror) {
		if l.said == "" {
			silent = append(silent, l.address)
			continue
		}
		said = append(said, l.said)
		if l.live {
			live, do = append(live, l.address), append(do, l.do)
		}
	}
	if g.Holds = len(live) == 0; !g.Holds {
		g.Override = "abandon " + strings.Join(live, " and ")
		g.Do = fmt.Sprintf("%s, or stop SQL Server there first. To fail over all the same and lose what it holds beyond the last backup, type: %s",
			strings.Join(do, "; "), g.Override)
	}
	if len(silent) > 0 {
		said = append(said, "no answer from "+strings.Join(silent, ", "))
	}
	g.Seen = strings.Join(said, "; ")
	return g
}

// look is what an instance said of its database; nothing: it does not answer.
type look struct {
	address, said string
	live          bool   // it serves the database, or may
	do            string // what to do about that
}

// look asks instances at once whether they hold a live database.
func (f *failover) look(ctx context.Context, roles ...site.Role) []look {
	ctx, cancel := context.WithTimeout(ctx, f.answer())
	defer cancel()
	out := make([]look, len(roles))
	var wg sync.WaitGroup
	for i, r := range roles {
		in, ok := f.Site.Instance(r)
		if !ok {
			out[i] = look{said: "no " + string(r) + " is configured"}
			continue
		}
		wg.Go(func() {
			var facts status.Facts
			err := fault.Guard("ask "+in.Address()+" for its state", func() (err error) {
				facts, err = f.lastSeen(ctx, r)
				return err
			})
			out[i] = f.judge(in.Address(), facts, err)
		})
	}
	wg.Wait()
	return out
}

// lastSeen takes what the probe saw a moment ago, and asks where it did not look.
func (f *failover) lastSeen(ctx context.Context, r site.Role) (status.Facts, error) {
	if f.Seen != nil {
		if n, ok := f.Seen(r); ok && f.Now().Sub(n.Asked) < fresh && !n.Reachable && n.Err != nil {
			return status.Facts{}, n.Err
		}
	}
	sql := f.SQL[r]
	if sql == nil {
		return status.Facts{}, fmt.Errorf("not configured")
	}
	return sql.Facts(ctx)
}

func (f *failover) judge(address string, facts status.Facts, err error) look {
	d := facts.Database
	var refused *fault.Error
	errors.As(err, &refused)
	switch {
	case status.TurnsAway(refused): // it is there, and nobody knows what it serves
		return look{
			address: address, live: true, said: fmt.Sprintf("whether %s is ONLINE on %s is not known (%v)", f.db, address, err),
			do: "mend that first, so that " + address + " can be asked",
		}
	case err != nil:
		return look{address: address}
	case d.Online():
		return look{
			address: address, live: true, said: fmt.Sprintf("%s answers: %s is ONLINE", address, f.db),
			do: fmt.Sprintf("leave %s in service", address),
		}
	case !d.Exists:
		return look{address: address, said: fmt.Sprintf("%s answers: no %s", address, f.db)}
	}
	return look{address: address, said: fmt.Sprintf("%s answers: %s is %s", address, f.db, d.State)}
}

func (f *failover) answer() time.Duration {
	if d := f.Site.Intervals.Answer; d > 0 {
		return d
	}
	return 5 * time.Second
}
