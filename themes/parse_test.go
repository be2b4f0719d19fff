package themes_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/themes"
)

func TestABrokenThemeIsRefusedByWhereAndWhatIsWrong(t *testing.T) {
	good := source(t)
	for name, c := range map[string]struct{ old, new, says string }{
		"token missing":       {`  stale: "#b6a98f"` + "\n", "", "token stale is missing"},
		"token no colour":     {`stale: "#b6a98f"`, `stale: "grey"`, ":16: token stale"},
		"token a list":        {`stale: "#b6a98f"`, `stale: [7]`, ":16: token stale"},
		"token unknown":       {"tokens:", "tokens:\n  header: \"#ffffff\"", `:6: there is no token "header"`},
		"token twice":         {"tokens:", "tokens:\n  text: 7", "token text stands here a second time"},
		"index too high":      {`stale: "#b6a98f"`, `stale: 16`, "palette index from 0 to 15"},
		"escape in a colour":  {`text: "#e4e6eb"`, `text: "\e[31m"`, "token text"},
		"key unknown":         {"kind: dark", "kind: dark\nfont: big", `:3: there is no key "font"`},
		"key twice":           {"kind: dark", "kind: dark\nkind: light", `:3: "kind" stands here a second time`},
		"kind neither":        {"kind: dark", "kind: dusk", ":2: kind is"},
		"contrast no number":  {"contrast: 4.5", "contrast: NaN", ":3: contrast is"},
		"background broken":   {`"#000000"`, `"black"`, `:4: background "black"`},
		"no background":       {`["#000000", "#0c0c0c", "#1e1e1e", "#282828"]`, "[]", "no terminal background"},
		"no name":             {"name: dark", `name: ""`, "no name"},
		"unreadable":          {`stale: "#b6a98f"`, `stale: "#555555"`, ":16: token stale (#555555) on #000000 has a contrast of 2.82"},
		"unreadable selected": {`selected_text: "#ffffff"`, `selected_text: "#3f5a76"`, "token selected_text"},
		"exact for any":       {"kind: dark", "kind: any", "takes its colours from the user's palette"},
		"tokens no mapping":   {"tokens:", "tokens: 3\nmore:", "expected keys with values"},
		"no YAML":             {"tokens:", "tokens: ][", "test.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, good, c.old)
			_, err := themes.Parse("test.yaml", []byte(strings.Replace(good, c.old, c.new, 1)))
			require.ErrorContains(t, err, c.says)
		})
	}
}

func TestAThemeMayPromiseLessIfItSaysSo(t *testing.T) {
	pale := strings.Replace(source(t), `stale: "#b6a98f"`, `stale: "#777777"`, 1)
	_, err := themes.Parse("pale.yaml", []byte(pale))
	require.ErrorContains(t, err, "promises 4.5")
	_, err = themes.Parse("pale.yaml", []byte(strings.Replace(pale, "contrast: 4.5", "contrast: 3", 1)))
	require.NoError(t, err)
}

// Whatever lies in the folder, reading it ends in a theme or in an error.
func FuzzAThemeFileNeverCrashesTheConsole(f *testing.F) {
	f.Add([]byte(source(f)))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte(""))
	f.Add([]byte("name: x\ntokens:\n  text: {a: b}\n---\nname: y"))
	f.Fuzz(func(t *testing.T, data []byte) {
		theme, err := themes.Parse("fuzz.yaml", data)
		if err == nil {
			require.NotEmpty(t, theme.Name)
			require.NotEmpty(t, theme.Tokens.LabText)
		}
	})
}

// The theme that the documents give as an example must be one.
func TestTheExampleOfTheDocumentsIsATheme(t *testing.T) {
	page, err := os.ReadFile("../docs/themes.md")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(page), "```yaml\n")
	require.True(t, found)
	example, _, _ := strings.Cut(rest, "```")
	theme, err := themes.Parse("night-shift.yaml", []byte(example))
	require.NoError(t, err)
	require.Equal(t, "night-shift", theme.Name)

	_, err = themes.Parse("night-shift.yaml", []byte(strings.Replace(example, "#b0a080", "#555555", 1)))
	require.Error(t, err)
	require.Contains(t, string(page), err.Error(), "the page shows the message as it is")
}

func TestTheDocumentsNameEveryTheme(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	page, err := os.ReadFile("../docs/themes.md")
	require.NoError(t, err)
	for _, name := range themes.Names() {
		require.Contains(t, string(page), "`"+name+"`")
	}
}
