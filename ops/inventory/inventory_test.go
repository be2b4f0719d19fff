package inventory

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
)

const (
	family = "11111111-0000-0000-0000-000000000000"
	fork   = "22222222-0000-0000-0000-000000000000"
	other  = "33333333-0000-0000-0000-000000000000"
	share  = `\\FS01\LogShip`
	folder = `E:\LogShip`
)

var disaster = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

func lsn(n int) chain.LSN {
	l, err := chain.ParseLSN(fmt.Sprint(n))
	if err != nil {
		panic(err)
	}
	return l
}

// log is a log backup of the database that holds the log from first to last.
func log(first, last int) chain.Header {
	at := disaster.Add(time.Duration(last-600) * time.Minute)
	return chain.Header{
		Position: 1, Type: 2, Database: "mgc", Family: family, FirstFork: fork, Fork: fork, First: lsn(first), Last: lsn(last),
		SetGUID: fmt.Sprintf("set %d-%d", first, last), Started: at, Finished: at,
	}
}

func with(h chain.Header, change func(*chain.Header)) chain.Header { change(&h); return h }

// world is what there is to observe. Its database has come to LSN 300.
type world struct {
	Observed
	readings map[Place]map[string]Reading
	alike    map[string]bool
	damaged  map[string]string
}

func newWorld() *world {
	w := &world{readings: map[Place]map[string]Reading{Share: {}, Folder: {}}, alike: map[string]bool{}, damaged: map[string]string{}}
	w.Observed = Observed{
		Database: "mgc", At: chain.Position{Database: "mgc", LSN: lsn(300), Fork: fork, Family: family},
		Share: Listing{Path: share}, Folder: Listing{Path: folder}, Vouched: true,
		Read: func(p Place, f File) (Reading, bool) { r, ok := w.readings[p][f.Name]; return r, ok },
		Alike: func(s, _ File) (bool, bool) {
			same, known := w.alike[s.Name]
			return same, known
		},
		Damaged: func(p Place, f File) string { return w.damaged[string(p)+" "+f.Name] },
	}
	w.on(Folder, "mgc_1.trn", log(100, 200)).on(Folder, "mgc_2.trn", log(200, 300))
	w.Applied = []chain.Header{with(log(100, 200), at(`E:\LogShip\mgc_1.trn`)), with(log(200, 300), at(`E:\LogShip\mgc_2.trn`))}
	return w
}

func at(path string) func(*chain.Header) { return func(h *chain.Header) { h.File = path } }

func (w *world) list(p Place, f File) {
	l := &w.Folder
	if p == Share {
		l = &w.Share
	}
	l.Files = append(l.Files, f)
}

