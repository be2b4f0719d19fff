package failover

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// historian is a primary that tells which log backups it has taken.
type historian struct {
	procedures.ShippingServer
	log procedures.LogTaken
	err error
}

func (h historian) LogTaken(context.Context, string, chain.LSN) (procedures.LogTaken, error) {
	return h.log, h.err
}

func TestABackupThatOnlyThePrimaryKnowsOfIsPartOfTheLoss(t *testing.T) {
	e := newEstate(t)
	taken := chain.Header{File: `\\FS01\LogShip\mgc_tail.trn`, Position: 1, Type: 2, Database: "mgc", First: number(5), Last: number(6)}
	known := e.secondary.files[share+`\`+fileName(5)]
	h := historian{log: procedures.LogTaken{Backups: []chain.Header{known, taken}}}
	e.Shipping = map[site.Role]procedures.ShippingServer{site.Primary: h}
	look := status.Node{Address: `SQL01\RTC`}
	e.Seen = func(r site.Role) (status.Node, bool) { return look, r == site.Primary }
	require.NotContains(t, e.plan(t, "F4b").Lost, "mgc_tail.trn", "a server that does not answer is not asked")

	look.Reachable = true
	p := e.plan(t, "F4b")
	require.Contains(t, p.Lost, "mgc_tail.trn")
	require.Contains(t, p.Loss, `the backup history of SQL01\RTC`)
	require.Len(t, p.Lost, 3, "what is on the share is told once")

	h.err = &fault.Error{Class: fault.Timeout}
	e.Shipping[site.Primary] = h
	require.NotContains(t, e.plan(t, "F4b").Lost, "mgc_tail.trn")
}

// A failover that is refused because the primary lives may be begun again once it
// does not, and what it told is part of the loss by then.
func TestWhatAPrimaryToldBeforeItDiedIsPartOfTheLoss(t *testing.T) {
	byHand := func(file string) chain.Header {
		return chain.Header{
			File: file, Position: 1, Type: 2, Database: "mgc", First: number(5), Last: number(6), SetGUID: "by hand",
			Server: `SQL01\RTC`, Started: disaster, Finished: disaster,
		}
	}
	for name, c := range map[string]struct{ file, share string }{
		"a tail on the share":            {share + `\tail.trn`, "tail.trn"},
		"a backup on the primary's disk": {`C:\Backup\tail.trn`, ""},
	} {
		e := newEstate(t)
		look := status.Node{Address: `SQL01\RTC`, Reachable: true}
		e.Seen = func(r site.Role) (status.Node, bool) { return look, r == site.Primary }
		taken := byHand(c.file)
		e.Shipping = map[site.Role]procedures.ShippingServer{site.Primary: historian{log: procedures.LogTaken{Backups: []chain.Header{taken}}}}
		if c.share != "" {
			e.secondary.files[c.file] = taken
			e.folders.share = append(e.folders.share, procedures.Backup{Name: c.share, Bytes: 1})
		}
		for _, f := range e.plan(t, "F1").Facts { // as the journal keeps them
			e.remembered[f.Name] = f.Value
		}

		look.Reachable, e.procedure = false, nil // another console, later
		e.folders.share = e.folders.share[:5]
		for _, id := range []string{"F1", "F2", "F3"} {
			_, err := e.run(t, id)
			require.NoError(t, err)
		}
		require.Equal(t, number(5), e.secondary.facts.Database.RedoLSN)
		require.False(t, e.proven(t, "F3").Holds, name)
		g := unmet(e.plan(t, "F3"))["every backup readable and whole"]
		require.Contains(t, g.Seen, "tail.trn: gone: known from an earlier look of this incident", name)
		require.Equal(t, "go on without tail.trn", g.Override)
		p := e.plan(t, "F4b")
		require.Contains(t, p.Lost, "tail.trn", name)
		require.Equal(t, "lose tail.trn", unmet(p)["no backup left behind"].Override, name)
	}
}
