// Package ops_test holds the layers in place: commands go down, events come
// up, and the lab shares nothing with what it tests.
package ops_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// allowed lists, per package (or tree, with a trailing slash), which packages
// of the project it may import. The longest rule that fits a package counts.
var allowed = map[string][]string{
	"ops/fault":       {},
	"ops/chain":       {},
	"ops/inventory":   {"ops/chain", "ops/fault"},
	"ops/pause":       {},
	"ops/await":       {},
	"ops/private":     {},
	"ops/site":        {"ops/private", "ops/fault"},
	"ops/status":      {"ops/site", "ops/inventory", "ops/chain", "ops/fault"},
	"ops/journal":     {"ops/private", "ops/fault"},
	"ops/doctor":      {"ops/status", "ops/site", "ops/fault"},
	"ops/lease":       {},
	"ops/process":     {"ops/lease"},
	"ops/engine":      {"ops/inventory", "ops/status", "ops/journal", "ops/lease", "ops/await", "ops/pause", "ops/fault"},
	"ops/probe":       {"ops/status", "ops/site", "ops/pause", "ops/fault"},
	"ops/incident":    {"ops/engine", "ops/inventory", "ops/journal", "ops/lease", "ops/probe", "ops/status", "ops/site", "ops/await", "ops/fault"},
	"ops/procedures/": {"ops/procedures/", "ops/inventory", "ops/await", "ops/engine", "ops/status", "ops/site", "ops/chain", "ops/pause", "ops/fault"},
	supported:         {"ops/"},
	"ops/truth":       {}, // for tests, and for builds that record what they send
	"ops/mssql":       {"ops/truth", "ops/doctor", "ops/private", "ops/procedures", "ops/lease", "ops/await", "ops/engine", "ops/status", "ops/site", "ops/chain", "ops/pause", "ops/fault"},
	"ops/mgmt/":       {"ops/mgmt/", "ops/doctor", "ops/inventory", "ops/private", "ops/procedures", "ops/lease", "ops/await", "ops/engine", "ops/status", "ops/site", "ops/chain", "ops/pause", "ops/fault"},
	"ops/lab/":        {"ops/lab/"},
	"themes":          {},
	"tui/tuitest":     {"ops/incident", "ops/journal", "ops/lease", "ops/engine", "ops/status", "ops/site"},
	"tui/":            {"tui/", "themes", "ops/incident", "ops/status", "ops/engine", "ops/site", "ops/chain", "ops/await", "ops/pause", "ops/fault"},
	"cmd/":            {"cmd/", "tui/", "themes", "ops/"},
}

// supported is what tests share. It knows the lab and the drivers, and so no
// other package may know it.
const supported = "ops/procedures/procedurestest"

// outside lists the drivers and screen libraries, and who may know them.
var outside = map[string][]string{
	"github.com/microsoft/go-mssqldb": {"ops/mssql", supported},
	"github.com/masterzen/winrm":      {"ops/mgmt"},
	"charm.land/":                     {"tui/", "cmd/", "themes"},
}

type pkg struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "pchatops/...").Output()
	require.NoError(t, err)
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func matches(path, rule string) bool {
	if strings.HasSuffix(rule, "/") {
		return strings.HasPrefix(path+"/", rule)
	}
	return path == rule
}

func any(path string, rules []string) bool {
	for _, r := range rules {
		if matches(path, r) {
			return true
		}
	}
	return false
}

func TestPackagesImportOnlyTheLayersBelowThem(t *testing.T) {
	for _, p := range packages(t) {
		path := strings.TrimPrefix(p.ImportPath, "pchatops/")
		var place string
		for rule := range allowed {
			if matches(path, rule) && len(rule) > len(place) {
				place = rule
			}
		}
		rules := allowed[place]
		if path != "ops" {
			require.NotEmpty(t, place, "%s has no place in the layers: add it here on purpose", path)
		}
		for _, i := range p.Imports {
			if own, ok := strings.CutPrefix(i, "pchatops/"); ok {
				require.True(t, any(own, rules), "%s imports %s", path, own)
				require.NotEqual(t, supported, own, "%s is no test", path)
			}
			for library, who := range outside {
				if strings.HasPrefix(i+"/", strings.TrimSuffix(library, "/")+"/") {
					require.True(t, any(path, who), "%s imports %s", path, i)
				}
			}
		}
	}
}
