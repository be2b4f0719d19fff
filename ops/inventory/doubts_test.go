package inventory

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
)

// Nothing on record knows whether a file that holds another backup ever held its own:
// that is said, where it would be missed, and decides nothing.
func TestAFileThatHoldsWhatItsNameDoesNotStandForIsSaid(t *testing.T) {
	full := with(shipped(100), func(h *chain.Header) { h.Type = 1 })
	foreign := with(shipped(430), func(h *chain.Header) { h.Database, h.Family = "erp", other })
	// The log up to 400 is applied, what is of 415 waits.
	start := func() *world {
		w := newWorld()
		w.Folder.Files, w.Applied = nil, nil
		for n := 355; n <= 400; n += 15 {
			w.on(Folder, named(n), shipped(n))
			w.Applied = append(w.Applied, with(shipped(n), at(folder+`\`+named(n))))
		}
		w.At.LSN = lsn(400)
		return w.on(Share, named(415), shipped(415))
	}
	told := func(w *world) *world {
		w.Told = []Told{{Name: named(430), By: "the monitor"}}
		return w
	}
	copied := start().on(Folder, named(415), shipped(415))
	ahead := start()
	for i := range ahead.Applied { // the clock of the primary's site
		ahead.Applied[i].Started, ahead.Applied[i].Finished = ahead.Applied[i].Started.Add(2*time.Hour), ahead.Applied[i].Finished.Add(2*time.Hour)
	}
	east := func(n int) chain.Header {
		return with(shipped(n), func(h *chain.Header) { h.Started, h.Finished = h.Started.Add(2*time.Hour), h.Finished.Add(2*time.Hour) })
	}
	ahead.Folder.Files, ahead.Share.Files = nil, nil
	for n := 355; n <= 415; n += 15 {
		ahead.on(Share, named(n), east(n))
	}
	for name, c := range map[string]struct {
		world *world
		want  []string
	}{
		"the next one's":                       {start().on(Share, named(430), shipped(415)), []string{named(430) + " holds the same backup as " + named(415)}},
		"one that was applied":                 {start().on(Share, named(430), shipped(370)), []string{named(430) + " holds the same backup as " + named(370)}},
		"in the copy folder":                   {start().on(Folder, named(430), shipped(370)), []string{named(430) + " holds the same backup as " + named(370)}},
		"another database's":                   {start().on(Share, named(430), foreign), []string{named(430) + " holds a backup of erp"}},
		"a full backup":                        {start().on(Share, named(430), full), []string{named(430) + " holds a backup that is none of the log"}},
		"one that lies nowhere else":           {start().on(Share, named(430), shipped(107)), []string{named(430) + " holds another backup"}},
		"once, though it lies in both":         {start().on(Share, named(430), shipped(370)).on(Folder, named(430), shipped(370)), []string{named(430) + " holds the same backup as " + named(370)}},
		"where the primary is in another zone": {ahead.on(Share, named(430), east(415)), []string{named(430) + " holds the same backup as " + named(415)}},
		"two of them": {start().on(Share, named(430), foreign).on(Share, named(445), foreign), []string{
			named(430) + " holds a backup of erp", named(445) + " holds a backup of erp",
		}},
		"behind a hole": {start().on(Share, named(430), shipped(445)).on(Share, named(445), shipped(445)), []string{named(430) + " holds the same backup as " + named(445)}},

		"nothing is amiss":                     {start().on(Share, named(430), shipped(430)), nil},
		"its own lies in the copy folder":      {start().on(Share, named(430), shipped(415)).on(Folder, named(430), shipped(430)), nil},
		"its own lies under another name":      {start().on(Share, named(430), shipped(415)).on(Folder, "kept.trn", shipped(430)), nil},
		"the two have changed their names":     {start().on(Share, named(430), shipped(445)).on(Share, named(445), shipped(430)), nil},
		"it is missed already":                 {told(start().on(Share, named(430), shipped(415))), nil},
		"its copy cannot be read":              {start().on(Share, named(430), shipped(415)).bad(Folder, named(430), "3241"), nil},
		"the log of that time is there":        {copied.on(Share, named(400), shipped(370)), nil},
		"the log of a name nobody has is":      {start().on(Share, named(407), shipped(370)), nil},
		"a copy by hand, under no such name":   {start().on(Share, "mgc_tail.trn", shipped(415)), nil},
		"another database with a longer name":  {start().on(Share, "mgc_x_"+named(430)[4:], foreign), nil},
		"a second set beside its own":          {start().on(Share, named(430), shipped(430), full), nil},
		"nobody has looked at it":              {start().on(Share, named(430)), nil},
		"nobody can read it, nor knows of one": {start().bad(Share, named(430), "3241"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			inv := Take(c.world.Observed)
			require.Equal(t, c.want, inv.Doubts)
			require.Len(t, inv.Doubted(3), len(c.want))
		})
	}
}

func TestOfManyDoubtsAFewAreNamed(t *testing.T) {
	inv := &Inventory{}
	for n := range 9 {
		inv.Doubts = append(inv.Doubts, fmt.Sprintf("mgc_%d.trn holds another backup", n))
	}
	says := inv.Doubted(3)
	require.Len(t, says, 4)
	require.Equal(t, "mgc_0.trn holds another backup: if it ever held one of its own, that is in no place that can be read, and lost", says[0])
	require.Equal(t, "6 more such files", says[3])
}

// A file that was written over a longer one keeps that one's length: the copy of what
// it holds now is whole all the same.
func TestACopyIsNotCutShortByALongerFileThatHoldsTheSame(t *testing.T) {
	w := newWorld().on(Share, "mgc_3.trn", log(300, 400)).on(Folder, "mgc_3.trn", log(300, 400)).on(Share, "mgc_4.trn", log(300, 400))
	w.Share.Files[1].Bytes = 140
	require.Equal(t, []string{"mgc_3.trn to apply!"}, kinds(Take(w.Observed)))
	copies := w.Copies()
	require.True(t, copies(w.Share.Files[0]) && copies(w.Share.Files[1]))
	w.Folder.Files[2].Bytes = 90
	require.False(t, w.Copies()(w.Share.Files[1]))
	require.Equal(t, []string{"mgc_3.trn to copy!"}, kinds(Take(w.Observed)), "as it is the whole of none")
}
