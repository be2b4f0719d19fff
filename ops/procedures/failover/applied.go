package failover

import (
	"context"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
)

// verifyApply proves F3: no backup in the copy folder continues the chain, or
// the operator goes on without what does.
func (f *failover) verifyApply(ctx context.Context) (*engine.Proof, error) {
	facts, err := f.facts(ctx)
	if err != nil {
		return nil, err
	}
	if facts.Database.Online() {
		return &engine.Proof{Holds: true, Says: f.online().Already}, nil
	}
	fd, err := f.openFeed(ctx, facts)
	if err != nil {
		return nil, err
	}
	h, fork, err := fd.pick(ctx)
	if err != nil {
		return nil, err
	}
	p := &engine.Proof{Facts: []engine.Fact{{Name: "redo LSN", Value: facts.Database.RedoLSN.String()}}}
	switch g := fd.walk.Gap(); {
	case fork != nil:
		p.Says = f.forked(fork).Error()
	case h != nil:
		p.Says = "not applied yet: " + chain.Base(h.File)
	case fd.unsearched() > 0:
		p.Says = "not looked at yet: " + plural(fd.unsearched(), "older file") + " in " + f.Site.CopyFolder
	case g != nil && f.Recall(gapAccepted) != interval(g):
		p.Says = "a log backup is missing: " + interval(g)
	default:
		p.Holds, p.Says = true, "every backup in the copy folder that continues the chain is applied"
		if g != nil {
			p.Facts = append(p.Facts, engine.Fact{Name: givenUp, Value: interval(g)})
		}
	}
	return p, nil
}
