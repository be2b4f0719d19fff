package ops_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whoever reads an error at three in the morning is told what was tried and
// what to do now.
func TestEveryErrorSaysWhatWasTriedAndWhatToDoNow(t *testing.T) {
	seen := 0
	for _, file := range sources(t) {
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, d := range f.Decls {
			said := members(d)
			ast.Inspect(d, func(n ast.Node) bool {
				l, ok := n.(*ast.CompositeLit)
				if !ok || !isFault(l.Type) || len(l.Elts) == 0 {
					return true
				}
				seen++
				names := map[string]bool{}
				for _, e := range l.Elts {
					names[e.(*ast.KeyValueExpr).Key.(*ast.Ident).Name] = true
				}
				if !names["Class"] {
					return true // a beginning, which other functions complete
				}
				for _, name := range []string{"Tried", "Do"} {
					assert.True(t, names[name] || said[name], "%s says no %s", set.Position(l.Pos()), name)
				}
				return true
			})
		}
	}
	require.Greater(t, seen, 50, "the errors of the project")
}

// members are those that a declaration assigns one by one.
func members(d ast.Decl) map[string]bool {
	out := map[string]bool{}
	ast.Inspect(d, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok {
			for _, to := range a.Lhs {
				if s, ok := to.(*ast.SelectorExpr); ok {
					out[s.Sel.Name] = true
				}
			}
		}
		return true
	})
	return out
}

func isFault(e ast.Expr) bool {
	s, ok := e.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != "Error" {
		return false
	}
	from, ok := s.X.(*ast.Ident)
	return ok && from.Name == "fault"
}

// sources are the files of the program itself.
func sources(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, root := range []string{".", "../cmd", "../tui"} {
		require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() && path == "lab" {
				return filepath.SkipDir
			}
			if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
				out = append(out, path)
			}
			return err
		}))
	}
	return out
}
