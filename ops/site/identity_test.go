package site

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What a site is called, how it is reached and how it is watched may change;
// what it is may not.
func TestASiteIsWhatItIsNotWhatItIsCalled(t *testing.T) {
	text := sample(t, "litware.yaml")
	load := func(from, to string) *Site {
		require.Contains(t, text, from)
		s, err := Parse("site.yaml", []byte(strings.Replace(text, from, to, 1)))
		require.NoError(t, err)
		return s
	}
	was := load("name: litware-pchat", "name: litware-pchat").Identity()
	require.Equal(t, was, load("name: litware-pchat", "name: litware").Identity())
	require.Equal(t, was, load("version: 1\n", "").Identity())
	require.NotEqual(t, was, load("identity: site-one", "identity: another").Identity())
	require.NotEqual(t, was, load("pool: pchat.", "pool: pchat2.").Identity())
	require.NotEqual(t, was, load("fqdn: sql01.litwareinc.com", "fqdn: sql91.litwareinc.com").Identity())
}

// A program that is older than the file says so, and nothing else.
func TestASiteFileOfALaterFormatIsRefusedInASentence(t *testing.T) {
	_, err := Parse("site.yaml", []byte("version: 2\nname: litware-pchat\nregions: [dc1]\n"))
	var problems Errors
	require.ErrorAs(t, err, &problems)
	require.Len(t, problems, 1)
	require.ErrorContains(t, err, "the file has format 2, and this program reads formats up to 1")
	for _, odd := range []string{"0", "-1", "one", "1.5"} {
		_, err := Parse("site.yaml", []byte(strings.Replace(sample(t, "litware.yaml"), "version: 1", "version: "+odd, 1)))
		require.ErrorAs(t, err, &problems, odd)
	}
}
