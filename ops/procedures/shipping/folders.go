package shipping

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"pchatops/ops/engine"
	"pchatops/ops/procedures"
	"pchatops/ops/status"
)

// longestPath is what the log shipping procedures take, without the file.
const longestPath = 500

// checkFolders is P4 to P6 and the folder of P14: what the servers see of them
// with the eyes of their service accounts. It changes nothing.
func (s *shipping) checkFolders() engine.Step {
	return engine.Step{
		ID: "P4-P6", Title: "Check the folders", Source: document + "5, 6 and 14", Risk: engine.Read,
		Why:  "The service account of the primary writes the backups, that of the secondary reads them. Local System reaches no share of another machine, so with it the folder must be on the primary.",
		Plan: s.planFolders,
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			p, err := s.planFolders(ctx)
			if err != nil {
				return nil, err
			}
			return procedures.ProofOf(p.Gates, fmt.Sprintf("%s and %s reach the folders", s.primary.label, s.secondary.label)), nil
		},
	}
}

func (s *shipping) planFolders(ctx context.Context) (*engine.Plan, error) {
	places := []*place{
		{on: s.primary, path: s.directory(), what: "the folder that backups are written to"},
		{on: s.secondary, path: s.Site.BackupShare, what: "the backup share"},
		{on: s.secondary, path: s.Site.CopyFolder, what: "the copy folder"},
	}
	var facts status.Facts
	g, both := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		if facts, err = s.primary.Facts(both); err != nil {
			return err
		}
		return look(both, places[:1])
	})
	g.Go(func() error { return look(both, places[1:]) })
	if err := g.Wait(); err != nil {
		return nil, err
	}
	p := &engine.Plan{Gates: []engine.Gate{s.localSystem(facts)}}
	for _, l := range places {
		p.Gates = append(p.Gates, folder(l.on.label, l.path, l.what, l.seen))
	}
	return p, nil
}

// place is a folder and what a server sees of it.
type place struct {
	on         server
	path, what string
	seen       procedures.PathSeen
}

// look asks for places of one server, one after the other on its one connection:
// another would take longer to open.
func look(ctx context.Context, places []*place) (err error) {
	for _, p := range places {
		if p.seen, err = p.on.Look(ctx, p.path); err != nil {
			return err
		}
	}
	return nil
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

// folder is the gate that a server sees a folder.
func folder(label, path, what string, seen procedures.PathSeen) engine.Gate {
	g := engine.Gate{
		Name: fmt.Sprintf("%s, seen from %s", what, label), Want: "a folder that the service account reaches",
		Seen: path + " is a folder", Holds: seen.Folder,
		Do: fmt.Sprintf("create %s, and give the service account of SQL Server on %s read and write on the share and in NTFS", path, label),
	}
	switch {
	case utf8.RuneCountInString(path) > longestPath:
		g.Holds, g.Seen = false, fmt.Sprintf("a path of %d characters", utf8.RuneCountInString(path))
		g.Want, g.Do = fmt.Sprintf("at most %d characters", longestPath), "choose a shorter path in the site file"
	case seen.File:
		g.Seen = path + " is a file"
	case !seen.Folder && seen.Parent:
		g.Seen = path + " does not exist; the folder above it does"
	case !seen.Folder:
		g.Seen = path + " is not reached"
	}
	return g
}

// room is the gate that a volume holds so many bytes, where the server tells.
func room(label, folder string, free map[string]int64, need int64) engine.Gate {
	g := engine.Gate{
		Name: "room on " + label, Holds: true, Seen: "not known for " + folder,
		Want: fmt.Sprintf("%d MB free", need>>20), Do: "free space on the volume of " + folder,
	}
	if len(folder) > 1 && folder[1] == ':' {
		if bytes, known := free[strings.ToUpper(folder[:1])]; known {
			g.Holds, g.Seen = bytes > need, fmt.Sprintf("%d MB free on %s:", bytes>>20, strings.ToUpper(folder[:1]))
		}
	}
	return g
}
