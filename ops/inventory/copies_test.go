package inventory

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
)

func TestWhatOfTheShareIsCopied(t *testing.T) {
	next := log(300, 400)
	denied := &fault.Error{Class: fault.Access, Text: "denied"}
	refused := func(w *world, p Place) *world {
		w.readings[p]["mgc_3.trn"] = Reading{Err: denied}
		return w
	}
	unread := func(w *world, p Place) *world {
		delete(w.readings[p], "mgc_3.trn")
		return w
	}
	both := func() *world { return newWorld().on(Share, "mgc_3.trn", next).on(Folder, "mgc_3.trn", next) }
	for name, c := range map[string]struct {
		world *world
		want  bool
	}{
		"not there":                              {newWorld().on(Share, "mgc_3.trn", next), false},
		"under its name":                         {both(), true},
		"under another name":                     {newWorld().on(Share, "mgc_3.trn", next).on(Folder, "tail.trn", next), true},
		"another backup under its name":          {newWorld().on(Share, "mgc_3.trn", next).on(Folder, "mgc_3.trn", log(200, 300)), false},
		"cut short":                              {both().sized(Folder, "mgc_3.trn", 50), false},
		"one of two sets":                        {newWorld().on(Share, "mgc_3.trn", next, log(400, 500)).on(Folder, "mgc_3.trn", next), false},
		"damaged":                                {newWorld().on(Share, "mgc_3.trn", next).on(Folder, "mgc_3.trn", with(next, func(h *chain.Header) { h.Damaged = true })), false},
		"no backup at all":                       {newWorld().on(Share, "mgc_3.trn", next).bad(Folder, "mgc_3.trn", "no backup"), false},
		"a copy that nobody has read":            {unread(both(), Folder), true},
		"that, of another length":                {unread(both(), Folder).sized(Folder, "mgc_3.trn", 50), false},
		"a copy that nobody may read":            {refused(both(), Folder), true},
		"a file of the share that nobody has":    {unread(both(), Share), true},
		"one that nobody may read":               {refused(both(), Share), true},
		"one that nobody may read, not the same": {refused(both(), Share).sized(Share, "mgc_3.trn", 50), false},
	} {
		require.Equal(t, c.want, c.world.Copies()(c.world.Share.Files[0]), name)
	}
}
