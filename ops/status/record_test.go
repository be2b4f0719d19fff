package status

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// The state of the pool is a record. Where nobody answers who stands behind it, that is
// said.
func TestTheStateOfThePoolIsARecord(t *testing.T) {
	const dc1 = "as on record: dc1 is silent"
	for name, c := range map[string]struct {
		change func(*Snapshot)
		want   string
	}{
		"all is well":        {func(*Snapshot) {}, ""},
		"data centre 1 died": {func(s *Snapshot) { silence(s, site.Primary, site.Mirror, site.Witness) }, dc1},
		"it may live":        {func(s *Snapshot) { lose(s, LifeUnknown, site.Primary, site.Mirror, site.Witness) }, dc1},
		"one of it answers":  {func(s *Snapshot) { silence(s, site.Primary, site.Mirror) }, ""},
		"it refuses logins":  {func(s *Snapshot) { refuse(s, fault.Login, site.Primary, site.Mirror, site.Witness) }, ""},
		"it was failed over": {func(s *Snapshot) { *s = *failedOver() }, ""},
		"none is active":     {func(s *Snapshot) { silence(s, site.Primary, site.Mirror, site.Witness); s.Pool.Active = nil }, ""},
		"both have some": {func(s *Snapshot) {
			s.Pool.Active = []string{"chat01.litwareinc.com", "chat11.litwareinc.com"}
			lose(s, Dead, site.Primary, site.Mirror, site.Witness, site.Secondary, site.SecondaryMirror)
		}, "as on record: dc1 and dc2 are silent"},
		"nobody was asked": {func(s *Snapshot) { *s = Snapshot{Pool: s.Pool} }, ""},
	} {
		s := healthy()
		c.change(s)
		require.Equal(t, c.want, s.OnRecord(litware()), name)
	}
	require.Empty(t, healthy().OnRecord(nil))
}
