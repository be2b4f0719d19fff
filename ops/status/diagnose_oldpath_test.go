package status

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// Log of the recovery path that was left is told of, or it is told that nobody
// knows: a share that is away does not make it go away.
func TestLogOfTheOldPathIsNotPassedOverInSilence(t *testing.T) {
	away := func(s *Snapshot) { s.Share.Err = &fault.Error{Class: fault.Unreachable} }
	back := func(s *Snapshot) {
		silence(s)
		p := s.Node(site.Primary)
		p.Reachable, p.Answered, p.Silent, p.Err, p.Life = true, now, time.Time{}, nil, Life{Verdict: Alive}
		p.Facts.Database = Database{Exists: true, State: "ONLINE", Family: family, Fork: "old"}
		p.Facts.Primary = shippingPrimary()
	}
	mgc9 := []chain.Header{{File: "mgc_9.trn", Server: `SQL01\RTC`, Finished: now}}
	for name, c := range map[string]struct {
		change func(*Snapshot)
		says   string // "": nothing
	}{
		"nothing of it is there":                  {func(*Snapshot) {}, ""},
		"on the share":                            {func(s *Snapshot) { s.Share.OldPath = mgc9 }, "up to " + now.Format("2006-01-02 15:04:05") + ` by the clock of SQL01\RTC`},
		"seen before the share went away":         {func(s *Snapshot) { s.Share.OldPath = mgc9; away(s) }, "mgc_9.trn"},
		"the share is away":                       {away, "is not known"},
		"headers on it cannot be read":            {func(s *Snapshot) { s.Share.Unread = 4 }, "4 with names of mgc on the share cannot be read"},
		"the share is away, and the old one back": {func(s *Snapshot) { away(s); back(s) }, `SQL01\RTC takes log of the recovery path`},
	} {
		t.Run(name, func(t *testing.T) {
			s := failedOver()
			s.Node(site.Secondary).Facts.Database.Fork = "new"
			c.change(s)
			says := ""
			for _, f := range Diagnose(s, litware(), now) {
				if f.Code == "old-path-backups" {
					says += f.Why
				}
			}
			if c.says == "" {
				require.Empty(t, says)
				return
			}
			require.Contains(t, says, c.says)
		})
	}
	s := healthy()
	away(s)
	require.NotContains(t, codes(Diagnose(s, litware(), now)), "old-path-backups", "nothing was recovered yet")
}
