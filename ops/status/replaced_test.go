package status

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/site"
)

func TestADatabaseThatIsNotTheOneThatWasShippedIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Snapshot)
		found  bool
	}{
		"the one that was shipped":   {func(s *Snapshot) { stocked(s) }, false},
		"the backups are of another": {func(s *Snapshot) { stocked(s).Share.Stock.Another = "it is another one" }, true},
		"the backups were seen too long ago": {func(s *Snapshot) {
			stocked(s).Share.Stock.Another, s.Share.Stock.Answered = "it is another one", now.Add(-3600e9)
		}, false},
		"online, of another family than what was restored": {func(s *Snapshot) {
			d := &s.Node(site.Secondary).Facts.Database
			d.State, d.Restored.Family, d.Family = "ONLINE", family, "another one"
		}, true},
		"online, as it was restored": {func(s *Snapshot) {
			d := &s.Node(site.Secondary).Facts.Database
			d.State, d.Restored.Family = "ONLINE", family
		}, false},
	} {
		s := healthy()
		c.change(s)
		require.Equal(t, c.found, len(codesLike(s, "another-database")) == 1, name)
		if c.found {
			require.False(t, Measure(s, litware(), now).Known, name)
		}
	}
}
