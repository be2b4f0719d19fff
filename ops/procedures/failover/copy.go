package failover

import (
	"context"
	"fmt"
	"strings"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/procedures"
)

// copyBackups is F2: every log backup that has reached the share and is not in
// the copy folder is copied there.
func (f *failover) copyBackups() engine.Step {
	return engine.Step{
		ID: "F2", Title: "Copy remaining backups", Source: document + "2", Risk: engine.Reversible,
		Why:  "Chat that has reached the backup share can be saved; what stays there when the database comes online is lost.",
		Plan: f.planCopy, Verify: f.verifyCopy,
	}
}

func (f *failover) planCopy(ctx context.Context) (*engine.Plan, error) {
	facts, err := f.facts(ctx)
	if err != nil {
		return nil, err
	}
	if facts.Database.Online() {
		return f.online(), nil
	}
	l, err := f.list(ctx)
	if err != nil {
		return nil, err
	}
	if l.ShareErr != nil {
		return f.planWithoutShare(facts, l), nil //nolint:nilerr // an unreachable share is a decision, not an error
	}
	missing, old, err := f.missing(ctx, l, f.clockOf(facts))
	if err != nil {
		return nil, err
	}
	if len(missing) == 0 {
		return &engine.Plan{Already: fmt.Sprintf("all %s on %s that are still needed are in %s", plural(len(l.Share), "log backup"), f.Site.BackupShare, f.Site.CopyFolder)}, nil
	}
	p := &engine.Plan{Actions: []engine.Action{f.Files.Copy(f.Site.BackupShare, f.Site.CopyFolder, missing)}, Total: 1}
	p.Notes = append(p.Notes, fmt.Sprintf("%s to copy, %s", plural(len(missing), "log backup"), bytesOf(missing)))
	if old > 0 {
		p.Notes = append(p.Notes, fmt.Sprintf("%s on the share are older than the last restored one and stay there", plural(old, "log backup")))
	}
	p.Gates = append(p.Gates, f.room(l, missing))
	return p, nil
}

// list reads share and copy folder; only the copy folder has to be readable.
func (f *failover) list(ctx context.Context) (procedures.Listing, error) {
	l, err := f.Files.List(ctx, f.Site.BackupShare, f.Site.CopyFolder)
	if err != nil {
		return l, err
	}
	return l, l.CopyErr
}

// missing compares share and copy folder by name and length. Backups that are
// clearly older than the newest applied one cannot be needed and are counted:
// by the time in their names, which is the primary's, and by that of the file,
// because a clock may have been wrong for a while.
func (f *failover) missing(ctx context.Context, l procedures.Listing, now time.Time) (missing []procedures.Backup, old int, err error) {
	have := map[string]int64{}
	for _, b := range l.Copied {
		have[strings.ToLower(b.Name)] = b.Bytes
	}
	newest, err := f.newestApplied(ctx)
	if err != nil {
		return nil, 0, err
	}
	from, known := takenAt(newest, now)
	from = from.Add(-apart)
	for _, b := range l.Share {
		if n, ok := have[strings.ToLower(b.Name)]; ok && n == b.Bytes {
			continue
		}
		if known && rank(b).Before(from) && b.Modified.Before(from) {
			old++
			continue
		}
		missing = append(missing, b)
	}
	return missing, old, nil
}

// newestApplied is the file of the last log backup that was restored.
func (f *failover) newestApplied(ctx context.Context) (string, error) {
	applied, err := f.sql.Applied(ctx, f.db)
	return newestOfHistory(applied), err
}

func (f *failover) room(l procedures.Listing, missing []procedures.Backup) engine.Gate {
	need := total(missing)
	return engine.Gate{
		Name: "room in the copy folder", Holds: l.Free < 0 || l.Free > need,
		Seen: fmt.Sprintf("%d bytes free", l.Free), Want: fmt.Sprintf("more than %d bytes", need),
		Do: "free space on the volume of " + f.Site.CopyFolder,
	}
}

func (f *failover) verifyCopy(ctx context.Context) (*engine.Proof, error) {
	facts, err := f.facts(ctx)
	if err != nil {
		return nil, err
	}
	if facts.Database.Online() {
		return &engine.Proof{Holds: true, Says: f.online().Already}, nil
	}
	l, err := f.list(ctx)
	if err != nil {
		return nil, err
	}
	if l.ShareErr != nil {
		if v := f.Recall(shareGivenUp); v != "" {
			return &engine.Proof{
				Holds: true, Says: "the operator went on without the share: " + v,
				Facts: []engine.Fact{{Name: givenUp, Value: v}},
			}, nil
		}
		return &engine.Proof{Says: "the backup share cannot be read: " + l.ShareErr.Error()}, nil
	}
	missing, _, err := f.missing(ctx, l, f.clockOf(facts))
	if err != nil {
		return nil, err
	}
	p := &engine.Proof{Holds: len(missing) == 0, Facts: []engine.Fact{
		{Name: "newest on the share", Value: describe(newestOf(l.Share))},
		{Name: "newest in the copy folder", Value: describe(newestOf(l.Copied))},
	}}
	if p.Holds {
		p.Says = "every log backup on the share that is still needed is in the copy folder, with the same length"
	} else {
		p.Says = fmt.Sprintf("%s on the share are not in the copy folder, first %s", plural(len(missing), "log backup"), missing[0].Name)
	}
	return p, nil
}

func newestOf(bs []procedures.Backup) procedures.Backup {
	var best procedures.Backup
	for _, b := range bs {
		if best.Name == "" || rank(b).After(rank(best)) {
			best = b
		}
	}
	return best
}

func describe(b procedures.Backup) string {
	if b.Name == "" {
		return "none"
	}
	if t := rank(b); !t.IsZero() {
		return fmt.Sprintf("%s of %s", b.Name, clock(t))
	}
	return b.Name
}

func total(bs []procedures.Backup) (n int64) {
	for _, b := range bs {
		n += max(0, b.Bytes)
	}
	return n
}

func bytesOf(bs []procedures.Backup) string {
	n := float64(total(bs))
	for _, unit := range []string{"bytes", "KB", "MB", "GB"} {
		if n < 1024 || unit == "GB" {
			return fmt.Sprintf("%.4g %s", n, unit)
		}
		n /= 1024
	}
	return ""
}
