package failover

import (
	"context"
	"fmt"
	"strings"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/inventory"
	"pchatops/ops/status"
)

// folderGivenUp is the name under which it is remembered that the operator goes
// on without the copy folder, and since when chat is lost with it.
const folderGivenUp = "copy folder given up"

// since is when the last applied backup was taken, for a loss of unknown extent.
func (f *failover) since(applied []chain.Header, facts status.Facts) string {
	t := f.clocks(facts).Date(applied)
	if t.At.IsZero() || t.Loose {
		return "an unknown time"
	}
	return clock(t.At)
}

// shareless reports whether the share is what F2 lacks: it cannot be listed, and
// where the copy folder cannot either, it is not given up yet.
func (s *survey) shareless() bool {
	return s.listing.ShareErr != nil && (s.listing.CopyErr == nil || s.Recall(shareGivenUp) == "")
}

// folderLess reports whether the operator goes on without the copy folder. That
// holds for as long as nothing more is applied.
func (s *survey) folderLess() bool {
	return s.listing.CopyErr != nil && s.Recall(folderGivenUp) == s.since(s.seen.Applied, s.facts)
}

// folderAway says what the host answers about the copy folder.
func (s *survey) folderAway() string {
	return fmt.Sprintf("the copy folder %s cannot be listed on %s: %s", s.Site.CopyFolder, s.listing.Host, strings.TrimRight(brief(s.listing.CopyErr), "."))
}

// settled says why F2 and F3 have nothing to do although nobody can see the copy
// folder; "": there is something, or nobody knows.
func (s *survey) settled(inv *inventory.Inventory) string {
	switch {
	case s.folderLess():
		return "the operator went on without the copy folder: " + s.folderAway()
	case s.listing.ShareErr == nil && len(pending(inv)) == 0:
		return fmt.Sprintf("every log backup on %s that is of use is applied; %s", s.Site.BackupShare, s.folderAway())
	}
	return ""
}

// planWithoutFolder is the plan of F2 and F3 while the copy folder is away. What
// the share shows to be applied needs none. The rest waits for it, or is given up.
func (f *failover) planWithoutFolder(ctx context.Context, s *survey) (*engine.Plan, error) {
	inv, err := s.stock(ctx, atOnce)
	if err != nil {
		return nil, err
	}
	if says := s.settled(inv); says != "" {
		return &engine.Plan{Already: says}, nil
	}
	folder, since := f.Site.CopyFolder, s.since(s.seen.Applied, s.facts)
	phrase := fmt.Sprintf("go on without %s and lose chat after %s", folder, since)
	p := &engine.Plan{
		Gates: []engine.Gate{{
			Name: "copy folder readable", Seen: s.folderAway(), Want: folder + " can be listed on " + s.listing.Host, Override: phrase,
			Do: s.mendFolder() + ", and run F2 and F3 again; or go on without by typing: " + phrase,
		}},
		Loss: "how much chat is lost after " + since + " is unknown: nobody can see what is in " + folder,
		Lost: []string{"what only " + folder + " holds"},
		Actions: []engine.Action{{
			ID: "give up the copy folder", Kind: engine.File, Target: s.listing.Host, Text: "# go on without " + folder + "; nothing is sent",
			Do: func(_ context.Context, r engine.Reporter) error {
				r.Observe(folderGivenUp, since)
				return nil
			},
		}},
		Total: 1,
	}
	if known := left(pending(inv)); len(known) > 0 {
		p.Loss += fmt.Sprintf("; known and not applied: %s", saying(known))
		for _, l := range known {
			p.Lost = append(p.Lost, l.File)
		}
	}
	return p, nil
}

// mendFolder says what brings the copy folder back.
func (s *survey) mendFolder() string {
	if fault.Is(s.listing.CopyErr, fault.NotFound) {
		return fmt.Sprintf("on %s, bring the disk back that holds it, or make it anew: New-Item -ItemType Directory -Path '%s' (what %s holds is copied again)",
			s.listing.Host, strings.ReplaceAll(s.Site.CopyFolder, "'", "''"), s.Site.BackupShare)
	}
	return "let " + s.listing.Host + " list " + s.Site.CopyFolder + " again"
}

// proofWithoutFolder proves F2 and F3 while the copy folder is away.
func (s *survey) proofWithoutFolder(inv *inventory.Inventory) *engine.Proof {
	p := &engine.Proof{Unread: unseen(inv), Says: s.settled(inv)}
	if p.Holds = p.Says != ""; p.Holds {
		p.LeftBehind = left(pending(inv))
		return p
	}
	p.Decide, p.Says = true, s.folderAway()
	return p
}

// appliedWithoutFolder proves F3 while the copy folder is away. That something waits
// contradicts it; what nobody can see does not.
func (s *survey) appliedWithoutFolder(ctx context.Context) (*engine.Proof, error) {
	inv, err := s.stock(ctx, 0)
	if err != nil {
		return nil, err
	}
	p := s.proofWithoutFolder(inv)
	known := inv.Lost(inventory.ToApply, inventory.ToCopy)
	switch {
	case p.Holds:
	case len(known) == 0:
		return p, s.listing.CopyErr
	default:
		p.Says = fmt.Sprintf("not applied yet: %s; %s", known[0].Name, p.Says)
	}
	return p, nil
}
