package inventory

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
)

func TestAShareThatNoServerNames(t *testing.T) {
	next := log(300, 400)
	for name, c := range map[string]struct {
		world *world
		stray bool
	}{
		"empty":                                 {newWorld(), true},
		"what was applied last":                 {newWorld().on(Share, "mgc_2.trn", log(200, 300)), false},
		"that, under another name":              {newWorld().on(Share, "tail.trn", log(200, 300)), false},
		"what follows":                          {newWorld().on(Share, "mgc_3.trn", next), false},
		"one of the last three":                 {newWorld().on(Folder, "mgc_3.trn", next).on(Share, "mgc_2.trn", log(200, 300)), false},
		"none of the last three":                {newWorld().on(Folder, "mgc_3.trn", next).on(Folder, "mgc_4.trn", log(400, 500)).on(Share, "mgc_1.trn", log(100, 200)), true},
		"another family's":                      {newWorld().on(Folder, "mgc_3.trn", of("SQL01", next)).on(Share, "mgc_3.trn", of("SQL77", with(next, func(h *chain.Header) { h.Family = other }))), true},
		"another database's":                    {newWorld().on(Share, "hr_3.trn", with(next, func(h *chain.Header) { h.Database = "hr" })), true},
		"what its server did not finish":        {newWorld().on(Share, "mgc_3.trn", with(next, func(h *chain.Header) { h.Incomplete = true })), true},
		"no header, but that of its very copy":  {newWorld().on(Folder, "mgc_3.trn", next).bad(Share, "mgc_3.trn", "denied"), false},
		"no header, and its copy is applied":    {newWorld().bad(Share, "mgc_2.trn", "denied"), false},
		"no header, and a copy of other length": {newWorld().on(Folder, "mgc_3.trn", next).bad(Share, "mgc_3.trn", "denied").sized(Share, "mgc_3.trn", 7), true},
		"no header":                             {newWorld().bad(Share, "mgc_9.trn", "denied"), true},
		"nothing is known of any": {func() *world {
			w := newWorld()
			w.Applied, w.Folder.Files = nil, nil
			return w.on(Share, "mgc_1.trn", log(100, 200))
		}(), true},
		"nothing is known but how far the database came": {func() *world {
			w := newWorld()
			w.Applied, w.Folder.Files = nil, nil
			return w.on(Share, "mgc_2.trn", log(200, 300))
		}(), false},
	} {
		c.world.Vouched = false
		inv := Take(c.world.Observed)
		require.Equal(t, c.stray, inv.Stray != "", name)
		require.Equal(t, c.stray, len(inv.Places) > 0, name)
		c.world.Vouched = true
		require.Empty(t, Take(c.world.Observed).Stray, name)
		c.world.Vouched, c.world.Share.Err = false, &fault.Error{Class: fault.Access}
		require.Empty(t, Take(c.world.Observed).Stray, name, "nobody can see it")
	}
}

// Another site's backups may bear the very same names.
func TestAShareThatNoServerNamesIsLookedAtBeforeItsNamesCount(t *testing.T) {
	w := newWorld()
	w.Vouched = false
	w.Applied[1].File = `E:\LogShip\mgc_20261121015500.trn`
	w.Share.Files = []File{{Name: "mgc_20261121015500.trn", Bytes: 100, Modified: disaster.Add(-65 * 60e9)}}
	inv := Take(w.Observed)
	require.Equal(t, w.Share.Files, inv.ToRead[Share])
	w.readings[Share]["mgc_20261121015500.trn"] = Reading{Sets: []chain.Header{with(log(200, 300), func(h *chain.Header) { h.Family = other })}}
	require.NotEmpty(t, Take(w.Observed).Stray)
	w.readings[Share]["mgc_20261121015500.trn"] = Reading{Sets: []chain.Header{log(200, 300)}}
	require.Empty(t, Take(w.Observed).Stray)
}

func of(server string, h chain.Header) chain.Header {
	h.Server = server
	return h
}

func (w *world) sized(p Place, name string, bytes int64) *world {
	files := w.Folder.Files
	if p == Share {
		files = w.Share.Files
	}
	for i := range files {
		if files[i].Name == name {
			files[i].Bytes = bytes
		}
	}
	return w
}
