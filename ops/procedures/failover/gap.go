package failover

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/inventory"
)

// gapAccepted is the name under which a hole in the chain that the operator
// goes on without is remembered.
const gapAccepted = "gap in the log chain accepted"

// leftOut is the name under which it is remembered which backups the operator
// goes on without.
const leftOut = "backups left out"

// nothingToApply ends a plan without a backup that fits: all are applied, or
// what is left cannot be.
func (f *failover) nothingToApply(ctx context.Context, fd *feed, s *survey, p *engine.Plan) error {
	inv, err := s.stock(ctx, 0)
	if err != nil {
		return err
	}
	if bad := uncopiedYet(inv); bad != nil {
		p.Gates = append(p.Gates, engine.Gate{
			Name: "all backups copied", Seen: f.says(bad), Want: "what F2 can copy is in " + f.Site.CopyFolder, Do: "run F2: it copies it",
		})
		return nil
	}
	g, lost := openGap(inv), f.stuck(s, inv)
	if g != nil && f.Recall(gapAccepted) == interval(g) {
		g = nil
	}
	if len(lost) > 0 && f.Recall(leftOut) == digestOf(lost) {
		lost = nil
	}
	if g == nil && lost == nil {
		p.Already = fmt.Sprintf("no backup in %s continues the chain: %s", f.Site.CopyFolder, fd.accounted())
		if gone := left(slices.Concat(f.stuck(s, inv), stranded(inv), f.gone(s, inv))); len(gone) > 0 {
			p.Already = "the operator went on without " + saying(gone)
		}
		p.Already += unfinished(inv)
		return nil
	}
	behind := stranded(inv)
	if len(lost) > 0 { // what is behind it is behind the gap, if there is one
		p.Gates = append(p.Gates, f.stuckGate(lost, behind, g, s.extent(inv, slices.Concat(lost, behind))))
	} else {
		p.Gates = append(p.Gates, f.gapGate(g, fault.Said(append([]string{s.extent(inv, behind)}, inv.Doubted(1)...)...)))
	}
	p.Gates[len(p.Gates)-1].Seen += unfinished(inv)
	gone := left(slices.Concat(lost, behind))
	for _, l := range gone {
		p.Lost = append(p.Lost, l.File)
	}
	p.Loss = "the chat in " + saying(gone) + " is not restored: " + s.extent(inv, slices.Concat(lost, behind)) + unfinished(inv)
	p.Actions = []engine.Action{f.leaveOut(g, lost)}
	p.Total = 1
	return nil
}

func (f *failover) gapGate(g *chain.Gap, chat string) engine.Gate {
	missing, phrase := interval(g), fmt.Sprintf("go on without the log before %s (%s)", chain.Base(g.Next), extent(g))
	return engine.Gate{
		Name: "unbroken log chain", Seen: missing + "; lost with it: " + chat, Want: "a backup that contains LSN " + g.From.String(), Override: phrase,
		Do: fmt.Sprintf("find the missing backup (share, the primaries' backup folders) and put it into %s; or lose all chat from there on by typing: %s", f.Site.CopyFolder, phrase),
	}
}

// stuckGate names what cannot be applied, why, and what chat that is, with a
// phrase of its own.
func (f *failover) stuckGate(lost, behind []inventory.Backup, g *chain.Gap, chat string) engine.Gate {
	var names []string
	for _, b := range inventory.Whole(lost) {
		if !slices.Contains(names, b.Name) {
			names = append(names, b.Name)
		}
	}
	seen := f.reasons(inventory.Whole(lost))
	if seen = some(seen, 5); g != nil {
		seen = append(seen, "missing: "+interval(g))
	}
	seen = append(seen, "lost with that: "+chat)
	phrase := "go on without " + strings.TrimPrefix(engine.LosePhrase(names), "lose ")
	if n := len(inventory.Whole(behind)); n > 0 {
		amount, _, _ := strings.Cut(chat, ", ")
		phrase += fmt.Sprintf(" and the %d behind, %s", n, amount)
	}
	return engine.Gate{
		Name: "every backup readable and whole", Seen: fault.Said(seen...),
		Want:     "every backup of " + f.db + " applied, or known not to continue it",
		Override: phrase,
		Do:       fmt.Sprintf("%s; or lose what they hold by typing: %s", f.mend(lost), phrase),
	}
}

// reasons say why some backups cannot be applied: once where it is the same in both
// places, and where each of them lies if it is not.
func (f *failover) reasons(lost []inventory.Backup) (out []string) {
	for i, b := range lost {
		name := b.Name
		for k, o := range lost {
			switch {
			case k == i || !strings.EqualFold(o.Name, b.Name) || o.File() == nil || b.File() == nil:
			case because(o) != because(b):
				name = f.at(b)
			case k < i:
				name = ""
			default:
				name = b.Name + " in " + f.Site.CopyFolder + " and on " + f.Site.BackupShare
			}
		}
		if name != "" {
			out = append(out, name+": "+because(b))
		}
	}
	return out
}

// leaveOut is the action that records what the operator goes on without.
func (f *failover) leaveOut(g *chain.Gap, lost []inventory.Backup) engine.Action {
	var what []string
	if g != nil {
		what = append(what, interval(g))
	}
	for _, b := range lost {
		what = append(what, b.Name)
	}
	return engine.Action{
		ID: "go on without", Kind: engine.File, Target: f.secondary.Address(), Text: "# go on without " + strings.Join(what, ", ") + "; nothing is sent",
		Do: func(_ context.Context, r engine.Reporter) error {
			if g != nil {
				r.Observe(gapAccepted, interval(g))
			}
			if len(lost) > 0 {
				r.Observe(leftOut, digestOf(lost))
			}
			return nil
		},
	}
}

func (f *failover) forked(k *chain.Fork) error {
	return &fault.Error{
		Class: fault.WrongFork, Tried: "order the log backups", Target: f.secondary.Address(),
		Text: fmt.Sprintf("%s and %s continue %s on different recovery paths", chain.Base(k.A.File), chain.Base(k.B.File), f.db),
		Do:   "decide which server held the live database at that time and move the other's backup out of " + f.Site.CopyFolder,
	}
}

// extent tells one hole from another before the same file.
func extent(g *chain.Gap) string {
	sum := sha256.Sum256([]byte(g.From.String() + " " + g.To.String()))
	return hex.EncodeToString(sum[:3])
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
