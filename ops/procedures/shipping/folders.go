package shipping

import (
	"context"
	"fmt"
	"unicode/utf8"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
	"pchatops/ops/status"
)

// longestPath is what the log shipping procedures take, without the file.
const longestPath = 500

// checkFolders is P4 to P6 and the folders of P14: the service accounts do in
// them what log shipping will have them do, and leave nothing behind.
func (s *shipping) checkFolders() engine.Step {
	return engine.Step{
		ID: "P4-P6", Title: "Try the folders", Source: document + "5, 6 and 14", Risk: engine.Reversible, Trial: true,
		Why:  "The service account of the primary writes the backups, that of the secondary reads them. A small copy-only backup of model shows whether they can. Local System reaches no share of another machine, so with it the folder must be on the primary.",
		Plan: s.planFolders,
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			e, err := s.read(ctx)
			if err != nil {
				return nil, err
			}
			p := procedures.ProofOf(s.folderGates(e), s.folderTrial(e).says())
			if p.Holds && !s.tried(e) {
				p.Holds, p.Says = false, "nobody has tried yet whether the service accounts may use the folders: run P4-P6"
			}
			return p, nil
		},
	}
}

func (s *shipping) planFolders(ctx context.Context) (*engine.Plan, error) {
	e, notes, err := s.survey(ctx)
	if err != nil {
		return nil, err
	}
	p := &engine.Plan{Gates: s.folderGates(e), Notes: append(s.aboutAgents(e), notes...)}
	t := s.folderTrial(e)
	if s.tried(e) {
		p.Already = t.says()
		return p, nil
	}
	p.Actions = t.actions()
	p.Total = len(p.Actions)
	return p, nil
}

// survey reads both ends, and tells which of them does not see the folder of
// the backups. Why is what the trial finds out.
func (s *shipping) survey(ctx context.Context) (ends, []string, error) {
	var e ends
	places := s.places()[:2]
	g, ctx := fault.Together(ctx, "read the servers")
	for n, to := range []*status.Facts{&e.primary, &e.secondary} {
		g.Go(func() (err error) {
			*to, places[n].seen, err = places[n].on.FactsAnd(ctx, places[n].path)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return e, nil, err
	}
	s.note(e)
	var out []string
	for _, l := range places {
		if !l.seen.Folder {
			out = append(out, l.missing())
		}
	}
	return e, out, nil
}

// folderGates are what no trial is needed for.
func (s *shipping) folderGates(e ends) []engine.Gate {
	gates := []engine.Gate{s.localSystem(e.primary)}
	for _, l := range s.places() {
		gates = append(gates, length(l.path, l.what))
	}
	return gates
}

// places are the folders, the primary's first.
func (s *shipping) places() []*place {
	return []*place{
		{on: s.primary, path: s.directory(), what: "the folder that backups are written to"},
		{on: s.secondary, path: s.Site.BackupShare, what: "the backup share"},
		{on: s.secondary, path: s.Site.CopyFolder, what: "the copy folder"},
	}
}

// place is a folder and what a server sees of it.
type place struct {
	on         server
	path, what string
	seen       procedures.PathSeen
}

// directory is the path that BACKUP writes to.
func (s *shipping) directory() string { return status.WantedPrimary(s.Site, "", "").Directory }

// localSystem is the rule of P6.
func (s *shipping) localSystem(f status.Facts) engine.Gate {
	account := f.Engine.Account
	g := engine.Gate{
		Name: "service account of " + s.primary.label, Seen: account, Holds: !procedures.LocalSystem(account) || s.Site.BackupDirectory != "",
		Want: "a domain account, or with Local System a backup folder on the primary",
		Do: "SQL Server on " + s.primary.label + " runs as Local System: create the backup folder on that server, share it as " +
			s.Site.BackupShare + " and give its local path as backup_directory in the site file",
	}
	if account == "" {
		g.Seen = "the server does not tell"
	}
	return g
}

// length is the gate that a path fits the parameters of the procedures.
func length(path, what string) engine.Gate {
	n := utf8.RuneCountInString(path)
	return engine.Gate{
		Name: "length of " + what, Holds: n <= longestPath, Seen: fmt.Sprintf("%d characters", n),
		Want: fmt.Sprintf("at most %d characters", longestPath), Do: "choose a shorter path in the site file",
	}
}

// missing says what a server sees where a folder should be.
func (p *place) missing() string {
	switch {
	case p.seen.Unread != "":
		return fmt.Sprintf("whether %s sees %s, %s, is not known: %s", p.on.label, p.what, p.path, p.seen.Unread)
	case p.seen.File:
		return fmt.Sprintf("%s sees a file where %s should be: %s", p.on.label, p.what, p.path)
	case p.seen.Parent:
		return fmt.Sprintf("%s does not see %s, %s; the folder above it is there", p.on.label, p.what, p.path)
	}
	return fmt.Sprintf("%s does not reach %s, %s", p.on.label, p.what, p.path)
}
