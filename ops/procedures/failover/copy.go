package failover

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/inventory"
	"pchatops/ops/procedures"
	"pchatops/ops/status"
)

// copyBackups is F2: every log backup that has reached the share and is not in
// the copy folder is copied there.
func (f *failover) copyBackups() engine.Step {
	return engine.Step{
		ID: "F2", Title: "Copy remaining backups", Source: document + "2", Risk: engine.Reversible, Rescues: true,
		Why:  "Chat that has reached the backup share can be saved; what stays there when the database comes online is lost.",
		Plan: asked(f.planCopy), Verify: asked(f.verifyCopy),
	}
}

func (f *failover) planCopy(ctx context.Context) (*engine.Plan, error) {
	facts, err := f.facts(ctx)
	if err != nil {
		return nil, err
	}
	if facts.Database.Online() {
		return f.tooLate(ctx, facts)
	}
	if p := f.without(ctx, facts); p != nil {
		return p, nil
	}
	s, err := f.survey(ctx, facts)
	if err != nil {
		return nil, err
	}
	if s.shareless() {
		return f.planWithoutShare(facts, s, f.unreachable(s)), nil // a decision, not an error
	}
	if s.listing.CopyErr != nil {
		return f.planWithoutFolder(ctx, s) // so is a copy folder
	}
	inv, err := s.stock(ctx, atOnce)
	if err != nil {
		return nil, err
	}
	c := &copying{survey: s, sent: map[string]bool{}}
	shut, err := c.shut(ctx, inv)
	if err != nil {
		return nil, err
	}
	p := &engine.Plan{Actions: c.actions(inv), Facts: append(waitingFacts(inv), s.untoldFacts()...)}
	if p.Total = len(p.Actions); p.Total == 0 {
		if len(shut) > 0 && !f.givenUp(shut) {
			return c.withoutThem(shut), nil
		}
		if inv.Stray != "" {
			return f.planWithoutShare(facts, s, f.strayed(inv)), nil
		}
		p.Already = c.already(inv)
		return p, nil
	}
	p.Notes = c.notes(inv)
	if missing := toCopy(inv); len(missing) > 0 {
		p.Gates = append(p.Gates, f.room(s.listing, missing))
	}
	return p, nil
}

// copying is F2 at work: it looks at what it must know, copies what is missing,
// then meets the strangers on the share and copies what turns out to be ours.
type copying struct {
	*survey
	sent map[string]bool
}

// actions are what is to be done. What a look will bring to light is not known
// yet, so the copy that follows it names no files.
func (c *copying) actions(inv *inventory.Inventory) []engine.Action {
	var out []engine.Action
	if len(inv.ToRead) > 0 {
		out = append(out, c.lookThrough(inv), c.copyRest("copy what is missing"))
	} else if missing := c.unsent(inv); len(missing) > 0 {
		out = append(out, c.copy(inv, missing))
	}
	if strange := inv.Strangers; len(strange) > 0 && c.toMeet(inv) {
		out = append(out, c.meetAll(strange), c.copyMet())
	}
	return out
}

// unsent are the files to be copied that no action has taken yet.
func (c *copying) unsent(inv *inventory.Inventory) []procedures.Copying {
	var out []procedures.Copying
	for _, b := range toCopy(inv) {
		if !c.sent[b.Name] {
			c.sent[b.Name] = true
			out = append(out, b)
		}
	}
	return out
}

// copyRest is the action that copies what a look has shown to be missing.
func (c *copying) copyRest(id string) engine.Action {
	return engine.Action{
		ID: id, Kind: engine.File, Target: c.Files.Copy(c.Site.BackupShare, c.Site.CopyFolder, nil).Target,
		Text: fmt.Sprintf("# Copy-Item from %s to %s: those of %s that the look before shows to be missing", c.Site.BackupShare, c.Site.CopyFolder, c.db),
		Do: func(ctx context.Context, r engine.Reporter) error {
			inv, err := c.complete(ctx, 0, nil)
			if err != nil {
				return err
			}
			missing := c.unsent(inv)
			if len(missing) == 0 {
				r.Log("nothing of it is missing")
				return nil
			}
			return c.copy(inv, missing).Do(ctx, r)
		},
	}
}

