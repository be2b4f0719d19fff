package shipping

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// shy is a server whose status lacks something.
type shy struct {
	procedures.Instance
	change func(*status.Facts)
}

// Facts is part of procedures.Instance.
func (s shy) Facts(ctx context.Context) (status.Facts, error) {
	f, err := s.Instance.Facts(ctx)
	s.change(&f)
	return f, err
}

// forgetful is a server that does not tell the fork of its database.
type forgetful struct{ procedures.ShippingServer }

// LogTaken is part of procedures.ShippingServer.
func (f forgetful) LogTaken(ctx context.Context, database string, since chain.LSN) (procedures.LogTaken, error) {
	l, err := f.ShippingServer.LogTaken(ctx, database, since)
	l.Fork = ""
	return l, err
}

// deaf is a mirror whose history cannot be read.
type deaf struct{ procedures.ShippingServer }

// LogTaken is part of procedures.ShippingServer.
func (deaf) LogTaken(context.Context, string, chain.LSN) (procedures.LogTaken, error) {
	return procedures.LogTaken{}, errors.New("no right")
}

// What a server does not tell is not taken for a copy that does not fit: the
// phrase says that it may be the one that is wanted.
func TestACopyThatMayFitIsNotOverwrittenAsOneThatDoesNot(t *testing.T) {
	t.Parallel()
	tells := func(change func(*status.Facts)) func(*rig) {
		return func(r *rig) { r.SQL[site.Secondary] = shy{r.SQL[site.Secondary], change} }
	}
	for name, c := range map[string]struct {
		change func(*rig)
		says   string
	}{
		"the fork":      {tells(func(f *status.Facts) { f.Database.RedoFork = "" }), `mgc on SQL11\RTC does not tell which recovery fork it is on`},
		"how far it is": {tells(func(f *status.Facts) { f.Database.RedoLSN = chain.LSN{} }), "does not tell how far it is restored"},
		"the primary's fork": {func(r *rig) {
			r.Shipping[site.Primary] = forgetful{r.Shipping[site.Primary]}
		}, `SQL01\RTC does not tell which recovery fork mgc is on`},
		"what the mirror took": {func(r *rig) {
			r.sql("primary", `BACKUP LOG mgc TO DISK = 'C:\Backup\nightly.trn'`)
			r.Shipping[site.Mirror] = deaf{r.Shipping[site.Mirror]}
		}, `which log backups SQL02\RTC took is not known (no right)`},
	} {
		t.Run("untold is "+name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, "ship-primary")
			r.ship(setUp...)
			c.change(r)
			p := r.proof("P13b")
			require.False(t, p.Holds)
			require.Contains(t, p.Says, c.says)
			require.Contains(t, p.Says, "whether the next log backup fits is not known")
			g := r.unmet("P13b")["nothing is overwritten"]
			require.Contains(t, g.Seen, c.says)
			require.True(t, strings.HasPrefix(g.Override, `replace the RESTORING mgc on SQL11\RTC, fork `), g.Override)
			require.True(t, strings.HasSuffix(g.Override, ", which may be the copy that is wanted"), g.Override)
			require.Contains(t, r.plan("P13b").Loss, c.says)
		})
	}
}
