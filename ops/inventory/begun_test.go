package inventory

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A backup that was begun at the moment in the name of a file which cannot be read
// does not say what is in that: neither names nor clocks exclude it. What others tell
// of that very file does.
func TestWhatWasBegunAtTheMomentInANameSaysNothingOfTheFile(t *testing.T) {
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
	applied := start().bad(Folder, named(500), "no backup")
	applied.Applied, applied.At.LSN = append(applied.Applied, with(intact, at(`D:\brought\intact.trn`))), lsn(500)
	told := start().bad(Folder, named(500), "no backup")
	told.Applied, told.At.LSN = applied.Applied, lsn(500)
	told.Told = []Told{{Name: named(500), By: "an earlier look", Header: &intact, File: &File{Name: named(500), Bytes: 100}}}
	for name, c := range map[string]struct {
		world *world
		lost  bool
	}{
		"an intact copy in the folder":       {start().bad(Folder, named(500), "no backup").on(Folder, "intact.trn", intact), true},
		"an intact copy on the share":        {start().bad(Folder, named(500), "no backup").on(Share, "intact.trn", intact), true},
		"broken on the share":                {start().bad(Share, named(500), "no backup").on(Folder, "intact.trn", intact), true},
		"it was cut short":                   {start().bad(Folder, named(500), "no backup").sized(Folder, named(500), 7).on(Folder, "intact.trn", intact), true},
		"applied from elsewhere":             {applied, true},
		"that very file was read before":     {told, false},
		"an intact copy is put in its place": {start().on(Folder, named(500), intact), false},
	} {
		inv := Take(c.world.Observed)
		unread := 0
		for _, b := range inv.Lost(Unread, ToCopy) {
			if b.Header == nil {
				unread++
			}
		}
		require.Equal(t, c.lost, unread > 0, "%s: %v", name, kinds(inv))
	}
}

// A backup that somebody tells of under a name that is not listed is not gone: nobody
// has looked for it.
func TestWhatIsNotListedIsNotGone(t *testing.T) {
	ahead := log(300, 400)
	for name, c := range map[string]struct {
		told  Told
		world *world
		want  []string
	}{
		"by its header":       {Told{Name: "tail.bak", Header: &ahead}, newWorld(), []string{"tail.bak unread!"}},
		"by its name":         {Told{Name: "tail.bak"}, newWorld(), []string{"tail.bak unread!"}},
		"without an ending":   {Told{Name: "tail", Header: &ahead}, newWorld(), []string{"tail unread!"}},
		"listed":              {Told{Name: "tail.TRN", Header: &ahead}, newWorld(), []string{"tail.TRN gone!"}},
		"put there as a .trn": {Told{Name: "tail.bak", Header: &ahead}, newWorld().on(Folder, "tail.trn", ahead), []string{"tail.trn to apply!"}},
	} {
		c.told.By = "the backup history of SQL01"
		c.world.Told = []Told{c.told}
		inv := Take(c.world.Observed)
		require.Equal(t, c.want, kinds(inv), name)
		for _, b := range inv.Missed() {
			require.Equal(t, !Listed(b.Name), b.Why == "known from the backup history of SQL01, and not looked for: only .trn files are listed", b.Why)
		}
	}
}