// toCopy are the files that are to be copied, those of stripes too.
func toCopy(inv *inventory.Inventory) []procedures.Copying {
	var out []procedures.Copying
	names := map[string]bool{}
	for _, b := range inv.Of(inventory.ToCopy) {
		if !names[b.Name] && b.Share.Strange == "" {
			names[b.Name] = true
			out = append(out, procedures.Copying{Backup: *b.Share, As: b.As, Anew: b.Anew})
		}
	}
	return out
}

// copy is the action that copies files. A broken copy stays where it is: what
// the share holds gets a name of its own beside it.
func (c *copying) copy(inv *inventory.Inventory, files []procedures.Copying) engine.Action {
	a := c.Files.Copy(c.Site.BackupShare, c.Site.CopyFolder, files)
	do := a.Do
	a.Do = func(ctx context.Context, r engine.Reporter) error {
		for _, seen := range waitingFacts(inv) {
			r.Observe(seen.Name, seen.Value)
		}
		heard := &failures{Reporter: r}
		switch err := do(ctx, heard); {
		case err == nil:
		case ofAFile(err) && (heard.n > 0 || !fault.Is(err, fault.Refused)) && (len(files) == 1 || heard.n < len(files)): // said by name; a new plan asks what to do about it
			r.Log("not copied: " + err.Error())
		default:
			return err
		}
		for _, b := range inv.Of(inventory.Unread) {
			if b.Folder != nil && !b.Lost && (b.Own || b.Broken()) {
				r.Observe(copiedAgain+b.Name, mark(*b.Folder))
			}
		}
		return nil
	}
	return a
}

// failures counts the files that a copy could not bring over.
type failures struct {
	engine.Reporter
	n int
}

func (f *failures) Observe(name, value string) {
	if strings.HasPrefix(name, procedures.NotCopied) {
		f.n++
	}
	f.Reporter.Observe(name, value)
}

// ofAFile tells trouble with one file from trouble with the share, the host or
// the volume.
func ofAFile(err error) bool {
	switch fault.ClassOf(err) {
	case fault.Access, fault.InUse, fault.NotFound, fault.Refused:
		return true
	default:
		return false
	}
}

// lookThrough is the action that reads the headers which tell what is missing,
// where they are too many for a plan.
func (c *copying) lookThrough(inv *inventory.Inventory) engine.Action {
	n := len(inv.ToRead[inventory.Share]) + len(inv.ToRead[inventory.Folder])
	return engine.Action{
		ID: "compare share and copy folder", Kind: engine.SQL, Target: c.secondary.Address(),
		Text: fmt.Sprintf("-- RESTORE HEADERONLY of %s in %s and %s: two files are one backup if their headers say so",
			plural(n, "file"), c.Site.BackupShare, c.Site.CopyFolder),
		Do: func(ctx context.Context, r engine.Reporter) error {
			_, err := c.complete(ctx, 0, r)
			return err
		},
	}
}

// notes say which file is copied and why, and what stays.
func (c *copying) notes(inv *inventory.Inventory) []string {
	var out []string
	if missing := toCopy(inv); len(missing) > 0 {
		out = append(out, fmt.Sprintf("%s to copy, %s", plural(len(inventory.Whole(inv.Of(inventory.ToCopy))), "log backup"), bytesOf(missing)))
	}
	for _, b := range inv.Of(inventory.ToCopy) {
		if b.Share.Strange != "" {
			out = append(out, "stays on the share: "+b.Name+": "+b.Refused)
		} else if b.As != "" {
			out = append(out, fmt.Sprintf("%s in %s is not the backup that %s holds under this name: that one is copied as %s, and both stay", b.Name, c.Site.CopyFolder, c.Site.BackupShare, b.As))
		} else if b.Why != "" {
			out = append(out, b.Name+": "+b.Why)
		}
	}
	return append(out, c.stays(inv)...)
}

