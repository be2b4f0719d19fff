package status

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// A server that ships log while it is silent is not dead, whoever cannot reach it.
func TestABackupThatWasBegunInTheSilenceTakesTheDeathBack(t *testing.T) {
	for name, c := range map[string]struct {
		begun   time.Duration // before now, by the console's clock
		change  func(*Node, *chain.Header)
		verdict Verdict
	}{
		"begun in the silence": {30 * time.Second, nil, LifeUnknown},
		"begun before it":      {3 * time.Minute, nil, Dead},
		"begun as it began":    {58 * time.Second, nil, Dead},
		"its clock runs in another zone": {30 * time.Second, func(n *Node, h *chain.Header) {
			n.Facts.Ahead = 2 * time.Hour
			h.Started = h.Started.Add(2 * time.Hour)
		}, LifeUnknown},
		"its clock is a day behind": {30 * time.Second, func(n *Node, h *chain.Header) {
			n.Facts.ServerTime = n.Facts.ServerTime.Add(-24 * time.Hour)
			h.Started = h.Started.Add(-24 * time.Hour)
		}, LifeUnknown},
		"nobody has compared its clock":   {30 * time.Second, func(n *Node, _ *chain.Header) { n.Steady = false }, Dead},
		"its clock did not run like ours": {30 * time.Second, func(n *Node, _ *chain.Header) { n.Unsteady = true }, Dead},
		"another server's":                {30 * time.Second, func(_ *Node, h *chain.Header) { h.Server = "SQL07" }, Dead},
		"never finished":                  {30 * time.Second, func(_ *Node, h *chain.Header) { h.Incomplete = true }, Dead},
	} {
		s := unheard(seenFor(fault.NoAnswer, time.Minute, 9), looked(seenFor(fault.NoAnswer, 3*time.Second, 1)))
		n := s.Node(site.Primary)
		n.Steady, n.Facts.ServerTime, n.Facts.Ahead, n.Facts.ServerName = true, n.Answered, 0, `SQL01\RTC`
		h := chain.Header{File: `\\FS01\LogShip\mgc_1.trn`, Server: `sql01\rtc`, Started: now.Add(-c.begun)}
		if c.change != nil {
			c.change(n, &h)
		}
		s.Share.Log = []chain.Header{h}
		l := LifeOf(s, n, watched(), now)
		require.Equal(t, c.verdict, l.Verdict, name)
		if c.verdict != Dead {
			require.Contains(t, l.Because[len(l.Because)-1], "the share: it began mgc_1.trn 30s ago, after it had fallen silent here")
			require.Contains(t, l.Lacks, "has shipped log since")
			require.False(t, l.Forming)
		}
	}
}
