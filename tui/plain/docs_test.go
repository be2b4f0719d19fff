package plain

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The page is what somebody who cannot see the menu reads beforehand.
func TestTheDocsNameEveryChoiceByItsNumber(t *testing.T) {
	page, err := os.ReadFile("../../docs/plain.md")
	require.NoError(t, err)
	for i, c := range choices() {
		first, _, _ := strings.Cut(c.title, ",")
		require.Contains(t, string(page), fmt.Sprintf("| %d | %s", i, first))
	}
}
