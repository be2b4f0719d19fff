package status

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/site"
)

// A backup that somebody gave the name of one that was restored long ago accuses no
// clock, and hides none that waits.
func TestABackupUnderAnothersNameAccusesNoClock(t *testing.T) {
	const zone = -5 * time.Hour
	named := func(ago time.Duration) string { return now.Add(-ago).Format("mgc_20060102150405.trn") }
	log := func(name string, ago time.Duration) chain.Header {
		at := now.Add(zone - ago)
		return chain.Header{File: `\\FS01\LogShip\` + name, Type: 2, Database: "mgc", Server: `SQL01\RTC`, SetGUID: fmt.Sprint(ago), Started: at, Finished: at.Add(2 * time.Second)}
	}
	for _, seen := range []bool{true, false} { // whether anybody has compared the primary's clock
		s := healthy()
		silence(s, site.Primary, site.Mirror)
		for _, r := range []site.Role{site.Primary, site.Mirror} {
			n := s.Node(r)
			n.Facts.Ahead = zone
			if !seen {
				n.Facts, n.Answered, n.Life = Facts{}, time.Time{}, Life{}
			}
		}
		restored := named(75 * time.Minute)
		s.Share.Log = nil
		for ago := 120 * time.Minute; ago > 15*time.Minute; ago -= 15 * time.Minute {
			if ago != 75*time.Minute {
				s.Share.Log = append(s.Share.Log, log(named(ago), ago))
			}
		}
		s.Share.Log = append(s.Share.Log, log(restored, 15*time.Minute))
		s.Share.Newest = restored
		to := received(s)
		to.LastCopiedFile, to.LastCopied, to.CopyAge = `E:\LogShip\`+restored, now.Add(-73*time.Minute), 73*time.Minute-poll
		to.LastRestoredFile, to.LastRestored, to.RestoreAge, to.Latency = to.LastCopiedFile, now.Add(-72*time.Minute), 72*time.Minute-poll, 3*time.Minute
		stocked(s)

		found := codes(Diagnose(s, litware(), now))
		require.NotContains(t, found, "clock-wrong")
		require.Contains(t, found, "no-copy")
		require.Contains(t, found, "secondary-behind")
		got := Measure(s, litware(), now)
		require.True(t, got.Known, got.Why)
		require.NotContains(t, got.Why, "differ")
	}
}
