package site

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func configurationPage(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/configuration.md")
	require.NoError(t, err)
	return string(page)
}

func TestTheSiteInTheManualIsValid(t *testing.T) {
	block := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindStringSubmatch(configurationPage(t))
	require.Len(t, block, 2)
	s, err := Parse("site.yaml", []byte(block[1]))
	require.NoError(t, err)
	require.Empty(t, s.Warnings)
}

func TestTheManualNamesEveryKey(t *testing.T) {
	page := configurationPage(t)
	for _, key := range schemaKeys(t) {
		require.Regexp(t, "`[^`]*\\b"+key+"\\b[^`]*`", page, "docs/configuration.md does not name %s", key)
	}
}
