package failover

import (
	"context"
	"fmt"
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
)

// bringOnline is F4b: the database is recovered. No log backup can be applied
// afterwards.
func (f *failover) bringOnline() engine.Step {
	return engine.Step{
		ID: "F4b", Title: "Bring " + f.db + " online", Source: document + "4b", Risk: engine.DataLoss,
		Why:     "Recovery makes the copy in data centre " + f.secondary.DataCentre + " the database. It cannot be undone: whatever has not been applied is lost.",
		Touches: []string{f.secondary.Address()},
		Plan:    f.planOnline,
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			facts, err := f.facts(ctx)
			if err != nil {
				return nil, err
			}
			return &engine.Proof{
				Holds: facts.Database.Online(),
				Says:  fmt.Sprintf("%s on %s is %s", f.db, f.secondary.Address(), facts.Database.State),
			}, nil
		},
	}
}

func (f *failover) planOnline(ctx context.Context) (*engine.Plan, error) {
	facts, err := f.facts(ctx)
	if err != nil {
		return nil, err
	}
	if facts.Database.Online() {
		return &engine.Plan{Already: fmt.Sprintf("%s is online on %s", f.db, f.secondary.Address())}, nil
	}
	applied, given := f.allApplied(ctx)
	p := &engine.Plan{
		Gates:   []engine.Gate{f.noLivePrimary(ctx), f.sysadmin(facts), f.restoring(facts), applied},
		Actions: []engine.Action{f.sql.BringOnline(f.db)},
		Notes:   []string{"irreversible: afterwards no log backup can be applied (3117)", mgccomp},
		Total:   1,
	}
	return p, f.stateLoss(ctx, p, given, f.clockOf(facts))
}

// stateLoss says what has been applied up to when and what is given up, and
// with it what has to be typed.
func (f *failover) stateLoss(ctx context.Context, p *engine.Plan, given []string, now time.Time) error {
	p.Confirm = f.db
	newest, err := f.newestApplied(ctx)
	if err != nil {
		return err
	}
	to := "an unknown time"
	t, known := takenAt(newest, now)
	if known {
		to = clock(t)
		p.Loss = fmt.Sprintf("applied up to %s (%s); all chat after that is lost: %s so far", to, chain.Base(newest), between(t, now))
	} else {
		p.Loss = fmt.Sprintf("the last applied backup is %q; all chat after it is lost", chain.Base(newest))
	}
	for _, what := range given {
		p.Loss += "; " + givenUp + ": " + what
		p.Confirm = "lose chat after " + to
	}
	if known {
		p.Actions[0] = observing(p.Actions[0], engine.RecoveredTo, t.UTC().Format(time.RFC3339))
	}
	return nil
}

// decisions are what the operator has given up in this incident, whether it has
// come back or not.
func (f *failover) decisions() (given []string) {
	for _, name := range []string{shareGivenUp, gapAccepted} {
		if v := f.Recall(name); v != "" {
			given = append(given, v)
		}
	}
	return given
}

// allApplied is the gate that keeps F4b from giving up a backup that is there,
// and what the operator has given up: a share that has come back since, or a
// backup that was found, is given up no longer.
func (f *failover) allApplied(ctx context.Context) (g engine.Gate, given []string) {
	g = engine.Gate{Name: "all known backups applied", Want: "F2 and F3 are proven", Holds: true}
	for _, verify := range []func(context.Context) (*engine.Proof, error){f.verifyCopy, f.verifyApply} {
		p, err := verify(ctx)
		if err != nil {
			g.Holds, g.Seen = false, err.Error()
			g.Override = "recover without checking the backups"
			g.Do = "make the copy folder readable again; or give up checking by typing: " + g.Override
			return g, f.decisions()
		}
		g.Seen = p.Says
		for _, fact := range p.Facts {
			if fact.Name == givenUp {
				given = append(given, fact.Value)
			}
		}
		if !p.Holds {
			g.Holds, g.Do = false, "run F2 and F3 first: what they would apply is lost otherwise"
			return g, given
		}
	}
	return g, given
}
