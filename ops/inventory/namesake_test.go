package inventory

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
)

// A name that was once that of applied log says nothing of what bears it now: a
// file that cannot be read is passed over only where something else tells what it is.
func TestAnUnreadFileUnderTheNameOfAnAppliedOneIsUnread(t *testing.T) {
	const name = "mgc_2.trn"
	denied := &fault.Error{Class: fault.Access, Text: "3201"}
	inUse := &fault.Error{Class: fault.InUse, Text: "3201"}
	garbled := errors.New("3241")
	later := disaster.Add(time.Hour)
	for what, c := range map[string]struct {
		unread   Place
		err      error
		file     File // that cannot be read; its namesake in the other place can be, has 100 bytes and is of the disaster
		restored string
		passed   bool
	}{
		"on the share, denied":                       {Share, denied, File{name, 90, later, ""}, name, false},
		"on the share, in use":                       {Share, inUse, File{name, 90, later, ""}, name, false},
		"on the share, as long":                      {Share, denied, File{name, 100, later, ""}, name, false},
		"on the share, as old":                       {Share, denied, File{name, 90, disaster, ""}, name, false},
		"on the share, as long and as old":           {Share, denied, File{name, 100, disaster, ""}, name, true},
		"copied, denied":                             {Folder, denied, File{name, 90, later, ""}, name, false},
		"copied, in use":                             {Folder, inUse, File{name, 90, later, ""}, name, false},
		"copied, as long":                            {Folder, inUse, File{name, 100, later, ""}, name, false},
		"copied, as long and as old":                 {Folder, inUse, File{name, 100, disaster, ""}, name, true},
		"copied, garbled since it was restored":      {Folder, garbled, File{name, 100, later, ""}, name, true},
		"copied, garbled, shorter than what was":     {Folder, garbled, File{name, 90, later, ""}, name, false},
		"copied, cut short, and restored by another": {Folder, garbled, File{name, 90, later, ""}, "again.trn", true},
		"copied, sealed, and restored by another":    {Folder, garbled, File{name, 110, later, ""}, "again.trn", true},
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld()
			w.Folder.Files = slices.DeleteFunc(w.Folder.Files, func(f File) bool { return f.Name == name })
			w.Applied[1].File = folder + `\` + c.restored
			held, sound := log(200, 300), File{Name: name, Bytes: 100, Modified: disaster}
			readable := map[Place]Place{Share: Folder, Folder: Share}[c.unread]
			w.list(c.unread, c.file)
			w.list(readable, sound)
			held.File = name
			w.readings[c.unread][name] = Reading{Err: c.err}
			w.readings[readable][name] = Reading{Sets: []chain.Header{held}}
			w.Told = []Told{{Name: name, By: "an earlier look", Header: &held, File: &sound}}
			lost := Take(w.Observed).Lost()
			if c.passed {
				require.Empty(t, lost)
				return
			}
			require.Len(t, lost, 1)
			require.Equal(t, Unread, lost[0].Kind)
		})
	}
}

// What SQL Server cannot open the host compares with the file of the share that it
// is named like.
func TestContentsSettleWhetherACopyIsOfTheFileThatItIsNamedLike(t *testing.T) {
	w := newWorld().on(Share, "mgc_3.trn", log(300, 400)).bad(Folder, "mgc_3.trn", "")
	w.readings[Folder]["mgc_3.trn"] = Reading{Err: &fault.Error{Class: fault.Access, Text: "3201"}}
	w.Folder.Files[2].Modified = disaster
	want := []string{"mgc_3.trn to copy!", "mgc_3.trn unread!"}
	require.Equal(t, want, kinds(Take(w.Observed)))
	require.Len(t, Take(w.Observed).Compare, 1)
	w.alike["mgc_3.trn"] = false
	require.Equal(t, want, kinds(Take(w.Observed)))
	require.Empty(t, Take(w.Observed).Compare)
	w.alike["mgc_3.trn"] = true
	inv := Take(w.Observed)
	require.Equal(t, []string{"mgc_3.trn to copy!", "mgc_3.trn unread"}, kinds(inv))
	require.True(t, inv.Of(ToCopy)[0].Anew, "SQL Server cannot open the one that is there")
}
