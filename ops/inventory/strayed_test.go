package inventory

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
)

// A database that was brought online by hand and put back into RESTORING takes no log
// of the path that it has left: nothing is missing before that, and it is lost.
func TestLogOfThePathThatTheDatabaseItselfHasLeftIsNotBehindAGap(t *testing.T) {
	tail := with(log(300, 350), func(h *chain.Header) { h.Fork, h.ForkPoint = other, lsn(300) })
	start := func() *world {
		w := newWorld()
		w.At.LSN, w.At.Fork = lsn(350), other
		for i := range w.Applied {
			w.Applied[i].Fork, w.Applied[i].FirstFork = fork, fork
		}
		return w
	}
	for name, c := range map[string]struct {
		world *world
		want  []string
	}{
		"behind where it has come":    {start().on(Folder, "mgc_4.trn", log(400, 500)), []string{"mgc_4.trn of another recovery fork!"}},
		"on the share":                {start().on(Share, "mgc_4.trn", log(400, 500)), []string{"mgc_4.trn of another recovery fork!"}},
		"at the same LSN":             {start().on(Folder, "mgc_3.trn", log(300, 400)), []string{"mgc_3.trn of another recovery fork!"}},
		"before it, and of no use":    {start().on(Folder, "mgc_3.trn", log(300, 340)), []string{"mgc_3.trn of another recovery fork!"}},
		"beside the log of its own":   {start().on(Folder, "mgc_3.trn", log(300, 400)).on(Folder, "x.trn", tail), []string{"mgc_3.trn of another recovery fork!"}},
		"what it had restored before": {start().on(Folder, "x.trn", tail), nil},
		"its own log goes on": {
			start().on(Folder, "y.trn", with(log(350, 400), func(h *chain.Header) { h.Fork, h.FirstFork = other, other })), []string{"y.trn to apply!"},
		},
	} {
		inv := Take(c.world.Observed)
		require.Equal(t, c.want, kinds(inv), name)
		require.Nil(t, inv.Gap, name)
		for _, b := range inv.Of(OtherFork) {
			require.True(t, b.Strayed && !b.Stranded, name)
		}
	}
}
