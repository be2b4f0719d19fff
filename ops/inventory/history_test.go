package inventory

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
)

// A clock that was ahead and is put right gives its names a second time: what is
// written under a name that was restored before is looked at.
func TestANameThatIsGivenTwiceIsNotTakenForWhatWasRestored(t *testing.T) {
	const name = "mgc_20261121021500.trn"
	stamp := time.Date(2026, 11, 21, 2, 15, 0, 0, time.UTC)
	newer := log(300, 400)
	for what, c := range map[string]struct {
		held, copied, shared time.Time // by the history, and when the files were written
		read                 map[Place]bool
	}{
		"restored after it was written":            {stamp.Add(30 * time.Minute), stamp, stamp, nil},
		"a copy that did not keep its time":        {stamp.Add(10 * time.Minute), stamp.Add(9 * time.Minute), stamp, map[Place]bool{Share: true, Folder: true}},
		"the next backup bears its name":           {stamp.Add(50 * time.Minute), stamp.Add(time.Minute), stamp.Add(time.Minute), map[Place]bool{Share: true, Folder: true}},
		"seconds pass while it is written":         {stamp.Add(50 * time.Minute), stamp.Add(9 * time.Second), stamp.Add(9 * time.Second), nil},
		"written anew since, on the share":         {stamp.Add(10 * time.Minute), stamp, stamp.Add(20 * time.Minute), map[Place]bool{Share: true}},
		"written anew since, and copied":           {stamp.Add(10 * time.Minute), stamp.Add(20 * time.Minute), stamp.Add(20 * time.Minute), map[Place]bool{Share: true, Folder: true}},
		"another was restored before this came":    {stamp.Add(50 * time.Minute), stamp, stamp.Add(20 * time.Minute), map[Place]bool{Share: true}},
		"the history does not tell when":           {time.Time{}, stamp, stamp, nil},
		"written at another time than it is named": {stamp.Add(9 * time.Hour), stamp, stamp.Add(2 * time.Hour), map[Place]bool{Share: true}},
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld()
			w.Applied = append(w.Applied, with(log(200, 300), func(h *chain.Header) { h.File, h.Held = folder+`\`+name, c.held }))
			w.Folder.Files = append(w.Folder.Files, File{Name: name, Bytes: 100, Modified: c.copied})
			w.Share.Files = append(w.Share.Files, File{Name: name, Bytes: 100, Modified: c.shared})
			inv := Take(w.Observed)
			for _, p := range []Place{Share, Folder} {
				require.Equal(t, c.read[p], len(inv.ToRead[p]) > 0, p)
				if c.read[p] {
					w.readings[p][name] = Reading{Sets: []chain.Header{newer}}
				}
			}
			if c.read != nil {
				require.NotEmpty(t, Take(w.Observed).Lost(ToApply, ToCopy))
			}
		})
	}
}

// A large backup ends long after the moment in its name.
func TestAFileIsKnownByTheMomentAtWhichItsBackupEnded(t *testing.T) {
	began := time.Date(2026, 11, 21, 2, 15, 0, 0, time.UTC)
	ended := began.Add(12 * time.Minute)
	h := Restored([]chain.Header{{File: folder + `\mgc_20261121021500.trn`, Started: began, Finished: ended, Held: ended.Add(time.Hour)}})
	require.True(t, h.Knows(File{Name: "mgc_20261121021500.trn", Modified: ended.Add(2 * time.Second)}))
	require.False(t, h.Knows(File{Name: "mgc_20261121021500.trn", Modified: began}))
	require.False(t, h.Knows(File{Name: "mgc_20261121021500.trn", Modified: ended.Add(time.Minute)}))
}
