package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pchatops/ops/engine"
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
	cmd := &cobra.Command{
		Use: "script PROCEDURE", Short: "Write what a procedure would send as .sql and .ps1 texts",
		Args: cobra.ExactArgs(1), ValidArgs: procedureNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			steps, done, err := g.readOnly(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			defer done()
			var parts []*part
			for _, s := range steps {
				l := planned(cmd.Context(), s)
				if l.Error != nil {
					return fmt.Errorf("%s: %w", s.ID, l.Error)
				}
				parts = addTo(parts, l)
			}
			return writeParts(cmd, g.out(cmd), dir, args[0], parts)
		},
	}
	cmd.Flags().StringVar(&dir, "out", "", "folder to write the files to (default: print them)")
	return cmd
}

// addTo appends the actions of a step; a new part begins where server or
// language changes, so that the parts are run in their order.
func addTo(parts []*part, l planLine) []*part {
	for i, a := range l.Actions {
		last := len(parts) - 1
		if last < 0 || parts[last].target != a.Target || parts[last].kind != a.Kind {
			parts = append(parts, &part{target: a.Target, kind: a.Kind})
			last++
		}
		b := &parts[last].body
		if i == 0 {
			fmt.Fprintf(b, "%s %s %s: %s\n", comment(a.Kind), l.Step, l.Title, l.Why)
			for _, n := range l.Notes {
				fmt.Fprintf(b, "%s %s\n", comment(a.Kind), oneLine(n))
			}
		}
		b.WriteString(clean(a.Text) + "\n")
		if a.Kind == engine.SQL {
			b.WriteString("GO\n")
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

func writeParts(cmd *cobra.Command, o output, dir, procedure string, parts []*part) error {
	for i, p := range parts {
		ext := ".ps1"
		if p.kind == engine.SQL {
			ext = ".sql"
		}
		name := fmt.Sprintf("%02d-%s-%s%s", i+1, procedure, strings.NewReplacer(`\`, "-", "/", "-").Replace(p.target), ext)
		head := fmt.Sprintf("%s %s on %s, written %s by pchatops %s\n", comment(p.kind), procedure, p.target, time.Now().UTC().Format(time.RFC3339), version)
		if dir == "" {
			if o.json {
				o.line(map[string]string{"type": "script", "name": name, "target": p.target, "text": head + p.body.String()}, "")
				continue
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s\n%s%s\n", strings.Repeat(comment(p.kind)[:1], 2)+" "+name, head, p.body.String()) //nolint:errcheck // as in output
			continue
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		path := filepath.Join(dir, filepath.Base(name))
		if err := os.WriteFile(path, []byte(head+p.body.String()), 0o600); err != nil {
			return err
		}
		o.line(map[string]string{"type": "script", "name": path, "target": p.target}, path)
	}
	return nil
}
