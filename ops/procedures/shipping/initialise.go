package shipping

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
	"pchatops/ops/status"
)

// unreadable tells a backup that is not there, or is none, from a server that
// does not answer.
func unreadable(err error) bool {
	switch fault.ClassOf(err) {
	case fault.NotFound, fault.Media, fault.Access:
		return err != nil
	default:
		return false
	}
}

// backUp is the first half of P13: a full backup on the share.
func (s *shipping) backUp() engine.Step {
	return engine.Step{
		ID: "P13a", Title: "Back up " + s.db, Source: document + "13", Risk: engine.Reversible,
		Why:  "The secondary begins as a copy of the primary. The backup goes to the share, with checksums; it is the base of later differential backups, if somebody takes any.",
		Plan: s.planBackUp,
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			_, st, err := s.begun(ctx)
			return &engine.Proof{Holds: st.fits, Says: st.why}, err
		},
	}
}

// begun tells whether a full backup is there or not needed any more.
func (s *shipping) begun(ctx context.Context) (ends, standing, error) {
	e, full, err := s.sighted(ctx)
	if err != nil {
		return e, standing{}, err
	}
	st, err := s.stands(ctx, e)
	if err == nil && !st.fits {
		st, err = s.usable(ctx, e, full)
	}
	return e, st, err
}

func (s *shipping) planBackUp(ctx context.Context) (*engine.Plan, error) {
	var e ends
	var st standing
	var storage procedures.Storage
	g, both := fault.Together(ctx, "read the servers")
	g.Go(func() (err error) { e, st, err = s.begun(both); return err })
	g.Go(func() (err error) { storage, err = s.primary.Storage(both, s.db); return err })
	if err := g.Wait(); err != nil {
		return nil, err
	}
	if st.fits {
		return &engine.Plan{Already: st.why}, nil
	}
	directory := s.wantedPrimary(e).Directory
	gates, notes := room(s.primary.label, storage, need{directory, storage.Bytes()})
	return &engine.Plan{
		Gates:   append([]engine.Gate{s.fullRecovery(e.primary)}, gates...),
		Notes:   append([]string{st.why, fmt.Sprintf("%s is %d MB", s.db, storage.Bytes()>>20)}, notes...),
		Actions: []engine.Action{s.primary.BackupDatabase(s.db, join(directory, s.fullName()))},
		Total:   1,
	}, nil
}

// initialise is the second half of P13: the backup is restored on the secondary.
func (s *shipping) initialise() engine.Step {
	return engine.Step{
		ID: "P13b", Title: "Initialise the secondary", Source: document + "13", Risk: engine.Reversible,
		Why:     "The copy is left RESTORING, so that it takes log backups. A database of that name that is there already is only replaced after what has to be typed for it.",
		Touches: []string{s.secondary.label},
		Plan:    s.planInitialise,
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			e, err := s.read(ctx)
			if err != nil {
				return nil, err
			}
			st, err := s.stands(ctx, e)
			return &engine.Proof{Holds: st.fits, Says: st.why, Facts: []engine.Fact{
				{Name: "state", Value: e.secondary.Database.Word()}, {Name: "redo LSN", Value: e.secondary.Database.RedoLSN.String()},
			}}, err
		},
	}
}

func (s *shipping) planInitialise(ctx context.Context) (*engine.Plan, error) {
	e, full, err := s.sighted(ctx)
	if err != nil {
		return nil, err
	}
	st, err := s.stands(ctx, e)
	if err != nil {
		return nil, err
	}
	if st.fits {
		return &engine.Plan{Already: st.why}, nil
	}
	source, files, storage, err := s.material(ctx, e, full)
	if err != nil {
		return nil, err
	}
	exists := e.secondary.Database.Exists
	gates, notes := room(s.secondary.label, storage, placing(files, storage)...)
	p := &engine.Plan{
		Gates: append([]engine.Gate{
			{Name: "full backup", Holds: source.fits, Seen: source.why, Want: "a full backup from which the log is whole", Do: "run P13a first"},
		}, gates...),
		Notes:   append([]string{st.why}, notes...),
		Actions: []engine.Action{s.secondary.RestoreDatabase(s.db, s.shared(), placed(files, storage), exists)},
		Total:   1,
	}
	if exists {
		g, _ := s.serving(ctx, e)
		p.Gates = append(p.Gates, g)
		if g.Holds || g.Override != "" { // else nothing passes it, and nothing is asked
			s.warnOfReplacing(p, e, st)
		}
	}
	return p, nil
}

