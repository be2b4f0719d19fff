package lab_test

import (
	"encoding/json"
	"net/http"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryCommandOfTheControlPortIsListedAndDescribed(t *testing.T) {
	l := start(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, l.Describe().Control, nil)
	require.NoError(t, err)
	r.Close = true
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	listed := map[string]string{}
	require.NoError(t, json.NewDecoder(res.Body).Decode(&listed))
	require.NoError(t, res.Body.Close())
	page, err := os.ReadFile("../../docs/lab.md")
	require.NoError(t, err)
	for name, help := range listed {
		require.Regexp(t, `--control URL `+name+`\b`, string(page), help)
	}
}
