package actions_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/tui/actions"
)

var update = flag.Bool("update", false, "write docs/keys.md from the table of actions")

func TestNoKeyMeansTwoThings(t *testing.T) {
	for _, s := range actions.Scopes() {
		if s == actions.Everywhere {
			continue
		}
		meant := map[string]actions.ID{}
		for _, a := range append(actions.In(s), actions.In(actions.Everywhere)...) {
			for _, k := range a.Keys {
				require.NotContainsf(t, meant, k, "%s: %s is also %s", s, k, a.ID)
				meant[k] = a.ID
			}
		}
	}
}

func TestNothingThatChangesTheSiteSitsOnAControlOrNavigationKey(t *testing.T) {
	moving := map[string]bool{}
	for _, id := range []actions.ID{actions.Up, actions.Down, actions.Top, actions.Bottom, actions.PageUp, actions.PageDown, actions.Next, actions.Close} {
		for _, a := range actions.Table() {
			if a.ID == id {
				for _, k := range a.Keys {
					moving[k] = true
				}
			}
		}
	}
	for _, a := range actions.Table() {
		for _, k := range a.Keys {
			if a.Mutating {
				require.Falsef(t, strings.HasPrefix(k, "ctrl+") || moving[k] || k == "space" || k == "backspace", "%s on %s", a.ID, k)
			}
		}
	}
}

func TestKeysThatManyTerminalsCannotTellAreNotUsed(t *testing.T) {
	for _, a := range actions.Table() {
		for _, k := range a.Keys {
			require.NotContains(t, []string{"ctrl+i", "ctrl+m", "ctrl+h", "shift+enter", "ctrl+enter", " "}, k)
		}
	}
}

func TestAKeyIsFoundWhereItIsListenedToOnly(t *testing.T) {
	a, ok := actions.Default().Resolve(actions.Home, "enter")
	require.True(t, ok)
	require.Equal(t, actions.Run, a.ID)
	_, ok = actions.Default().Resolve(actions.Page, "enter")
	require.False(t, ok)
	a, ok = actions.Default().Resolve(actions.Typing, "ctrl+c")
	require.True(t, ok)
	require.Equal(t, actions.Interrupt, a.ID)
	_, ok = actions.Default().Resolve(actions.Typing, "y")
	require.False(t, ok, "a letter that is typed is no command")
}

func TestARefusedKeySaysWhy(t *testing.T) {
	for _, c := range []struct {
		key   string
		facts actions.Facts
		why   string
	}{
		{"enter", actions.Facts{Step: "F3", Observer: "bob drives from ops1"}, "bob drives from ops1"},
		{"enter", actions.Facts{Step: "F3", Running: "F2"}, "F2 is running"},
		{"enter", actions.Facts{Step: "F3", Blocked: "F2 is not done"}, "F2 is not done"},
		{"enter", actions.Facts{}, "no step"},
		{"v", actions.Facts{Step: "F3", Running: "F2"}, "F2 is running"},
		{"s", actions.Facts{Step: "F3", Finished: true}, "F3 is done"},
		{"n", actions.Facts{Observer: "replay"}, "replay"},
		{"enter", actions.Facts{Step: "F3"}, ""},
		{"v", actions.Facts{Step: "F3", Blocked: "F2 is not done"}, ""},
		{"n", actions.Facts{Running: "F6"}, ""},
		{"p", actions.Facts{Step: "F3", Running: "F3"}, "F3 is running"},
		{"p", actions.Facts{Step: "F7", Running: "F6", Observer: "replay"}, ""},
		{"l", actions.Facts{Observer: "replay"}, ""},
	} {
		a, ok := actions.Default().Resolve(actions.Home, c.key)
		require.True(t, ok, c.key)
		usable, why := a.Usable(c.facts)
		require.Equal(t, c.why == "", usable, "%s with %+v", c.key, c.facts)
		require.Contains(t, why, c.why)
	}
}

func TestTheKeySheetIsCurrent(t *testing.T) {
	const file = "../../docs/keys.md"
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(actions.Sheet()), 0o644))
	}
	have, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, actions.Sheet(), string(have), "run: go test ./tui/actions -update")
}