// material reads what a restore starts from, on both servers at once.
func (s *shipping) material(ctx context.Context, e ends, full sighting) (source standing, files []procedures.DataFile, to procedures.Storage, err error) {
	g, ctx := fault.Together(ctx, "read the servers")
	g.Go(func() (err error) { source, err = s.usable(ctx, e, full); return err })
	g.Go(func() (err error) {
		to, err = s.secondary.Storage(ctx, s.db)
		return err
	})
	g.Go(func() (err error) { files, err = s.files(ctx, full); return err })
	return source, files, to, g.Wait()
}

// begunOnly reports whether a database is no more than a restore that was begun
// and did not end: there is nothing in it yet.
func begunOnly(f status.Facts) bool {
	d := f.Database
	return f.Sysadmin && d.State == "RESTORING" && d.RedoLSN.IsZero() && d.RedoFork == "" &&
		f.Restoring == nil && !f.Unreadable("redo") // while a RESTORE runs, nobody can tell
}

// warnOfReplacing asks for a phrase before a database is overwritten. It names
// what is there, so that it cannot be given beforehand for another, and says where
// nobody can tell whether that may stay.
func (s *shipping) warnOfReplacing(p *engine.Plan, e ends, st standing) {
	d := e.secondary.Database
	state := d.Word()
	phrase := fmt.Sprintf("replace the %s %s on %s, %s", state, s.db, s.secondary.label, procedures.Which(d))
	if begunOnly(e.secondary) {
		phrase = fmt.Sprintf("replace %s on %s", s.db, s.secondary.label)
	}
	seen, do := fmt.Sprintf("%s is there already and %s", s.db, state), "see what it is and drop it yourself"
	if st.unknown {
		phrase += ", which may be the copy that is wanted"
		seen += "; " + st.why
		do = "make readable what is not told: it may need no new copy"
	}
	p.Gates = append(p.Gates, engine.Gate{
		Name: "nothing is overwritten", Seen: seen,
		Want: fmt.Sprintf("no %s on %s", s.db, s.secondary.label), Override: phrase,
		Do: do + "; or overwrite it by typing: " + phrase,
	})
	p.Lost = []string{procedures.Dropped(s.db, s.secondary.label, state+", "+procedures.Which(d))}
	p.Loss = fmt.Sprintf("everything in the %s that is %s on %s now (%s)", s.db, state, s.secondary.label, st.why)
}

// placed gives the files their places on the secondary: its default folders,
// under the names that they have on the primary. There, two of one name may lie in
// different folders: here the later one gets a number.
func placed(files []procedures.DataFile, to procedures.Storage) []procedures.DataFile {
	out, taken := make([]procedures.DataFile, len(files)), map[string]bool{}
	for i, f := range files {
		folder := to.DataFolder
		if f.Log {
			folder = to.LogFolder
		}
		if folder != "" {
			name := chain.Base(f.Physical)
			f.Physical = join(folder, name)
			for n := 2; taken[strings.ToLower(f.Physical)]; n++ {
				ext := filepath.Ext(name)
				f.Physical = join(folder, fmt.Sprintf("%s_%d%s", strings.TrimSuffix(name, ext), n, ext))
			}
		}
		taken[strings.ToLower(f.Physical)] = true
		out[i] = f
	}
	return out
}
