package status

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/site"
)

func TestAMirrorThatWouldNotShipTheLogIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Snapshot)
		found  bool
	}{
		"log shipping is set up on the primary only": {func(*Snapshot) {}, true},
		"the primary does not ship either":           {func(s *Snapshot) { s.Node(site.Primary).Facts.Primary = nil }, false},
		"it is no mirror":                            {func(s *Snapshot) { s.Node(site.Mirror).Facts.Mirroring = Mirroring{} }, false},
		"its configuration could not be read":        {func(s *Snapshot) { s.Node(site.Mirror).Facts.Unread = []string{"primary: 229"} }, false},
		"it does not answer":                         {func(s *Snapshot) { silence(s, site.Mirror) }, false},
	} {
		s := healthy()
		s.Node(site.Mirror).Facts.Primary = nil
		c.change(s)
		require.Equal(t, c.found, len(codesLike(s, "mirror-not-shipping")) > 0, name)
	}
	require.Empty(t, codesLike(healthy(), "mirror-not-shipping"))
}

// codesLike gives the findings of one code.
func codesLike(s *Snapshot, code string) (out []Finding) {
	for _, f := range Diagnose(s, litware(), now) {
		if f.Code == code {
			out = append(out, f)
		}
	}
	return out
}
