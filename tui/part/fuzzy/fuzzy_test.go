package fuzzy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/tui/part/fuzzy"
)

func TestTheNameCountsMoreThanTheExplanation(t *testing.T) {
	for _, c := range []struct {
		typed, name, explanation string
		rank                     int
	}{
		{"", "poll", "", 0},
		{"PO", "poll", "", 0},
		{"ol", "poll", "", 1},
		{"fs", "full screen", "", 1},
		{"fn", "full screen", "", 2},
		{"sf", "full screen", "", fuzzy.None},
		{"every", "poll", "Ask Every node", 3},
		{"evry", "poll", "Ask every node", fuzzy.None},
	} {
		require.Equal(t, c.rank, fuzzy.Rank(c.typed, c.name, c.explanation), "%+v", c)
	}
}
