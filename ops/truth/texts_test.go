package truth

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	accept   = flag.Bool("accept", false, "put what the parsers take on the list")
	complete = flag.Bool("recorded", false, "the other tests have recorded what they sent")
)

// TestEveryTextIsAccepted wants every script of the hosts, and every T-SQL text that
// was recorded while the other tests ran, to be taken by Microsoft's parsers, or to be
// on the list of those that were.
func TestEveryTextIsAccepted(t *testing.T) {
	known, err := Accepted()
	require.NoError(t, err)
	texts, scripts := recordings(t), powershell(t)
	if Dir() != "" {
		parse(t, texts)
		check(t, scripts)
	}
	all := map[string]string{}
	for hash, file := range texts {
		all[hash] = "sql " + beginning(t, file)
	}
	for hash, file := range scripts {
		all[hash] = "ps1 " + filepath.Base(file)
	}
	if *accept {
		require.NotEmpty(t, Dir(), "texts are accepted where the parsers are: name their folder in PCHATOPS_TRUTH")
		require.False(t, t.Failed())
		for hash, what := range known {
			if all[hash] == "" && strings.HasPrefix(what, "sql ") {
				all[hash] = what // another run may send it
			}
		}
		write(t, all)
		known = all
	}
	for hash, what := range all {
		if known[hash] == "" {
			t.Errorf("not accepted: %s %s: run make accept where Microsoft's parsers are", hash, what)
		}
	}
	how := "compared with the list of accepted ones: the parsers are not here"
	if Dir() != "" {
		how = "taken by Microsoft's parsers (T-SQL at the levels 100, 110, 120 and 130), and on the list"
	}
	fmt.Printf("%d T-SQL texts, %d PowerShell scripts: %s\n", len(texts), len(scripts), how)
}

func recordings(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	if dir := os.Getenv(Recordings); dir != "" {
		files, err := filepath.Glob(filepath.Join(dir, "*.sql"))
		require.NoError(t, err)
		require.False(t, *complete && len(files) == 0, "nothing was recorded: were the tests built with -tags record?")
		for _, f := range files {
			out[strings.TrimSuffix(filepath.Base(f), ".sql")] = f
		}
	}
	return out
}

func powershell(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(Root(), "ops", "mgmt", "scripts", "*.ps1"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	out := map[string]string{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		out[Hash(string(text))] = f
	}
	return out
}

func beginning(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	words := strings.Join(strings.Fields(string(text)), " ")
	return words[:min(60, len(words))]
}

func write(t *testing.T, all map[string]string) {
	t.Helper()
	var b strings.Builder
	for _, hash := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&b, "%s %s\n", hash, all[hash])
	}
	require.NoError(t, os.WriteFile(list(), []byte(b.String()), 0o644))
}

func check(t *testing.T, scripts map[string]string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), filepath.Join(Dir(), "bin", "ps-check"), slices.Sorted(maps.Values(scripts))...).CombinedOutput()
	require.NoError(t, err, "%s", out)
}

var named = regexp.MustCompile(`^(.*\.sql):(\d+):(\d+): (object|column|function|procedure|parameter) (\S+)(?: as (\S+))?$`)

var dynamic = regexp.MustCompile(`(?:sp_executesql |,)N'((?:SELECT|DECLARE|IF|EXEC|SET|KILL|WITH)\b(?:[^']|'')*)'`)

// inner are the texts that other texts hold as strings, and run.
func inner(t *testing.T, texts map[string]string) (out []string) {
	t.Helper()
	dir := t.TempDir()
	for _, file := range slices.Sorted(maps.Values(texts)) {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, m := range dynamic.FindAllStringSubmatch(string(text), -1) {
			one := strings.ReplaceAll(m[1], "''", "'")
			path := filepath.Join(dir, Hash(one)+".sql")
			if !slices.Contains(out, path) {
				require.NoError(t, os.WriteFile(path, []byte(one), 0o600))
				out = append(out, path)
			}
		}
	}
	return out
}

// parse has the texts parsed at the levels of SQL Server 2008 to 2016, and looks up
// what they name.
func parse(t *testing.T, texts map[string]string) {
	t.Helper()
	if len(texts) == 0 {
		return
	}
	files := append(slices.Sorted(maps.Values(texts)), inner(t, texts)...)
	out, err := exec.CommandContext(t.Context(), filepath.Join(Dir(), "bin", "tsql-parse"), append([]string{"--names"}, files...)...).CombinedOutput()
	if err != nil {
		refused := regexp.MustCompile(`(?m)^.*: \d{3}: .*$`).FindAllString(string(out), 10)
		t.Errorf("refused: %v\n%s", err, strings.Join(refused, "\n"))
	}
	byFile := map[string][][]string{}
	for line := range strings.Lines(string(out)) {
		if m := named.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			byFile[m[1]] = append(byFile[m[1]], m[4:])
		}
	}
	there := catalogue(t)
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		for _, missing := range there.unknown(string(text), byFile[f]) {
			t.Errorf("%s\nnames %s: that is not known to be in SQL Server 2008 R2 to 2016; see testdata/objects.tsv", text, missing)
		}
	}
}
