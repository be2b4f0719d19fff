package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"pchatops/ops/engine"
	"pchatops/ops/private"
)

// part is a run of actions for one server in one language.
type part struct {
	target string
	kind   engine.Kind
	body   strings.Builder
}

// scriptCommand writes what a procedure would send, for a change board or for
// an administrator without the console.
func scriptCommand(g *global) *cobra.Command {
	var dir string
	cmd := g.reading("script", "Write what a procedure would send as .sql and .ps1 texts", lookless, func(cmd *cobra.Command, p *consulted) error {
		var parts []*part
		for _, s := range p.Steps {
			if s.Trial {
				continue
			}
			l := planned(cmd.Context(), s)
			if l.Error != nil {
				return fmt.Errorf("%s: %w", s.ID, l.Error)
			}
			parts = addTo(parts, l, oneTextAServer[p.ID])
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

// oneTextAServer are the procedures whose steps may be sorted by server: all
// for the primary first, then all for the secondary, as SQL Server Management
// Studio writes it. Elsewhere the order of the servers is the procedure's.
var oneTextAServer = map[string]bool{"ship-primary": true}

// addTo appends the actions of a step. A new part begins where server or
// language changes, so that the parts are run in their order; sorted, each
// server has one.
func addTo(parts []*part, l planLine, sorted bool) []*part {
	for i, a := range l.Actions {
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
		if i == 0 {
			fmt.Fprintf(&p.body, "%s %s %s: %s\n", comment(a.Kind), l.Step, l.Title, l.Why)
			for _, n := range l.Notes {
				fmt.Fprintf(&p.body, "%s %s\n", comment(a.Kind), oneLine(clean(n)))
			}
		}
		p.body.WriteString(clean(a.Text) + "\n")
		if a.Kind == engine.SQL {
			p.body.WriteString("GO\n")
		}
	}
	return parts
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
			if err := private.Write(path, []byte(text)); err != nil {
				return &exit{exitUsage, fmt.Errorf("%w: nothing that is there is written over; name a new folder with --out", err)}
			}
			o.line(map[string]string{"type": "script", "name": path, "target": p.target}, path)
		}
	}
	return nil
}