// stays says what on the share is not copied, and why.
func (c *copying) stays(inv *inventory.Inventory) []string {
	var out []string
	foreign := 0
	for _, b := range inv.Backups {
		switch {
		case b.Folder != nil || b.Share == nil:
		case b.Share.Strange != "":
			out = append(out, fmt.Sprintf("stays on the share: %q: %s", b.Name, b.Why))
		case b.Kind == inventory.Foreign, b.Kind == inventory.Unread && !b.Own:
			foreign++
		case b.Kind == inventory.Unread, b.Kind == inventory.Unusable:
			out = append(out, "stays on the share: "+b.Name+": "+b.Why)
		}
	}
	if foreign > 0 {
		out = append(out, fmt.Sprintf("%s on the share not copied, under other names or of other databases: who wants one of these puts it into %s, where F3 reads every file",
			plural(foreign, "file"), c.Site.CopyFolder))
	}
	return append(out, c.unlooked()...)
}

// unlooked says what on the share is not looked into: log shipping calls its files
// .trn, and puts them into no folder.
func (s *survey) unlooked() []string {
	if s.listing.Others == 0 {
		return nil
	}
	var names []string
	for _, n := range s.listing.Some {
		names = append(names, strconv.QuoteToASCII(n))
	}
	if more := s.listing.Others - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return []string{fmt.Sprintf("only the .trn files of %s itself are looked at; not looked into: %s. If you know of a log backup there, put it into %s as a .trn file",
		s.Site.BackupShare, strings.Join(names, ", "), s.Site.CopyFolder)}
}

func (c *copying) already(inv *inventory.Inventory) string {
	if gone := refused(inv); len(gone) > 0 {
		return "the operator went on without " + saying(left(gone))
	}
	says := fmt.Sprintf("every log backup on %s that is still needed is in %s", c.Site.BackupShare, c.Site.CopyFolder)
	if inv.Another != "" {
		says = "nothing is copied: " + inv.Another
	}
	if more := c.stays(inv); len(more) > 0 {
		says = fault.Said(append([]string{says}, more...)...)
	}
	return says
}

// room compares what is to be copied with what is free. The volume may hold more than
// it says, by compression or a quota: whoever knows that may go on.
func (f *failover) room(l procedures.Listing, missing []procedures.Copying) engine.Gate {
	need := total(missing)
	return engine.Gate{
		Name: "room in the copy folder", Holds: l.Free < 0 || l.Free > need,
		Seen: free(l.Free), Want: "more than " + sized(need),
		Do:       "free space on the volume of " + f.Site.CopyFolder + "; what does not fit is not copied, and what was copied stays",
		Override: "copy " + sized(need) + " whatever room there is",
	}
}

func (f *failover) verifyCopy(ctx context.Context) (*engine.Proof, error) {
	facts, err := f.facts(ctx)
	if err != nil {
		return nil, err
	}
	if facts.Database.Online() {
		return f.proofTooLate(ctx, facts)
	}
	if p, shown, err := f.unshown(ctx, facts); !shown {
		return p, err
	}
	s, err := f.survey(ctx, facts)
	if err != nil {
		return nil, err
	}
	if s.shareless() {
		return f.proofWithoutShare(s)
	}
	inv, err := s.stock(ctx, 0)
	if err != nil {
		return nil, err
	}
	if s.listing.CopyErr != nil {
		p := s.proofWithoutFolder(inv)
		if !p.Holds {
			err = s.listing.CopyErr // what was copied may be there
		}
		return p, err
	}
	p := f.copied(inv)
	p.Facts = append(p.Facts, s.metFacts(inv)...)
	if p.Unread = s.notMet(inv); len(p.Unread) > 0 {
		p.Says = fault.Said(p.Says, p.Unread[0].Why)
	}
	f.asStray(p, inv)
	p.Says = fault.Said(append([]string{p.Says}, s.unlooked()...)...)
	return f.besideLiving(ctx, p), nil
}

