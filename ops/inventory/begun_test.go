package inventory

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
)

// What cannot be read is a broken copy of a backup that bears another name than log
// shipping gave it, and was begun at the moment in that of the file.
func TestAnIntactCopyTellsWhatABrokenFileIs(t *testing.T) {
	named := func(n int) string {
		return "mgc_" + disaster.Add(time.Duration(n-600)*time.Minute).Format("20060102150405") + ".trn"
	}
	start := func() *world { // three backups are applied whose names tell of the clock
		w := newWorld()
		w.Folder.Files, w.Applied = nil, nil
		for n := 100; n < 400; n += 100 {
			w.on(Folder, named(n+100), of("SQL01", log(n, n+100)))
			w.Applied = append(w.Applied, with(of("SQL01", log(n, n+100)), at(`E:\LogShip\`+named(n+100))))
		}
		w.At.LSN = lsn(400)
		return w
	}
	intact := of("SQL01", log(400, 500))
	denied := func(w *world) *world {
		w.readings[Folder][named(500)] = Reading{Err: &fault.Error{Class: fault.Access, Text: "denied"}}
		return w
	}
	for name, c := range map[string]struct {
		world *world
		lost  bool
	}{
		"nothing beside it":                        {start().bad(Folder, named(500), "no backup"), true},
		"an intact copy in the folder":             {start().bad(Folder, named(500), "no backup").on(Folder, "intact.trn", intact), false},
		"an intact copy on the share":              {start().bad(Folder, named(500), "no backup").on(Share, "intact.trn", intact), false},
		"broken on the share":                      {start().bad(Share, named(500), "no backup").on(Folder, "intact.trn", intact), false},
		"the copy is no shorter than it":           {start().bad(Folder, named(500), "no backup").on(Folder, "intact.trn", intact).sized(Folder, "intact.trn", 70), true},
		"it was cut short":                         {start().bad(Folder, named(500), "no backup").sized(Folder, named(500), 7).on(Folder, "intact.trn", intact), false},
		"the copy is of another moment":            {start().bad(Folder, named(500), "no backup").on(Folder, "intact.trn", of("SQL01", log(400, 505))), true},
		"the copy is of another server":            {start().bad(Folder, named(500), "no backup").on(Folder, "intact.trn", of("SQL09", log(400, 500))), true},
		"the copy is of another family":            {start().bad(Folder, named(500), "no backup").on(Folder, "intact.trn", with(intact, func(h *chain.Header) { h.Family = other })), true},
		"the copy is damaged":                      {start().bad(Folder, named(500), "no backup").on(Folder, "intact.trn", with(intact, func(h *chain.Header) { h.Damaged = true })), true},
		"nobody can open it":                       {denied(start().bad(Folder, named(500), "").on(Folder, "intact.trn", intact)), false},
		"nobody can open it, of another length":    {denied(start().bad(Folder, named(500), "").sized(Folder, named(500), 99).on(Folder, "intact.trn", intact)), true},
		"its name tells no moment":                 {start().bad(Folder, "mgc_tail.trn", "no backup").on(Folder, "intact.trn", intact), true},
		"one that bears its own name, just before": {start().bad(Folder, "mgc_"+disaster.Add(-100*time.Minute+5*time.Second).Format("20060102150405")+".trn", "no backup").on(Folder, named(500), intact), true},
		"its copy under a name of F2":              {start().bad(Folder, named(500)[:len(named(500))-4]+".share-0011aabb.trn", "no backup").on(Folder, "intact.trn", intact), false},
	} {
		inv := Take(c.world.Observed)
		require.Equal(t, c.lost, len(inv.Lost(Unread))+len(lostUnreadOnShare(inv)) > 0, "%s: %v", name, kinds(inv))
	}
	w := start().bad(Folder, named(500), "no backup")
	w.Applied, w.At.LSN = append(w.Applied, with(intact, at(`D:\brought\intact.trn`))), lsn(500)
	require.Empty(t, Take(w.Observed).Lost(), "applied by hand from elsewhere")
}

func lostUnreadOnShare(inv *Inventory) (out []Backup) {
	for _, b := range inv.Lost(ToCopy) {
		if b.Header == nil {
			out = append(out, b)
		}
	}
	return out
}