// on puts a file with backup sets into a place.
func (w *world) on(p Place, name string, sets ...chain.Header) *world {
	w.list(p, File{Name: name, Bytes: 100})
	path := map[Place]string{Share: share, Folder: folder}[p] + `\` + name
	r := Reading{}
	for i, h := range sets {
		h.File, h.Position = path, i+1
		r.Sets = append(r.Sets, h)
	}
	w.readings[p][name] = r
	return w
}

// bad puts a file into a place whose header cannot be read.
func (w *world) bad(p Place, name string, why string) *world {
	w.list(p, File{Name: name, Bytes: 100})
	w.readings[p][name] = Reading{Err: errors.New(why)}
	return w
}

// kinds tells what each file is that is not applied, and whether log is lost
// without it: "mgc_3.trn to apply!".
func kinds(inv *Inventory) []string {
	var out []string
	for _, b := range inv.Backups {
		if b.Kind == Applied {
			continue
		}
		lost := ""
		if b.Lost {
			lost = "!"
		}
		out = append(out, b.Name+" "+string(b.Kind)+lost)
	}
	return out
}

func TestWhatEveryBackupIs(t *testing.T) {
	next, after := log(300, 400), log(400, 500)
	for name, c := range map[string]struct {
		world *world
		want  []string
	}{
		"all that is there is applied": {newWorld(), nil},
		"copied, and on the share only": {
			newWorld().on(Folder, "mgc_3.trn", next).on(Share, "mgc_3.trn", next).on(Share, "mgc_4.trn", after),
			[]string{"mgc_3.trn to apply!", "mgc_4.trn to copy!"},
		},
		"the same backup under another name is copied": {
			newWorld().on(Folder, "by hand.trn", next).on(Share, "mgc_3.trn", next), []string{"by hand.trn to apply!"},
		},
		"a tail under any name counts as any other": {
			newWorld().on(Share, "tail.trn", next), []string{"tail.trn to copy!"},
		},
		"one name and length, and other content": {
			newWorld().on(Folder, "mgc_tail.trn", log(200, 300)).on(Share, "mgc_tail.trn", next), []string{"mgc_tail.trn to copy!"},
		},
		"a name out of the future is what its header says": {
			newWorld().on(Share, "mgc_20261225000000.trn", log(200, 300)).on(Folder, "mgc_19990101000000.trn", next),
			[]string{"mgc_19990101000000.trn to apply!"},
		},
		"what cannot be read is not applied": {
			newWorld().bad(Folder, "mgc_3.trn", "access denied"), []string{"mgc_3.trn unread!"},
		},
		"a file of another product never blocks": {
			newWorld().bad(Folder, "erp_1.trn", "not a backup").bad(Share, "erp_2.trn", "not a backup"),
			[]string{"erp_1.trn unread", "erp_2.trn unread"},
		},
		"another database": {
			newWorld().on(Share, "mgccomp_9.trn", with(next, func(h *chain.Header) { h.Database = "mgccomp" })),
			[]string{"mgccomp_9.trn not this database's"},
		},
		"another of the same name": {
			newWorld().on(Folder, "mgc_old.trn", with(next, func(h *chain.Header) { h.Family, h.SetGUID = other, "rebuilt" })),
			[]string{"mgc_old.trn of another database of that name!"},
		},
		"a broken copy of what the share holds": {
			newWorld().bad(Folder, "mgc_3.trn", "garbled").on(Share, "mgc_3.trn", next),
			[]string{"mgc_3.trn to copy!", "mgc_3.trn unread"},
		},
		"unread on both sides, and nobody compared them": {
			newWorld().bad(Folder, "mgc_3.trn", "garbled").bad(Share, "mgc_3.trn", "garbled"),
			[]string{"mgc_3.trn unread!", "mgc_3.trn unread!"},
		},
		"unread on the share, where nothing is copied": {
			newWorld().bad(Share, "mgc_3.trn", "access denied"), []string{"mgc_3.trn to copy!"},
		},
		"the log before it is missing": {
			newWorld().on(Folder, "mgc_4.trn", after), []string{"mgc_4.trn unusable!"},
		},
		"incomplete: the last backup of a dying primary had not shipped": {
			newWorld().on(Share, "mgc_3.trn", chain.Header{Incomplete: true}), []string{"mgc_3.trn unusable"},
		},
		"a full backup is no log": {
			newWorld().on(Folder, "mgc_full.trn", with(next, func(h *chain.Header) { h.Type = 1 })), []string{"mgc_full.trn unusable"},
		},
		"two backups in one file": {
			newWorld().on(Folder, "mgc_3.trn", next, after), []string{"mgc_3.trn to apply!", "mgc_3.trn to apply!"},
		},
		"the second of two is only on the share": {
			newWorld().on(Folder, "mgc_3.trn", next).on(Share, "mgc_3.trn", next, after), []string{"mgc_3.trn to apply!", "mgc_3.trn to copy!"},
		},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, kinds(Take(c.world.Observed))) })
	}
}

func TestTheServersOwnHistoryOrAProvedRangeExcludesWhatCannotBeRead(t *testing.T) {
	w := newWorld()
	name := "mgc_20261121021500.trn"
	w.Applied = append(w.Applied, with(log(200, 300), at(`E:\LogShip\`+name)))
	w.bad(Folder, name, "in use")
	w.Folder.Files[2].Modified = time.Date(2026, 11, 21, 2, 15, 2, 0, time.UTC)
	require.Empty(t, kinds(Take(w.Observed)))
	w.Folder.Files[2].Modified = disaster.Add(time.Hour)
	require.Equal(t, []string{name + " unread!"}, kinds(Take(w.Observed)), "it was written anew since")

	w = newWorld().bad(Folder, "mgc_3.trn", "in use")
	old, young := log(200, 300), log(300, 400)
	w.Told = []Told{{Name: "mgc_3.trn", By: "the primary's history", Header: &old}}
	require.Equal(t, []string{"mgc_3.trn unread!"}, kinds(Take(w.Observed)), "the name alone does not say that it is this file")
	w.Told = []Told{{Name: "mgc_3.trn", By: "an earlier look", Header: &old, File: &File{Name: "mgc_3.trn", Bytes: 100}}}
	require.Empty(t, kinds(Take(w.Observed)))
	w.Told[0].Header = &young
	require.Equal(t, []string{"mgc_3.trn unread!"}, kinds(Take(w.Observed)))
}

func TestABackupThatAnybodyKnewAndIsNowhereIsLost(t *testing.T) {
	w := newWorld()
	passed, ahead := log(200, 300), log(300, 400)
	w.Told = []Told{
		{Name: "mgc_2.trn", By: "the monitor"},
		{Name: "mgc_7.trn", By: "the monitor"},
		{Name: "mgc_8.trn", By: "an earlier look", Header: &passed},
		{Name: "mgc_9.trn", By: "an earlier look", Header: &ahead},
	}
	inv := Take(w.Observed)
	require.Equal(t, []string{"mgc_9.trn gone!", "mgc_7.trn gone!"}, kinds(inv))
	require.Contains(t, inv.Of(Gone)[1].Why, "known from the monitor")

	w.Share.Err = errors.New("53")
	inv = Take(w.Observed)
	require.Equal(t, []string{"mgc_9.trn unread!", "mgc_7.trn unread!"}, kinds(inv), "it may lie on the share")
	require.Equal(t, []Unseen{{share, "53"}}, inv.Places)
}

// A name is no backup: what lay under it when somebody looked is gone once another
// lies there, and no file holds its set.
func TestABackupThatIsWrittenOverIsGone(t *testing.T) {
	ahead, foreign := log(300, 400), with(log(900, 950), func(h *chain.Header) { h.Database = "erp" })
	unnamed := with(ahead, func(h *chain.Header) { h.SetGUID, h.Size = "", 0 })
	for name, c := range map[string]struct {
		told  *chain.Header
		world *world
		want  []string
	}{
		"by an older one of its own":      {&ahead, newWorld().on(Share, "mgc_3.trn", log(100, 200)).on(Folder, "mgc_3.trn", log(100, 200)), []string{"mgc_3.trn gone!"}},
		"by another database's":           {&ahead, newWorld().on(Share, "mgc_3.trn", foreign), []string{"mgc_3.trn gone!", "mgc_3.trn not this database's"}},
		"known by its range alone":        {&unnamed, newWorld().on(Share, "mgc_3.trn", log(100, 200)), []string{"mgc_3.trn gone!"}},
		"known by its name alone":         {nil, newWorld().on(Share, "mgc_3.trn", foreign), []string{"mgc_3.trn not this database's", "mgc_3.trn gone!"}},
		"and lies under another name":     {&ahead, newWorld().on(Share, "mgc_3.trn", log(100, 200)).on(Folder, "kept.trn", ahead), []string{"kept.trn to apply!"}},
		"and its log is in another":       {&ahead, newWorld().on(Share, "mgc_3.trn", foreign).on(Folder, "tail.trn", log(300, 500)), []string{"tail.trn to apply!", "mgc_3.trn not this database's"}},
		"by what is broken, and known":    {&ahead, newWorld().on(Share, "mgc_2.trn", log(200, 300)).bad(Folder, "mgc_2b.trn", "garbled").on(Share, "mgc_2b.trn", log(100, 200)), []string{"mgc_3.trn gone!", "mgc_2b.trn unread"}},
		"not: its range fits, as history": {&unnamed, newWorld().on(Folder, "mgc_3.trn", ahead), []string{"mgc_3.trn to apply!"}},
	} {
		t.Run(name, func(t *testing.T) {
			c.world.Told = []Told{{Name: "mgc_3.trn", By: "an earlier look", Header: c.told}}
			require.Equal(t, c.want, kinds(Take(c.world.Observed)))
		})
	}
	w := newWorld().bad(Share, "tail.trn", "garbled")
	w.Told = []Told{{Name: "tail.trn", By: "an earlier look", Header: &ahead}}
	require.Equal(t, []string{"tail.trn unread!"}, kinds(Take(w.Observed)), "it held log under whatever name")
	w = newWorld().on(Share, "mgc_20261121031500.trn", log(200, 300))
	w.Applied[1].File = `E:\LogShip\mgc_20261121024500.trn`
	w.Told = []Told{{Name: "mgc_20261121031500.trn", By: "the monitor"}}
	require.Equal(t, []string{"mgc_20261121031500.trn gone!"}, kinds(Take(w.Observed)), "the older one under its name was restored under its own")
}

// A backup of which only the name is known, and which bears another now, is neither
// gone nor lost: by the name that F2 gave it, or by the moment at which it was begun.
func TestABackupThatBearsAnotherNameNowIsNotGone(t *testing.T) {
	const name = "mgc_20261121031500.trn"
	const zone = 2 * time.Hour
	begun := func(h chain.Header, file string, at time.Time) chain.Header {
		return with(h, func(h *chain.Header) {
			h.File, h.Server, h.Started, h.Finished = file, "SQL01", at, at.Add(time.Second)
		})
	}
	at := time.Date(2026, 11, 21, 3, 15, 0, 0, time.UTC)
	shipped := func(before time.Duration) chain.Header { // as log shipping names it: in UTC
		return begun(log(100, 200), `E:\LogShip\mgc_`+at.Add(-before).Format("20060102150405")+".trn", at.Add(zone-before))
	}
	history := []chain.Header{shipped(time.Hour), shipped(45 * time.Minute), shipped(30 * time.Minute)}
	for what, c := range map[string]struct {
		applied []chain.Header
		world   *world
		gone    bool
	}{
		"applied under the name that F2 gave it":   {[]chain.Header{begun(log(200, 300), `E:\LogShip\mgc_20261121031500.share-90afbc18.trn`, at.Add(time.Minute))}, newWorld(), false},
		"applied under another name":               {append(history, begun(log(200, 300), `E:\LogShip\by hand.trn`, at.Add(zone+time.Second))), newWorld(), false},
		"in the copy folder under another name":    {history, newWorld().on(Folder, "by hand.trn", begun(log(300, 400), "", at.Add(zone))), false},
		"another was begun a minute later":         {append(history, begun(log(200, 300), `E:\LogShip\by hand.trn`, at.Add(zone+time.Minute))), newWorld(), true},
		"another was begun an hour later":          {append(history, begun(log(200, 300), `E:\LogShip\by hand.trn`, at.Add(zone+time.Hour))), newWorld(), true},
		"another server has begun it":              {append(history, with(begun(log(200, 300), `E:\LogShip\by hand.trn`, at.Add(zone)), func(h *chain.Header) { h.Server = "SQL02" })), newWorld(), true},
		"too few names tell the zone":              {append(history[:2:2], begun(log(200, 300), `E:\LogShip\by hand.trn`, at.Add(zone))), newWorld(), true},
		"it is another database's":                 {history, newWorld().on(Folder, "by hand.trn", with(begun(log(300, 400), "", at.Add(zone)), func(h *chain.Header) { h.Database = "erp" })), true},
		"applied under an alias of another's name": {[]chain.Header{begun(log(200, 300), `E:\LogShip\mgc_20261121030000.share-90afbc18.trn`, at)}, newWorld(), true},
	} {
		c.world.Applied, c.world.Told = c.applied, []Told{{Name: name, By: "the monitor"}}
		require.Equal(t, c.gone, len(Take(c.world.Observed).Of(Gone)) == 1, what)
	}
}

// It may lie under another name, where nobody can read it.
func TestABackupThatMayLieUnreadUnderAnotherNameIsNotGone(t *testing.T) {
	ahead, older := log(300, 400), log(200, 300)
	for name, w := range map[string]*world{
		"on the share":              newWorld().bad(Share, "by hand.trn", "access denied"),
		"in the copy folder":        newWorld().bad(Folder, "by hand.trn", "garbled"),
		"with a name of this":       newWorld().bad(Share, "mgc_renamed.trn", "33111"),
		"nobody has looked":         func() *world { w := newWorld(); w.list(Share, File{Name: "by hand.trn"}); return w }(),
		"under a name none can use": func() *world { w := newWorld(); w.list(Share, File{Name: "x\x07.trn", Strange: "a bell"}); return w }(),
	} {
		t.Run(name, func(t *testing.T) {
			for _, h := range []*chain.Header{&ahead, nil} {
				w.Told = []Told{{Name: "mgc_3.trn", By: "an earlier look", Header: h}}
				missed := Take(w.Observed).Missed()
				require.Len(t, missed, 1)
				require.Equal(t, Unread, missed[0].Kind)
				require.Len(t, missed[0].Perhaps, 1)
				require.Contains(t, missed[0].Why, missed[0].Perhaps[0])
			}
		})
	}
	w := newWorld().bad(Folder, "mgc_2b.trn", "access denied")
	w.Told = []Told{{Name: "mgc_3.trn", By: "an earlier look", Header: &ahead}, {Name: "mgc_2b.trn", By: "an earlier look", Header: &older, File: &w.Folder.Files[2]}}
	require.Equal(t, []string{"mgc_3.trn gone!"}, kinds(Take(w.Observed)), "the range of what nobody can read is known")
}

func TestWhatIsToBeLookedAtIsAskedFor(t *testing.T) {
	w := newWorld()
	w.list(Folder, File{Name: "mgc_3.trn"})
	w.list(Folder, File{Name: "erp_1.trn"})
	w.list(Share, File{Name: "mgc_3.trn"})
	w.list(Share, File{Name: "tail.trn"})
	w.list(Share, File{Name: "mgc_\x07.trn", Strange: "control characters"})
	w.list(Share, File{Name: "erp*.trn", Strange: "an asterisk"})
	w.list(Folder, File{Name: "mgc_\n.trn", Strange: "control characters"})
	inv := Take(w.Observed)
	require.Equal(t, map[Place][]File{Folder: {{Name: "mgc_3.trn"}, {Name: "erp_1.trn"}}, Share: {{Name: "mgc_3.trn"}}}, inv.ToRead)
	require.Equal(t, []File{{Name: "tail.trn"}}, inv.Strangers)
	require.Contains(t, kinds(inv), `mgc_\a.trn to copy!`, "it may be of the chain")
	require.Contains(t, kinds(inv), `mgc_\n.trn unread!`)
	require.Contains(t, kinds(inv), "erp*.trn unread", "another's is a finding and no more")
	for _, b := range inv.Of(ToCopy) {
		require.Equal(t, b.Share.Strange != "", b.Refused != "", "nobody can copy it")
	}
}

func TestContentsSettleWhatNoHeaderTells(t *testing.T) {
	w := newWorld().on(Folder, "mgc_3.trn", log(300, 400)).bad(Share, "mgc_3.trn", "access denied")
	require.Len(t, Take(w.Observed).Compare, 1)
	w.alike["mgc_3.trn"] = true
	require.Equal(t, []string{"mgc_3.trn to apply!"}, kinds(Take(w.Observed)))
	w.alike["mgc_3.trn"] = false
	inv := Take(w.Observed)
	require.Equal(t, []string{"mgc_3.trn to apply!", "mgc_3.trn to copy!"}, kinds(inv))
	alias := inv.Of(ToCopy)[0].As
	require.NotEqual(t, "mgc_3.trn", alias)
	require.True(t, Own("mgc", alias))

	w.on(Folder, alias, log(400, 500))
	require.Equal(t, []string{"mgc_3.trn to apply!", alias + " to apply!"}, kinds(Take(w.Observed)), "it was copied under that name")
}

func TestWhatRestoreRefusesIsTakenFromTheIntactSide(t *testing.T) {
	w := newWorld().on(Folder, "mgc_3.trn", log(300, 400)).on(Share, "mgc_3.trn", log(300, 400))
	w.damaged["copy folder mgc_3.trn"] = "3183"
	inv := Take(w.Observed)
	require.Equal(t, []string{"mgc_3.trn to copy!"}, kinds(inv), "lost is what the share holds, once")
	w.damaged["share mgc_3.trn"] = "3183"
	inv = Take(w.Observed)
	require.Equal(t, []string{"mgc_3.trn unusable!"}, kinds(inv), "once, though it lies on both sides")
	require.Contains(t, inv.Lost()[0].Why, "RESTORE refuses it: 3183")
}

// What was copied under another name and is refused is the same whether or not the
// header of the file that it was copied from is known: a phrase names it.
func TestARefusedCopyUnderAnotherNameIsOneBackup(t *testing.T) {
	w := newWorld().on(Share, "mgc_3.trn", log(300, 400)).bad(Folder, "mgc_3.trn", "33111")
	alias := Alias(w.Share.Files[0])
	w.on(Folder, alias, log(300, 400))
	w.Replaced = func(f File) bool { return f.Name == "mgc_3.trn" }
	w.damaged["copy folder "+alias], w.damaged["share mgc_3.trn"] = "3169", "3169"
	want := []string{alias + " unusable!", "mgc_3.trn unread"}
	require.Equal(t, want, kinds(Take(w.Observed)))
	delete(w.readings[Share], "mgc_3.trn")
	require.Equal(t, want, kinds(Take(w.Observed)))
}

func TestACopyThatIsCutShortIsCopiedAgain(t *testing.T) {
	w := newWorld().on(Folder, "mgc_3.trn", log(300, 400)).on(Share, "mgc_3.trn", log(300, 400))
	w.Folder.Files[2].Bytes = 60
	require.Contains(t, kinds(Take(w.Observed)), "mgc_3.trn to copy!")
}

func TestStripesAreOneBackupOrNamedWithWhatIsMissing(t *testing.T) {
	part := func(n int) chain.Header {
		return with(log(300, 400), func(h *chain.Header) { h.Media, h.Parts, h.Part = "media", 3, n })
	}
	w := newWorld().on(Folder, "mgc_3-2.trn", part(2)).on(Folder, "mgc_3.trn", part(1)).on(Folder, "mgc_3-3.trn", part(3))
	inv := Take(w.Observed)
	require.Len(t, inv.Restore, 1)
	require.Equal(t, folder+`\mgc_3.trn`, inv.Restore[0].File)
	require.Equal(t, []string{folder + `\mgc_3-2.trn`, folder + `\mgc_3-3.trn`}, inv.Restore[0].Others)
	require.Equal(t, []string{"mgc_3-2.trn to apply!", "mgc_3-3.trn to apply!", "mgc_3.trn to apply!"}, kinds(inv), "none is applied yet")
	one := Whole(inv.Lost())
	require.Len(t, one, 1)
	require.Equal(t, "mgc_3-2.trn + mgc_3-3.trn + mgc_3.trn", one[0].Name)
	for _, name := range []string{"mgc_3.trn", "mgc_3-2.trn", "mgc_3-3.trn"} { // which of them is to blame, RESTORE does not tell
		w.damaged["copy folder "+name] = "3183"
	}
	inv = Take(w.Observed)
	require.Empty(t, inv.Restore, "one part that is damaged spoils it")
	require.Len(t, inv.Lost(Unusable), 3)
	w.on(Folder, "again.trn", part(2))
	require.Equal(t, []string{folder + `\again.trn`, folder + `\mgc_3-3.trn`}, Take(w.Observed).Restore[0].Others, "beside another copy of a part the others may be whole")
	w.damaged["copy folder again.trn"] = "3183"
	require.Empty(t, Take(w.Observed).Restore)

	w = newWorld().on(Folder, "mgc_3.trn", part(1)).on(Share, "mgc_3-2.trn", part(2)).on(Folder, "mgc_3-3.trn", part(3))
	require.Contains(t, kinds(Take(w.Observed)), "mgc_3-2.trn to copy!")
	require.Len(t, Whole(Take(w.Observed).Lost()), 1, "wherever its files lie")

	w = newWorld().on(Folder, "mgc_3.trn", part(1)).on(Folder, "mgc_3-3.trn", part(3))
	inv = Take(w.Observed)
	require.Empty(t, inv.Restore)
	require.Contains(t, inv.Lost()[0].Why, "striped over 3 files, of which part 2 is missing")
	require.Len(t, Whole(inv.Lost()), 1)

	w = newWorld()
	for _, name := range []string{"mgc_3.trn", "mgc_3-2.trn"} { // its server tells of each file
		h := log(300, 400)
		w.Told = append(w.Told, Told{Name: name, By: "the primary's history", Header: &h})
	}
	require.Equal(t, "mgc_3-2.trn + mgc_3.trn", Whole(Take(w.Observed).Lost(Gone))[0].Name)
	inv = Take(newWorld().on(Folder, "mgc_3.trn", log(300, 400), log(400, 500)).on(Folder, "mgc_4.trn", log(500, 600)).Observed)
	require.Len(t, Whole(inv.Lost()), 3, "three backups in two files")
}

// Each part is copied or not by itself, wherever the others lie and whatever
// their names are; what is behind the backup is not cut off by that.
func TestAStripedBackupIsCopiedPartByPart(t *testing.T) {
	part := func(n int) chain.Header {
		return with(log(300, 400), func(h *chain.Header) { h.Media, h.Parts, h.Part = "media", 3, n })
	}
	foreign := func(n int) chain.Header { return with(part(n), func(h *chain.Header) { h.Database = "erp" }) }
	other := func(n int) chain.Header { return with(part(n), func(h *chain.Header) { h.Family = "another" }) }
	late := func(n int) chain.Header {
		return with(part(n), func(h *chain.Header) { h.First, h.Last = lsn(800), lsn(900) })
	}
	suspect := func(w *world, names ...string) *world {
		for _, name := range names {
			w.damaged["copy folder "+name] = "3183"
		}
		return w
	}
	for name, c := range map[string]struct {
		world *world
		want  []string
	}{
		"one in the copy folder, under a name of its own": {
			newWorld().on(Folder, "x1.trn", part(2)).on(Share, "mgc_3.trn", part(1)).on(Share, "mgc_3-3.trn", part(3)).on(Folder, "mgc_4.trn", log(400, 500)),
			[]string{"mgc_3-3.trn to copy!", "mgc_3.trn to copy!", "x1.trn to apply!", "mgc_4.trn to apply!"},
		},
		"the first one copied": {
			newWorld().on(Folder, "mgc_3.trn", part(1)).on(Share, "mgc_3.trn", part(1)).on(Share, "a.trn", part(2)).on(Share, "b.trn", part(3)),
			[]string{"a.trn to copy!", "b.trn to copy!", "mgc_3.trn to apply!"},
		},
		"none copied": {
			newWorld().on(Share, "c.trn", part(1)).on(Share, "a.trn", part(2)).on(Share, "b.trn", part(3)),
			[]string{"a.trn to copy!", "b.trn to copy!", "c.trn to copy!"},
		},
		"one twice on the share": {
			newWorld().on(Folder, "mgc_3.trn", part(1)).on(Share, "a.trn", part(2)).on(Share, "a2.trn", part(2)).on(Folder, "b.trn", part(3)),
			[]string{"a.trn to copy!", "b.trn to apply!", "mgc_3.trn to apply!"},
		},
		"refused by RESTORE, and whole on the share": {
			suspect(newWorld().on(Folder, "mgc_3.trn", part(1)).on(Folder, "a.trn", part(2)).on(Folder, "b.trn", part(3)).on(Share, "z.trn", part(2)), "mgc_3.trn", "a.trn", "b.trn"),
			[]string{"b.trn to apply!", "mgc_3.trn to apply!", "z.trn to copy!"},
		},
		"behind a gap": {
			newWorld().on(Folder, "mgc_9.trn", late(1)).on(Share, "mgc_9-2.trn", late(2)).on(Folder, "mgc_9-3.trn", late(3)),
			[]string{"mgc_9-2.trn to copy!", "mgc_9-3.trn unusable!", "mgc_9.trn unusable!"},
		},
		"of another database": {
			newWorld().on(Share, "a.trn", foreign(1)).on(Share, "b.trn", foreign(2)).on(Folder, "c.trn", foreign(3)),
			[]string{"a.trn not this database's", "b.trn not this database's", "c.trn not this database's"},
		},
		"of another database, and a part is missing": {
			newWorld().on(Share, "a.trn", foreign(1)).on(Share, "b.trn", foreign(2)), []string{"a.trn not this database's", "b.trn not this database's"},
		},
		"of another line of this database's name": {
			newWorld().on(Share, "a.trn", other(1)).on(Share, "b.trn", other(2)), []string{"a.trn of another database of that name!", "b.trn of another database of that name!"},
		},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, kinds(Take(c.world.Observed))) })
	}
}

// What could not be copied cuts off what is behind it, unless another backup holds
// the same log; of a striped one each part does.
func TestWhatCannotBeCopiedCutsOffWhatIsBehind(t *testing.T) {
	part := func(n int) chain.Header {
		return with(log(300, 400), func(h *chain.Header) { h.Media, h.Parts, h.Part = "media", 2, n })
	}
	for name, c := range map[string]struct {
		world *world
		want  []string
	}{
		"one":           {newWorld().on(Share, "bad.trn", log(300, 400)).on(Folder, "mgc_4.trn", log(400, 500)).on(Share, "mgc_5.trn", log(500, 600)), []string{"bad.trn to copy!", "mgc_4.trn unusable!", "mgc_5.trn to copy!"}},
		"a part":        {newWorld().on(Share, "bad.trn", part(2)).on(Folder, "mgc_3.trn", part(1)).on(Folder, "mgc_4.trn", log(400, 500)), []string{"bad.trn to copy!", "mgc_3.trn to apply!", "mgc_4.trn unusable!"}},
		"held by other": {newWorld().on(Share, "bad.trn", log(300, 400)).on(Folder, "tail.trn", log(300, 500)), []string{"tail.trn to apply!"}},
	} {
		t.Run(name, func(t *testing.T) {
			c.world.Refused = func(f File) string { return map[string]string{"bad.trn": "access is denied"}[f.Name] }
			inv := Take(c.world.Observed)
			require.Equal(t, c.want, kinds(inv))
			for _, b := range inv.Lost() {
				require.Equal(t, b.Name != "bad.trn" && b.Name != "tail.trn", b.Stranded, "%s is of no use without it", b.Name)
				require.Equal(t, b.Name == "bad.trn", b.Refused != "")
			}
		})
	}
}

func TestForksAreFollowedByTheirPoints(t *testing.T) {
	forked := func(first, last, point int) chain.Header {
		return with(log(first, last), func(h *chain.Header) { h.Fork, h.ForkPoint = other, lsn(point) })
	}
	onOther := func(h *chain.Header) { h.FirstFork, h.Fork = other, other }

	w := newWorld().on(Folder, "mgc_3.trn", forked(300, 400, 350)).on(Folder, "mgc_4.trn", with(log(400, 500), onOther))
	require.Equal(t, []string{"mgc_3.trn to apply!", "mgc_4.trn to apply!"}, kinds(Take(w.Observed)), "the chain goes on across a fork")

	w = newWorld().on(Folder, "mgc_3.trn", forked(250, 400, 280))
	require.Equal(t, []string{"mgc_3.trn of another recovery fork!"}, kinds(Take(w.Observed)), "the live path left ours before")

	w = newWorld().on(Folder, "mgc_3.trn", log(300, 400)).on(Folder, "mgc_4.trn", forked(300, 500, 400))
	require.Nil(t, Take(w.Observed).Fork, "one that forks where the other ends is no choice")
	w = newWorld().on(Folder, "mgc_3.trn", log(300, 400)).on(Folder, "mgc_4.trn", forked(300, 500, 350))
	require.NotNil(t, Take(w.Observed).Fork)

	w = newWorld().on(Folder, "mgc_9.trn", log(280, 500)) // of the fork that ours left at 290
	w.At.Fork = other
	w.Applied[1] = with(w.Applied[1], func(h *chain.Header) { h.Fork, h.ForkPoint = other, lsn(290) })
	require.Equal(t, []string{"mgc_9.trn of another recovery fork"}, kinds(Take(w.Observed)), "that log was given up when the database forked")
}

func TestOnceOnlineTheRecoveredDatabasesOwnBackupsAreNotLeftBehind(t *testing.T) {
	w := newWorld().on(Share, "mgc_3.trn", log(300, 400))
	w.on(Folder, "mgc_new.trn", with(log(300, 450), func(h *chain.Header) { h.Fork, h.ForkPoint = other, lsn(300) }))
	w.Online, w.Fork = true, other
	require.Equal(t, []string{"mgc_3.trn of another recovery fork!"}, kinds(Take(w.Observed)))
}

// A copy that cannot be read while the share's file of its name can is made anew
// beside it, once: a second one that cannot be read either is not made again.
func TestACopyThatCannotBeReadIsMadeAnewOnce(t *testing.T) {
	w := newWorld().on(Share, "mgc_3.trn", log(300, 400)).bad(Folder, "mgc_3.trn", "access is denied")
	inv := Take(w.Observed)
	require.Equal(t, []string{"mgc_3.trn to copy!", "mgc_3.trn unread"}, kinds(inv))
	b := inv.Of(ToCopy)[0]
	require.True(t, b.Anew, "however alike they are")
	w.bad(Folder, b.As, "access is denied")
	inv = Take(w.Observed)
	require.Empty(t, inv.Of(ToCopy))
	lost := inv.Lost()
	require.Len(t, lost, 1)
	require.Equal(t, Unusable, lost[0].Kind)
	require.Contains(t, lost[0].Why, "copied twice")
}

func TestSixThousandForeignFilesAreNoWork(t *testing.T) {
	w := newWorld()
	for i := range 6_000 {
		w.on(Share, fmt.Sprintf("erp_%d.trn", i), with(log(i, i+1), func(h *chain.Header) { h.Database = "erp" }))
	}
	began := time.Now()
	require.Empty(t, Take(w.Observed).Lost())
	require.Less(t, time.Since(began), 20*time.Second)
}

func TestALossIsBounded(t *testing.T) {
	b := Bound{After: disaster, Now: disaster.Add(time.Hour)}
	for _, c := range []struct {
		change func()
		want   string
	}{
		{func() {}, "up to 1h 00m of chat, counted to this moment"},
		{func() { b.Every = 15 * time.Minute }, "up to 1h 00m of chat, counted to this moment (15m 00s if its log backups came on time until it died, which nobody saw)"},
		{func() { b.Dead = disaster.Add(50 * time.Minute) }, "up to 50m 00s of chat, counted to when the primary fell silent (15m 00s if its log backups came on time until it died, which nobody saw)"},
		{func() { b.Alive, b.Who = disaster.Add(2*time.Minute), `SQL01\RTC` }, `up to 2m 00s of chat, counted to when SQL01\RTC was last seen alive`},
		{func() { b.Now = disaster.Add(9 * time.Hour) }, `up to 2m 00s of chat, counted to when SQL01\RTC was last seen alive`},
	} {
		c.change()
		require.Equal(t, c.want, b.String())
	}
	b.Alive, b.Dead = disaster.Add(2*time.Hour), time.Time{} // and its job had stopped
	require.Equal(t, `up to 2h 00m of chat, counted to when SQL01\RTC was last seen alive`, b.String())
}

// Two clocks that nobody has compared tell no span of time, and neither does when a
// backup came here: it may have been taken long before. None of the two makes less of a
// loss, nor do both.
func TestALossByAClockThatNobodyComparedIsNotTooSmall(t *testing.T) {
	here := disaster.Add(10 * time.Minute)
	for name, c := range map[string]struct {
		after, now time.Time
		want       string
	}{
		"the next one is not due yet":                {here, here.Add(12 * time.Minute), "up to 15m 00s of chat, counted to when its next backup was due"},
		"its Agent stood for hours":                  {here, here.Add(5 * time.Hour), "up to 5h 15m of chat, counted to this moment (15m 00s if its log backups came on time until it died, which nobody saw)"},
		"its clock is ahead":                         {here.Add(9 * time.Minute), here.Add(5 * time.Hour), "up to 5h 15m of chat, counted to this moment (15m 00s if its log backups came on time until it died, which nobody saw)"},
		"it came long after, or its clock is behind": {here.Add(-4 * time.Hour), here.Add(12 * time.Minute), "up to 4h 12m of chat, counted to this moment (15m 00s if its log backups came on time until it died, which nobody saw)"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, Bound{After: c.after, Foreign: true, Held: here, Every: 15 * time.Minute, Now: c.now}.String())
		})
	}
	dead := Bound{After: here, Foreign: true, Held: here.Add(time.Hour), Every: 15 * time.Minute, Now: here.Add(5 * time.Hour), Dead: here.Add(time.Minute)}
	require.Equal(t, "up to 15m 00s of chat, counted to when its next backup was due", dead.String())
	loose := Bound{After: here, Loose: true, Every: 15 * time.Minute, Now: here.Add(5 * time.Hour)}
	require.Equal(t, "nobody knows how much chat", loose.String())
}
