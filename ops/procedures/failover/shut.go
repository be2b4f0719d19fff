package failover

import (
	"context"
	"strings"

	"pchatops/ops/engine"
	"pchatops/ops/inventory"
)

// uncopied is the name under which it is remembered which backups F2 could not
// copy and the operator goes on without.
const uncopied = "backups not copied, and given up"

// refused are the backups that could not be copied when that was tried.
func refused(inv *inventory.Inventory) []inventory.Backup {
	var out []inventory.Backup
	for _, b := range inv.Of(inventory.ToCopy) {
		if b.Refused != "" {
			out = append(out, b)
		}
	}
	return out
}

// givenUp reports whether the operator goes on without just these.
func (f *failover) givenUp(shut []inventory.Backup) bool {
	return len(shut) > 0 && f.Recall(uncopied) == digestOf(shut)
}

// shut are the backups that could not be copied and that the host still cannot
// open. They are not tried again; one that opens by now is.
func (c *copying) shut(ctx context.Context, inv *inventory.Inventory) ([]inventory.Backup, error) {
	tried := refused(inv)
	if len(tried) == 0 {
		return nil, nil
	}
	var names []string
	for _, b := range tried {
		if b.Share.Strange == "" {
			names = append(names, b.Name)
		}
	}
	opens := map[string]bool{}
	if len(names) > 0 {
		var err error
		if opens, err = c.Files.Readable(ctx, c.Site.BackupShare, names); err != nil {
			return nil, err
		}
	}
	var out []inventory.Backup
	for _, b := range tried {
		if !opens[b.Name] {
			c.sent[b.Name] = true
			out = append(out, b)
		}
	}
	return out, nil
}

// withoutThem lets the operator decide to go on without backups that cannot be
// copied.
func (c *copying) withoutThem(shut []inventory.Backup) *engine.Plan {
	var names []string
	for _, b := range inventory.Whole(shut) {
		names = append(names, b.Name)
	}
	mend := "let " + c.listing.Host + " read " + c.Site.BackupShare + `\` + shut[0].Name + " (rights, or a program that holds it open), and run F2 again"
	if shut[0].Share.Strange != "" {
		mend = "give " + shut[0].Name + " on " + c.Site.BackupShare + " a name that Windows takes, from the system that serves the share, and run F2 again"
	}
	phrase := "go on without copying " + strings.TrimPrefix(engine.LosePhrase(names), "lose ")
	return &engine.Plan{
		Gates: []engine.Gate{{
			Name: "every backup on the share copied", Seen: saying(left(shut)), Want: "every backup on the share that is still needed in " + c.Site.CopyFolder,
			Override: phrase,
			Do:       mend + "; or go on without by typing: " + phrase,
		}},
		Loss: "the chat in " + saying(left(shut)) + " is lost, with all behind it, unless it reaches " + c.Site.CopyFolder + " before F4b",
		Lost: names,
		Actions: []engine.Action{{
			ID: "go on without copying", Kind: engine.File, Target: c.listing.Host,
			Text: "# go on without " + strings.Join(names, ", ") + "; nothing is sent",
			Do: func(_ context.Context, r engine.Reporter) error {
				r.Observe(uncopied, digestOf(shut))
				return nil
			},
		}},
		Total: 1,
	}
}
