package inventory

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
)

// by is a log backup of another family, written by a server at some minute.
func by(h chain.Header, family, server string, minute int) chain.Header {
	return with(h, func(h *chain.Header) {
		h.Family, h.Server, h.SetGUID = family, server, "of "+family+h.SetGUID
		h.Started = disaster.Add(time.Duration(minute) * time.Minute)
		h.Finished = h.Started
	})
}

// Backups of the name that are of another family are the database's that was
// shipped, unless something proves that they are its predecessor's.
func TestADatabaseThatIsNotTheOneThatWasShipped(t *testing.T) {
	ours, theirs := log(200, 300), log(300, 400)
	before := func(hs ...chain.Header) func(*world) { return func(w *world) { w.Before = hs } }
	on := func(h chain.Header) func(*world) { return func(w *world) { w.on(Share, "mgc_x.trn", h) } }
	applied := func(h chain.Header) func(*world) { return func(w *world) { w.Applied = []chain.Header{h} } }
	kin := func(family string) func(*world) {
		return func(w *world) { w.Kin = []Kin{{Family: family, By: `SQL01\RTC`}} }
	}
	online := func(w *world) { w.Online = true }
	shipped := func(minute int) func(*world) {
		return func(w *world) { w.on(Share, "mgc_3.trn", by(theirs, family, "SQL01", minute)) }
	}
	const rival = "rival"
	for name, c := range map[string]struct {
		made []func(*world)
		says string
	}{
		"nothing else bears the name":                                  {nil, ""},
		"the history restored log of another under the name":           {[]func(*world){before(by(theirs, other, "SQL01", 5))}, "history"},
		"the share holds log of another":                               {[]func(*world){on(by(theirs, other, "SQL01", 5))}, "on the share"},
		"the primary served another":                                   {[]func(*world){kin(other)}, `SQL01\RTC`},
		"the primary served this one":                                  {[]func(*world){kin(family), on(by(theirs, other, "SQL01", 5)), before(by(theirs, other, "SQL01", 5))}, ""},
		"the server wrote log of this one later":                       {[]func(*world){applied(by(ours, family, "SQL01", 9)), before(by(theirs, other, "SQL01", 5)), on(by(theirs, other, "SQL01", 6))}, ""},
		"the server wrote log of this one before":                      {[]func(*world){applied(by(ours, family, "SQL01", 4)), before(by(theirs, other, "SQL01", 5))}, "history"},
		"another server wrote log of this one later":                   {[]func(*world){applied(by(ours, family, "SQL77", 9)), on(by(theirs, other, "SQL01", 5))}, "on the share"},
		"another site's server wrote it, beside log of this one":       {[]func(*world){func(w *world) { w.on(Share, "mgc_3.trn", by(theirs, family, "SQL01", 5)) }, on(by(theirs, other, "SQL77", 6))}, ""},
		"the same server wrote it, after log of this one":              {[]func(*world){shipped(5), on(by(theirs, other, "SQL01", 6))}, rival},
		"the same server wrote it, after what is applied":              {[]func(*world){applied(by(ours, family, "SQL01", 4)), on(by(theirs, other, "SQL01", 5))}, rival},
		"the same server wrote it, between log of this one":            {[]func(*world){applied(by(ours, family, "SQL01", 4)), on(by(theirs, other, "SQL01", 5)), shipped(6)}, ""},
		"the same server wrote it, and the primary served this one":    {[]func(*world){shipped(5), on(by(theirs, other, "SQL01", 6)), kin(family)}, ""},
		"online, and the same server wrote it":                         {[]func(*world){online, shipped(5), on(by(theirs, other, "SQL01", 6))}, ""},
		"online, and a primary that was built anew ships log":          {[]func(*world){online, on(by(theirs, other, "SQL01", 5)), kin(other)}, ""},
		"online, and the history restored log of another before it":    {[]func(*world){online, before(by(theirs, other, "SQL01", 5))}, "history"},
		"a full backup of another, and log of another database's name": {[]func(*world){on(with(by(theirs, other, "SQL01", 5), func(h *chain.Header) { h.Type = 1 }))}, ""},
	} {
		w := newWorld()
		for _, make := range c.made {
			make(w)
		}
		inv := Take(w.Observed)
		switch c.says {
		case rival: // that is no reason to give this one up
			require.Empty(t, inv.Another, name)
			lost := inv.Lost(Rival)
			require.Len(t, lost, 1, name)
			require.Contains(t, lost[0].Why, "SQL01 has written it since its last log backup of this one", name)
			continue
		case "":
			require.Empty(t, inv.Another, name)
			require.Empty(t, inv.Lost(Foreign, Rival), name)
			continue
		}
		require.Contains(t, inv.Another, c.says, name)
		for _, b := range inv.Of(Foreign) {
			require.Equal(t, !w.Online, b.Lost, name)
		}
	}
}

// What was applied to a database that was put back since is not applied.
func TestLogThatADatabaseHeldBeforeItWasPutBack(t *testing.T) {
	w := newWorld().on(Folder, "mgc_3.trn", log(300, 400))
	w.Before = []chain.Header{
		with(log(200, 300), func(h *chain.Header) { h.File = `E:\LogShip\mgc_2.trn` }),
		with(log(300, 400), func(h *chain.Header) { h.File = `E:\LogShip\mgc_3.trn` }),
		with(log(400, 500), func(h *chain.Header) { h.File = `E:\LogShip\mgc_4.trn` }),
	}
	inv := Take(w.Observed)
	require.Empty(t, inv.Another)
	require.Equal(t, []string{"mgc_3.trn to apply!", "mgc_4.trn gone!"}, kinds(inv))
	require.Contains(t, inv.Of(Gone)[0].Why, "put back")
}
