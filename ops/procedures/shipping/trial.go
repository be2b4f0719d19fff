package shipping

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
)

// trial is what the service accounts are asked to do with the folders.
type trial struct {
	*shipping
	written, read, copied procedures.Probe
}

// folderTrial makes the trial.
func (s *shipping) folderTrial(e ends) *trial {
	extension := procedures.ProbeExtension(s.Site.Name, s.db, s.primary.label, s.secondary.label)
	return &trial{
		shipping: s,
		written:  procedures.Probe{Folder: s.directory(), Extension: extension, Account: e.primary.Engine.Account},
		read:     procedures.Probe{Folder: s.Site.BackupShare, Extension: extension, Account: e.secondary.Engine.Account},
		copied:   procedures.Probe{Folder: s.Site.CopyFolder, Extension: extension, Account: e.secondary.Engine.Account},
	}
}

// foldersTried is the fact that a trial leaves in the journal: of what.
const foldersTried = "folders tried"

// of tells trials apart: other folders or accounts have to be tried anew.
func (t *trial) of() string {
	return strings.Join([]string{t.written.Folder, t.written.Account, t.read.Folder, t.copied.Folder, t.copied.Account}, ", ")
}

func (t *trial) says() string {
	return fmt.Sprintf("%s writes %s, %s reads %s and writes %s",
		t.primary.label, t.written.Folder, t.secondary.label, t.read.Folder, t.copied.Folder)
}

// actions write a probe on the primary, read it on the secondary and delete it
// where it was written, whatever became of the reading; the last one tries the
// copy folder.
func (t *trial) actions() []engine.Action {
	clean := t.primary.DeleteProbe(t.written)
	read := t.secondary.ReadProbe(t.read)
	reading := read.Do
	read.Do = func(ctx context.Context, r engine.Reporter) error {
		err := reading(ctx, r)
		if err != nil {
			if left := clean.Do(context.WithoutCancel(ctx), r); left != nil {
				r.Log("the probe is left in " + t.written.Folder + ": " + left.Error())
			}
		}
		return err
	}
	copied := t.secondary.WriteProbe(t.copied, false)
	writing := copied.Do
	copied.Do = func(ctx context.Context, r engine.Reporter) error {
		err := writing(ctx, r)
		if err == nil {
			r.Observe(foldersTried, t.of())
		}
		return err
	}
	return []engine.Action{t.primary.WriteProbe(t.written, true), read, clean, copied}
}

// tried tells whether the accounts have shown what they may: in a trial of this
// incident, or because log backups travel through these very folders.
func (s *shipping) tried(e ends) bool {
	if s.Recall != nil && s.Recall(foldersTried) == s.folderTrial(e).of() {
		return true
	}
	p, ls := e.primary.Primary, e.secondary.Secondary
	return s.proven(e).Holds && inside(p.LastBackupFile, s.directory()) && inside(ls.LastCopiedFile, s.Site.CopyFolder) &&
		strings.EqualFold(strings.TrimRight(ls.Source, `\`), strings.TrimRight(s.Site.BackupShare, `\`))
}

// aboutAgents says what the trial cannot show: SQL Server opens the probes, and
// its Agent, if it runs as another account, the log backups.
func (s *shipping) aboutAgents(e ends) []string {
	var out []string
	if other(e.primary.Engine.Account, e.primary.Agent.Account) {
		out = append(out, fmt.Sprintf("the Agent of %s runs as %s and deletes old backups: that it may delete in %s is not tried",
			s.primary.label, e.primary.Agent.Account, s.directory()))
	}
	if other(e.secondary.Engine.Account, e.secondary.Agent.Account) {
		out = append(out, fmt.Sprintf("the Agent of %s runs as %s and copies: that it reads %s and writes %s is shown by P20",
			s.secondary.label, e.secondary.Agent.Account, s.Site.BackupShare, s.Site.CopyFolder))
	}
	return out
}

func other(a, b string) bool { return a != "" && b != "" && !strings.EqualFold(a, b) }

// explained says what the copy job needs, which no earlier step could try where
// the Agent has an account of its own.
func (s *shipping) explained(a engine.Action, e ends) engine.Action {
	run := a.Do
	a.Do = func(ctx context.Context, r engine.Reporter) error {
		err := run(ctx, r)
		var f *fault.Error
		if !errors.Is(err, procedures.ErrJobFailed) || !errors.As(err, &f) {
			return err
		}
		told := *f
		told.Do += fmt.Sprintf("; %s, as which the Agent of %s runs, has to read %s and to write %s",
			cmp.Or(e.secondary.Agent.Account, "the account"), s.secondary.label, s.Site.BackupShare, s.Site.CopyFolder)
		return &told
	}
	return a
}
