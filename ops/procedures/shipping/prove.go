package shipping

import (
	"context"
	"fmt"
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/inventory"
	"pchatops/ops/procedures"
	"pchatops/ops/status"
)

// prove is P20 and beyond the document: one backup travels through all three
// jobs while one watches.
func (s *shipping) prove() engine.Step {
	return engine.Step{
		ID: "P20", Title: "Ship one backup", Source: document + "20", Risk: engine.Reversible,
		Why:     "A job that reports success proves nothing: the backup job does so without writing a backup when the database is no principal. One backup is taken, copied and restored.",
		Touches: []string{s.secondary.label},
		Plan:    s.planProve, Verify: s.verifyProve,
	}
}

func (s *shipping) planProve(ctx context.Context) (*engine.Plan, error) {
	e, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	if proof := s.proven(e); proof.Holds {
		return &engine.Plan{Already: proof.Says}, nil
	}
	wantP, wantS := s.wantedPrimary(e), s.wantedSecondary(e)
	t := &traveller{shipping: s, file: lastBackup(e.primary.Primary)}
	return &engine.Plan{
		Gates: []engine.Gate{
			s.configured(e), procedures.AgentRuns(s.primary.label, e.primary), procedures.AgentRuns(s.secondary.label, e.secondary),
		},
		Actions: []engine.Action{
			s.primary.RunJob(wantP.Job, t.written), s.explained(s.secondary.RunJob(wantS.CopyJob, t.copied), e), s.secondary.RunJob(wantS.RestoreJob, t.restored),
		},
		Notes: []string{"the schedules go on: a run that they start meanwhile is waited for"}, Total: 3,
	}, nil
}

// lastBackup gives the newest backup before the proof; "": there was none.
func lastBackup(p *status.ShippingPrimary) string {
	if p == nil {
		return ""
	}
	return p.LastBackupFile
}

func (s *shipping) configured(e ends) engine.Gate {
	wrong := append(s.primaryDrift(e), s.secondaryDrift(e)...)
	g := engine.Gate{Name: "configured", Holds: len(wrong) == 0, Seen: "as the site file says", Want: "primary and secondary configured", Do: "run P1-P9 and P10-P19 first"}
	if !g.Holds {
		g.Seen = wrong[0]
	}
	return g
}

// traveller is the backup that is followed. Its actions run one after the other.
type traveller struct {
	*shipping
	file string // the primary's last backup; from the first action on, the one that is followed
}

// written looks for a backup that was not there before.
func (t *traveller) written(r engine.Reporter, now procedures.Shipped) error {
	if now.Backup != t.file {
		t.file = now.Backup
		r.Observe("backup", now.Backup)
		return nil
	}
	return &fault.Error{
		Class: fault.State, Tried: "ship one backup", Target: t.primary.label, Text: "the backup job reported success without writing a backup",
		Do: "read the job's history: it does so where the database is no principal (32008); check that the primary is the principal and in FULL recovery",
	}
}

func (t *traveller) copied(r engine.Reporter, now procedures.Shipped) error {
	return t.arrived(r, "copied", now.Copied)
}

func (t *traveller) restored(r engine.Reporter, now procedures.Shipped) error {
	return t.arrived(r, "restored", now.Restored)
}

// arrived looks whether the secondary has got as far as the backup, or further.
func (t *traveller) arrived(r engine.Reporter, name, have string) error {
	if have != "" && !chain.Before(have, t.file) {
		r.Observe(name, have)
		return nil
	}
	return &fault.Error{
		Class: fault.State, Tried: "ship one backup", Target: t.secondary.label,
		Text: fmt.Sprintf("the job reported success, but %s has not arrived (last: %s)", chain.Base(t.file), orNone(chain.Base(have))),
		Do:   "read the job's history on this server: it names the files that it skipped, and why",
	}
}

func (s *shipping) verifyProve(ctx context.Context) (*engine.Proof, error) {
	e, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	return s.proven(e), nil
}

// proven holds once a backup has gone all the way, not too long ago, and no job
// has failed since.
func (s *shipping) proven(e ends) *engine.Proof {
	p, ls := e.primary.Primary, e.secondary.Secondary
	if p == nil || ls == nil {
		return &engine.Proof{Says: "log shipping is not set up"}
	}
	proof := &engine.Proof{Facts: []engine.Fact{
		{Name: "backup", Value: aged(p.LastBackupFile, p.BackupAge)},
		{Name: "copied", Value: aged(ls.LastCopiedFile, ls.CopyAge)},
		{Name: "restored", Value: aged(ls.LastRestoredFile, ls.RestoreAge)},
	}}
	w := s.Site.Shipping
	failed := failing(p.BackupJob, ls.CopyJob, ls.RestoreJob)
	switch {
	case p.LastBackupFile == "" || p.BackupAge < 0:
		proof.Says = "no log backup has been taken yet"
	case ls.LastCopiedFile == "" || ls.CopyAge < 0:
		proof.Says = "no log backup has been copied yet"
	case ls.LastRestoredFile == "" || ls.RestoreAge < 0:
		proof.Says = "no log backup has been restored yet"
	case failed != "":
		proof.Says = failed
	case p.BackupAge > w.BackupThreshold:
		proof.Says = "the last backup is older than its threshold: " + aged(p.LastBackupFile, p.BackupAge)
	case ls.RestoreAge > w.RestoreThreshold:
		proof.Says = "the last restore is older than its threshold: " + aged(ls.LastRestoredFile, ls.RestoreAge)
	default:
		proof.Holds = true
		proof.Says = fmt.Sprintf("shipped: backup %s, copied %s, restored %s", ago(p.BackupAge), ago(ls.CopyAge), ago(ls.RestoreAge))
	}
	return proof
}

// failing says which job failed when it ran last, and why; "": none.
func failing(jobs ...status.Job) string {
	for _, j := range jobs {
		if j.Outcome == "failed" {
			return "the last run of the job " + j.Name + " failed: " + j.Message
		}
	}
	return ""
}

func aged(file string, age time.Duration) string {
	if file == "" || age < 0 {
		return "none"
	}
	return chain.Base(file) + ", " + ago(age)
}

func ago(age time.Duration) string { return inventory.Span(age) + " ago" }