// copied proves F2 from the inventory: nothing is left to copy, apart from what
// could not be copied when that was tried, and the operator goes on without.
func (f *failover) copied(inv *inventory.Inventory) *engine.Proof {
	var missing []inventory.Backup
	for _, b := range inv.Of(inventory.ToCopy) {
		if b.Refused == "" {
			missing = append(missing, b)
		}
	}
	shut := refused(inv)
	p := &engine.Proof{
		Holds: len(missing) == 0 && (len(shut) == 0 || f.givenUp(shut)), LeftBehind: left(shut),
		Facts: waitingFacts(inv),
	}
	switch {
	case len(missing) > 0:
		missing, p.Open = inventory.Whole(missing), true
		p.Says = fmt.Sprintf("%s on the share %s not in the copy folder, first %s", plural(len(missing), "log backup"), status.Are(len(missing)), missing[0].Name)
	case len(shut) > 0:
		p.Decide = !p.Holds
		p.Says = "every other backup on the share that is still needed is in the copy folder; not copied: " + saying(p.LeftBehind)
	case inv.Another != "":
		p.Says = "nothing is to be copied: " + inv.Another
	default:
		p.Says = "every log backup on the share that is still needed is in the copy folder, by its header or its content"
	}
	if idle := left(useless(inv)); len(idle) > 0 {
		p.Says += "; left on the share, as it is of no use: " + saying(idle)
	}
	if bad := inv.Spent(); len(bad) > 0 {
		p.Says += fmt.Sprintf("; %s on the share cannot be read any more (first %s): what log shipping gave the name to is applied or copied", plural(len(bad), "file"), bad[0].Name)
	}
	p.Says += unfinished(inv)
	return p
}

// useless are the backups on the share that F2 need not copy, as they cannot be
// applied: damaged, or parts of a striped one that lacks another. F3 asks about them.
func useless(inv *inventory.Inventory) []inventory.Backup {
	return slices.DeleteFunc(inv.Lost(inventory.Unusable), func(b inventory.Backup) bool { return b.Folder != nil || b.Stranded })
}

// pending are the backups whose log the database does not have yet.
func pending(inv *inventory.Inventory) []inventory.Backup {
	return inv.Lost(inventory.ToApply, inventory.ToCopy, inventory.Unread, inventory.Unusable, inventory.Gone, inventory.Elsewhere)
}

// namesOf lists as many names as a fact has room for.
func namesOf(bs []inventory.Backup) string {
	var names []string
	room := 900
	for _, b := range bs {
		if room -= len(b.Name) + 2; room < 0 {
			break
		}
		names = append(names, b.Name)
	}
	return strings.Join(names, ", ")
}

func total(bs []procedures.Copying) (n int64) {
	for _, b := range bs {
		n += max(0, b.Bytes)
	}
	return n
}

// bytesOf is how much there is to copy, as far as that is known.
func bytesOf(bs []procedures.Copying) string {
	if slices.ContainsFunc(bs, func(b procedures.Copying) bool { return b.Bytes < 0 }) {
		return "at least " + sized(total(bs))
	}
	return sized(total(bs))
}

func free(n int64) string {
	if n < 0 {
		return "how much is free is not told"
	}
	return sized(n) + " free"
}

// sized is a number of bytes as people read it.
func sized(bytes int64) string {
	n, unit := float64(bytes), "bytes"
	for _, larger := range []string{"KB", "MB", "GB", "TB"} {
		if n < 1024 {
			break
		}
		n, unit = n/1024, larger
	}
	if unit == "bytes" {
		return fmt.Sprintf("%d bytes", bytes)
	}
	return fmt.Sprintf("%.1f %s", n, unit)
}
