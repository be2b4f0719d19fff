package themes_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/themes"
)

func TestEveryBuiltInThemeLoadsUnderItsOwnName(t *testing.T) {
	require.Subset(t, themes.Names(), []string{"dark", "light"})
	for _, name := range themes.Names() {
		theme, err := themes.Load(name)
		require.NoError(t, err)
		require.Equal(t, name, theme.Name)
	}
}

func TestAnUnknownThemeIsRefusedWithTheChoices(t *testing.T) {
	_, err := themes.Load("../secrets")
	require.ErrorContains(t, err, "dark, light")
}

func TestABrokenThemeIsRefusedByTheNameOfWhatIsWrong(t *testing.T) {
	good := source(t)
	for name, c := range map[string]struct{ old, new, says string }{
		"token missing":      {`  stale: "#b6a98f"` + "\n", "", "token stale"},
		"token no colour":    {`stale: "#b6a98f"`, `stale: "grey"`, "token stale"},
		"token unknown":      {"tokens:", "tokens:\n  header: \"#ffffff\"", "header"},
		"kind neither":       {"kind: dark", "kind: dusk", "expected dark or light"},
		"background broken":  {`"#000000"`, `"black"`, `background "black"`},
		"no background":      {`["#000000", "#0c0c0c", "#1e1e1e", "#282828"]`, "[]", "no terminal background"},
		"no name":            {"name: dark", `name: ""`, "no name"},
		"escape in a colour": {`text: "#e4e6eb"`, `text: "\e[31m"`, "token text"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, good, c.old)
			_, err := themes.Parse([]byte(strings.Replace(good, c.old, c.new, 1)))
			require.ErrorContains(t, err, c.says)
		})
	}
}

// source gives the text of the dark theme, which the tests then break.
func source(t *testing.T) string {
	data, err := os.ReadFile("dark.yaml")
	require.NoError(t, err)
	return string(data)
}
