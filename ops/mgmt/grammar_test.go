package mgmt

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/status"
)

// mistakes parses texts with tree-sitter-powershell and returns, by name, what
// it does not accept. Its packages are installed by
// `npm ci --prefix ops/mgmt/testdata/grammar`.
func mistakes(t *testing.T, texts map[string]string) map[string][]string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed: the scripts are not parsed")
	}
	dir := filepath.Join("testdata", "grammar")
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "web-tree-sitter")); err != nil {
		t.Skip("the grammar is not installed (npm ci --prefix ops/mgmt/testdata/grammar): the scripts are not parsed")
	}
	input, err := json.Marshal(texts)
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), node, "parse.mjs")
	cmd.Dir, cmd.Stdin, cmd.Stderr = dir, bytes.NewReader(input), os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	var found map[string][]string
	require.NoError(t, json.Unmarshal(out, &found))
	require.Len(t, found, len(texts))
	return found
}

func TestTheScriptsArePowerShell(t *testing.T) {
	texts := map[string]string{"bootstrap": part("bootstrap")}
	for _, s := range Scripts() {
		texts[s.Name] = s.Text
	}
	for name, found := range mistakes(t, texts) {
		require.Empty(t, found, name)
	}
}

func TestTheGrammarFindsMistakes(t *testing.T) {
	texts := map[string]string{}
	for _, broken := range []string{"if ($a -eq ) { }", "function x {", "$a = @{ b = }", "foreach ($x) { }"} {
		texts[broken] = broken
	}
	for broken, found := range mistakes(t, texts) {
		require.NotEmpty(t, found, broken)
	}
}

func TestTheRenderedCommandLinesArePowerShell(t *testing.T) {
	s := NewShell(&siteWithPool, &Hosts{}, Options{})
	for name, found := range mistakes(t, map[string]string{
		"state":   s.SetPoolState(status.Pool{Identity: "service:o'brien\u2019s pool"}, "FailedOver").Text,
		"servers": s.SetActiveServers(thePool, []string{"a", "b"}).Text,
		"none":    s.SetActiveServers(thePool, nil).Text,
		"switch":  s.FailoverDatabase("Mirror", nil).Text,
		"mirror":  s.InstallMirror(mirroring).Text,
		"copy":    NewFiles(&Hosts{}, Options{}).Copy(share, copyF, backupsNamed("it's.trn", "b.trn")).Text,
	}) {
		require.Empty(t, found, name)
	}
}
