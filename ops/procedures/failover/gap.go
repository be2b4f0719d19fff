package failover

import (
	"context"
	"fmt"
	"strings"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
)

// gapAccepted is the name under which a hole in the chain that the operator
// goes on without is remembered.
const gapAccepted = "gap in the log chain accepted"

// nothingToApply ends a plan without a backup that fits: all are applied, or a
// hole lies before the next.
func (f *failover) nothingToApply(fd *feed, p *engine.Plan) *engine.Plan {
	g := fd.walk.Gap()
	if g == nil {
		p.Already = fmt.Sprintf("no backup in %s continues the chain: %s", f.Site.CopyFolder, fd.accounted())
		return p
	}
	if v := f.Recall(gapAccepted); v == interval(g) {
		p.Already = "the operator went on without " + v
		return p
	}
	missing := interval(g)
	phrase := "go on without it"
	p.Gates = append(p.Gates, engine.Gate{
		Name: "unbroken log chain", Seen: missing, Want: "a backup that contains LSN " + g.From.String(), Override: phrase,
		Do: fmt.Sprintf("find the missing backup (share, the primaries' backup folders) and put it into %s; or lose all chat from there on by typing: %s", f.Site.CopyFolder, phrase),
	})
	p.Loss = "all chat after " + missing + " cannot be restored"
	p.Actions = []engine.Action{{
		ID: "accept the gap", Kind: engine.File, Target: f.secondary.Address(), Text: "# go on without " + missing + "; nothing is sent",
		Do: func(_ context.Context, r engine.Reporter) error { r.Observe(gapAccepted, missing); return nil },
	}}
	p.Total = 1
	return p
}

func (f *failover) forked(k *chain.Fork) error {
	return &fault.Error{
		Class: fault.WrongFork, Tried: "order the log backups", Target: f.secondary.Address(),
		Text: fmt.Sprintf("%s and %s continue %s on different recovery paths", chain.Base(k.A.File), chain.Base(k.B.File), f.db),
		Do:   "decide which server held the live database at that time and move the other's backup out of " + f.Site.CopyFolder,
	}
}

func (f *failover) gapFault(g *chain.Gap) error {
	return &fault.Error{
		Class: fault.ChainGap, Tried: "apply the next log backup", Target: f.secondary.Address(), Text: "missing: " + interval(g),
		Do: "find the missing backup and run the step again; the same step offers to go on without it",
	}
}

// interval names a hole by LSN, time and the file behind it.
func interval(g *chain.Gap) string {
	var b strings.Builder
	fmt.Fprintf(&b, "log from LSN %s to %s", g.From, g.To)
	if !g.Until.IsZero() {
		if !g.Since.IsZero() {
			fmt.Fprintf(&b, ", taken between %s and %s server time", g.Since.Format("15:04:05"), g.Until.Format("15:04:05"))
		} else {
			fmt.Fprintf(&b, ", taken before %s server time", g.Until.Format("15:04:05"))
		}
	}
	fmt.Fprintf(&b, ", before %s", chain.Base(g.Next))
	return b.String()
}
