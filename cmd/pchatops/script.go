package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"pchatops/ops/engine"
	"pchatops/ops/mssql"
	"pchatops/ops/private"
)

// part is a run of actions for one server in one language.
type part struct {
	target  string
	kind    engine.Kind
	batches []mssql.Batch   // of T-SQL
	body    strings.Builder // of PowerShell
}

// scriptCommand writes what a procedure would send, for a change board or for
// an administrator without the console.
func scriptCommand(g *global) *cobra.Command {
	var dir string
	cmd := g.reading("script", "Write what a procedure would send as .sql and .ps1 texts", lookOn, func(cmd *cobra.Command, p *consulted) error {
		var parts []*part
		for _, s := range p.Steps {
			if s.Trial {
				continue
			}
			plan, err := engine.Planned(cmd.Context(), s)
			if err == nil {
				err = whole(cmd.Context(), plan)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", s.ID, engine.Fault(err))
			}
			parts = addTo(parts, s, plan, oneTextAServer[p.ID])
		}
		heads, err := g.letterheads(cmd.Context(), p.ID, parts)
		if err != nil {
			return err
		}
		return writeParts(cmd, g.out(cmd), dir, p.ID, parts, heads)
	})
	cmd.Flags().StringVar(&dir, "out", "", "folder to write the files to (default: print them)")
	return cmd
}

// mostActions bounds a script.
const mostActions = 10_000

// whole adds to a plan what else is known before anything is carried out.
func whole(ctx context.Context, p *engine.Plan) error {
	for p.More != nil && len(p.Actions) > 0 && len(p.Actions) < mostActions && p.Actions[len(p.Actions)-1].Hand != "" {
		a, err := p.More(ctx)
		if errors.Is(err, io.EOF) || err == nil && a == nil {
			return nil
		}
		if err != nil {
			return err
		}
		p.Actions = append(p.Actions, *a)
	}
	return nil
}

// oneTextAServer are the procedures whose steps may be sorted by server: all
// for the primary first, then all for the secondary, as SQL Server Management
// Studio writes it. Elsewhere the order of the servers is the procedure's.
var oneTextAServer = map[string]bool{"ship-primary": true}

// addTo appends the actions of a step. A new part begins where server or
// language changes, so that the parts are run in their order; sorted, each
// server has one.
func addTo(parts []*part, s engine.Step, plan *engine.Plan, sorted bool) []*part {
	before := slices.DeleteFunc(slices.Clone(plan.Before), func(a engine.Action) bool { return holds(parts, a) })
	actions := slices.DeleteFunc(append(before, plan.Actions...), func(a engine.Action) bool { return a.Trial })
	for i, a := range actions {
		var p *part
		for n, have := range parts {
			if (sorted || n == len(parts)-1) && have.target == a.Target && have.kind == a.Kind {
				p = have
			}
		}
		if p == nil {
			p = &part{target: a.Target, kind: a.Kind}
			parts = append(parts, p)
		}
		var remarks []string
		if i == 0 {
			remarks = append([]string{fmt.Sprintf("%s %s: %s", s.ID, s.Title, s.Why)}, plan.Notes...)
		}
		if i == len(actions)-1 {
			remarks = append(remarks, plan.Later...)
		}
		if a.Kind == engine.SQL {
			p.batches = append(p.batches, mssql.Batch{
				Title: s.ID + " " + a.ID, Remarks: remarks, Phrases: phrases(s, plan), Text: clean(cmp.Or(a.Hand, a.Text)),
			})
			continue
		}
		for _, r := range remarks {
			p.body.WriteString("# " + oneLine(clean(r)) + "\n")
		}
		p.body.WriteString(clean(a.Text) + "\n")
	}
	return parts
}

// holds reports whether an earlier step's part has an action already.
func holds(parts []*part, a engine.Action) bool {
	return slices.ContainsFunc(parts, func(p *part) bool {
		return p.target == a.Target && slices.ContainsFunc(p.batches, func(b mssql.Batch) bool { return strings.HasSuffix(b.Title, " "+a.ID) })
	})
}

// phrases are what has to be typed into a script as at the console. What a
// recovery would lose that is still to be applied, the proof before it knows better:
// the script's own earlier parts may have brought it in by then.
func phrases(s engine.Step, plan *engine.Plan) (out []mssql.Phrase) {
	for _, g := range plan.Gates {
		if !g.Holds && g.Override != "" && (g.Name != engine.NothingLost || s.Risk != engine.DataLoss) {
			out = append(out, mssql.Phrase{Gate: g.Name + ": " + clean(g.Seen), Text: g.Override})
		}
	}
	return out
}

func comment(k engine.Kind) string {
	if k == engine.SQL {
		return "--"
	}
	return "#"
}

func writeParts(cmd *cobra.Command, o output, dir, procedure string, parts []*part, heads []letterhead) error {
	if dir != "" {
		if err := private.Folder(dir); err != nil {
			return &exit{exitUsage, err}
		}
	}
	for i, p := range parts {
		ext := ".ps1"
		if p.kind == engine.SQL {
			ext = ".sql"
		}
		name := fmt.Sprintf("%02d-%s-%s%s", i+1, procedure, strings.NewReplacer(`\`, "-", "/", "-").Replace(p.target), ext)
		text := heads[i].over(p)
		switch {
		case dir == "" && o.json:
			o.line(map[string]string{"type": "script", "name": name, "target": p.target, "text": text}, "")
		case dir == "":
			fmt.Fprintf(cmd.OutOrStdout(), "%s %s\n%s\n", strings.Repeat(comment(p.kind)[:1], 2), name, text) //nolint:errcheck // as in output
		default:
			path := filepath.Join(dir, filepath.Base(name))
			if err := private.Write(path, withMark(text)); err != nil {
				return &exit{exitUsage, fmt.Errorf("%w: nothing that is there is written over; name a new folder with --out", err)}
			}
			o.line(map[string]string{"type": "script", "name": path, "target": p.target}, path)
		}
	}
	return nil
}

// withMark is a text as a file that Windows PowerShell reads as it is meant: without a
// byte order mark it would take it for the machine's own code page.
func withMark(text string) []byte {
	if strings.IndexFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) < 0 {
		return []byte(text)
	}
	return []byte("\uFEFF" + text)
}
