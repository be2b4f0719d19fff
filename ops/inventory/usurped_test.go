package inventory

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
)

// named is log shipping's name of the backup that ends with log n.
func named(n int) string {
	return "mgc_" + disaster.Add(time.Duration(n-600)*time.Minute).Format("20060102150405") + ".trn"
}

// shipped is that backup.
func shipped(n int) chain.Header { return of("SQL01", log(n-15, n)) }

// A name that log shipping has given stands for a backup of its own: that is nowhere
// any more once its file holds the backup of another, wherever that happened. A copy
// under a name that nobody has given takes nothing away.
func TestANameThatWasGivenStandsForABackupOfItsOwn(t *testing.T) {
	// The log up to 400 is applied, what is of 415 waits, and 430 was written last.
	start := func() *world {
		w := newWorld()
		w.Folder.Files, w.Applied = nil, nil
		for n := 355; n <= 400; n += 15 {
			w.on(Folder, named(n), shipped(n))
			w.Applied = append(w.Applied, with(shipped(n), at(folder+`\`+named(n))))
		}
		w.At.LSN = lsn(400)
		w.Told = []Told{{Name: named(430), By: "the monitor"}}
		return w
	}
	applied := func(w *world, as string) *world {
		w.Applied, w.At.LSN = append(w.Applied, with(shipped(415), at(folder+`\`+as))), lsn(415)
		return w
	}
	both := func(w *world, n int, sets ...chain.Header) *world {
		return w.on(Share, named(n), sets...).on(Folder, named(n), sets...)
	}
	met := func(w *world) *world { w.Told[0].Met = true; return w }
	few := func(w *world) *world { w.Applied, w.Folder.Files = w.Applied[3:], w.Folder.Files[3:]; return w }
	usurped := map[string]*world{
		"in both places":                     both(both(start(), 415, shipped(415)), 430, shipped(415)),
		"on the share, and never copied":     both(start(), 415, shipped(415)).on(Share, named(430), shipped(415)),
		"in the copy folder":                 start().on(Folder, named(415), shipped(415)).on(Folder, named(430), shipped(415)),
		"once the other is applied":          applied(both(both(start(), 415, shipped(415)), 430, shipped(415)), named(415)),
		"once it is applied under this name": applied(both(both(start(), 415, shipped(415)), 430, shipped(415)), named(430)),
		"where few names tell the clock":     few(both(both(start(), 415, shipped(415)), 430, shipped(415))),
		"the other has no file any more":     both(start(), 430, shipped(415)),
		"the other was given its name as well": func() *world {
			w := both(both(start(), 415, shipped(415)), 430, shipped(415))
			w.Told = append(w.Told, Told{Name: named(415), By: "the primary"})
			return w
		}(),
		"the other is a full backup":                both(start(), 430, with(shipped(400), func(h *chain.Header) { h.Type = 1 })),
		"the other is another database's":           both(start(), 430, with(shipped(430), func(h *chain.Header) { h.Database = "erp" })),
		"the other is one that was applied earlier": both(both(start(), 415, shipped(415)), 430, shipped(370)),
	}
	for name, w := range usurped {
		t.Run(name, func(t *testing.T) {
			gone := Take(w.Observed).Of(Gone)
			require.Len(t, gone, 1)
			require.Equal(t, named(430), gone[0].Name)
			require.True(t, gone[0].Lost && gone[0].Given)
			require.Contains(t, gone[0].Why, "its own backup is nowhere now")
		})
	}
	other := usurped["once the other is applied"]
	require.Contains(t, Take(other.Observed).Of(Gone)[0].Why, "holds the same backup as "+named(415))

	for name, w := range map[string]*world{
		"it holds its own":                          both(both(start(), 415, shipped(415)), 430, shipped(430)),
		"its own lies in one of the places":         both(start(), 415, shipped(415)).on(Share, named(430), shipped(415)).on(Folder, named(430), shipped(430)),
		"its own lies under another name":           both(both(start(), 415, shipped(415)), 430, shipped(415)).on(Folder, "kept.trn", shipped(430)),
		"the two have changed their names":          both(both(start(), 415, shipped(430)), 430, shipped(415)),
		"a copy of it, under a name nobody gave":    both(both(start(), 415, shipped(415)), 430, shipped(430)).on(Folder, named(437), shipped(430)),
		"that, where few names tell the clock":      few(both(both(start(), 415, shipped(415)), 430, shipped(430)).on(Folder, named(437), shipped(430))),
		"that, and it was applied from the copy":    applied(both(start(), 430, shipped(430)), named(415)),
		"somebody has only seen a file of the name": met(both(both(start(), 415, shipped(415)), 430, shipped(415))),
	} {
		t.Run(name, func(t *testing.T) { require.Empty(t, Take(w.Observed).Of(Gone)) })
	}
}
