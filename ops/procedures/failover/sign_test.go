package failover

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// lands lets backup 6 of the primary come to the share, changed as told.
func (e *estate) lands(change func(*chain.Header)) string {
	b := e.backup(6)
	h := e.secondary.files[share+`\`+b.Name]
	h.Server = `SQL01\RTC`
	change(&h)
	if base := chain.Base(h.File); base != b.Name {
		b.Name = base
	}
	e.secondary.files[h.File] = h
	e.folders.share = append(e.folders.share, b)
	return b.Name
}

// A primary that ships log while it is silent lives. What may have been under way
// when it died says nothing, or is said.
func TestABackupThatIsBegunInTheSilenceIsNoDeadServers(t *testing.T) {
	compared := func(ahead time.Duration) func(*status.Node) {
		return func(n *status.Node) {
			n.Steady, n.Answered = true, disaster.Add(-2*time.Minute)
			n.Facts.ServerName, n.Facts.ServerTime = `SQL01\RTC`, n.Answered.Add(ahead)
		}
	}
	begun := func(d time.Duration) func(*chain.Header) {
		return func(h *chain.Header) { h.Started = disaster.Add(d) }
	}
	unknown := func(*status.Node) {}
	renamed := func(name string) func(*chain.Header) {
		return func(h *chain.Header) { h.File = share + `\` + name }
	}
	for name, c := range map[string]struct {
		node  func(*status.Node)
		lands func(*chain.Header)
		late  bool // only after a first look
		says  string
	}{
		"begun in the silence":                        {compared(0), begun(-30 * time.Second), false, "it began "},
		"begun in the silence, its clock is ahead":    {compared(time.Hour), begun(time.Hour - 30*time.Second), false, "it began "},
		"begun before, its clock is ahead":            {compared(time.Hour), begun(time.Hour - 90*time.Second), true, ""},
		"begun before, and landed late":               {compared(0), begun(-90 * time.Second), true, ""},
		"begun as it died":                            {compared(0), begun(-55 * time.Second), true, ""},
		"its clock was set":                           {func(n *status.Node) { compared(0)(n); n.Unsteady = true }, begun(-30 * time.Second), false, ""},
		"begun in the silence, by another server":     {compared(0), func(h *chain.Header) { begun(-30 * time.Second)(h); h.Server = `SQL07\RTC` }, true, ""},
		"never finished":                              {compared(0), func(h *chain.Header) { begun(-30 * time.Second)(h); h.Incomplete = true }, true, ""},
		"of another database":                         {unknown, func(h *chain.Header) { h.Database = "other" }, true, ""},
		"it came in the silence, by an unknown clock": {unknown, begun(-time.Hour), true, "a copy that was under way may land late, too"},
		"it lay there at the first look":              {unknown, begun(time.Hour), false, ""},
		"an older one is put back":                    {unknown, func(h *chain.Header) { h.First, h.Last = number(0), number(1) }, true, ""},
		"a tail that somebody carried over":           {unknown, renamed("mgc_tail.trn"), true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t)
			e.Life = func(ctx context.Context, r site.Role) (status.Node, bool) {
				n, ok := e.probed(ctx, r)
				if r == site.Primary {
					n.Silent = n.Life.Since
					c.node(&n)
				}
				return n, ok
			}
			if c.late {
				require.NotContains(t, unmet(e.plan(t, "F1")), "no live primary", "nothing speaks against it yet")
			}
			file := e.lands(c.lands)
			for _, id := range []string{"F4b", "F1"} {
				g, stops := unmet(e.plan(t, id))["no live primary"]
				require.Equal(t, c.says != "", stops, id)
				if stops {
					require.Contains(t, g.Seen, `SQL01\RTC: not known whether it lives`)
					require.Contains(t, g.Seen, file)
					require.Contains(t, g.Seen, c.says)
					require.Contains(t, g.Override, "live", "a phrase passes it")
				}
			}
		})
	}
}
