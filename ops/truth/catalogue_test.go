package truth

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// facts are what is in which version, by Microsoft's pages: testdata/objects.tsv has
// kind, object, column or parameter, first version, what it needs, a note, the page.
type facts map[string]bool // "column sys.databases name"

// everywhere are the first versions of what SQL Server 2008 R2 and all later ones have.
var everywhere = map[string]bool{"7.0": true, "2000": true, "2000 (compatibility view)": true, "2005": true, "2008": true}

// guarded are the objects that came later, and why a text may name them all the same.
var guarded = map[string]string{
	"sys.dm_server_services":   "a part of the status batch of its own, which may fail",
	"sys.dm_os_volume_stats()": "its own part of a batch, which may fail",
	"SERVERPROPERTY":           "a property that a version does not know is NULL",
}

func catalogue(t *testing.T) facts {
	t.Helper()
	raw, err := os.ReadFile("testdata/objects.tsv")
	require.NoError(t, err)
	out := facts{}
	for line := range strings.Lines(string(raw)) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		require.GreaterOrEqual(t, len(f), 4, line)
		if k := key(f[0], f[1], f[2]); everywhere[f[3]] || guarded[f[1]] != "" {
			out[k] = true
		}
	}
	return out
}

func key(kind, object, part string) string {
	object = strings.Replace(strings.TrimSuffix(object, "()"), "msdb..", "msdb.dbo.", 1)
	if _, view, found := strings.Cut(object, ".sys."); found {
		object = "sys." + view // of whichever database
	}
	return strings.ToLower(strings.TrimSpace(kind + " " + object + " " + part))
}

var (
	given   = regexp.MustCompile(`(?i)(?:\bAS|\))\s+(\w+)`)
	columns = regexp.MustCompile(`\)\s*\w+\((\w+(?:,\w+)*)\)`) // of a derived table
)

// unknown are the names of a text that the facts do not have. Which object a column
// is of, the parser does not say: it has to be one that the text names, or a name that
// the text itself gives.
func (known facts) unknown(text string, names [][]string) (out []string) {
	own := map[string]bool{}
	for _, m := range given.FindAllStringSubmatch(text, -1) {
		own[strings.ToLower(m[1])] = true
	}
	for _, m := range columns.FindAllStringSubmatch(text, -1) {
		for _, name := range strings.Split(m[1], ",") {
			own[strings.ToLower(name)] = true
		}
	}
	of := func(kind, part string) bool {
		for _, n := range names {
			object := map[string]string{"column": "object", "parameter": "procedure"}[kind]
			if n[0] == object && known[key(kind, n[1], part)] {
				return true
			}
		}
		return false
	}
	for _, n := range names {
		kind, name := n[0], n[1]
		last := name[strings.LastIndex(name, ".")+1:]
		switch {
		case kind == "column" && (last == "*" || own[strings.ToLower(last)] || of(kind, last)):
		case kind == "parameter" && of(kind, last):
		case kind != "column" && kind != "parameter" && known[key(kind, name, "")]:
		default:
			out = append(out, kind+" "+name)
		}
	}
	return out
}
