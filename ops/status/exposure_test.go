package status

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

func TestExposureIsTheAgeOfTheNewestBackupOnTheShare(t *testing.T) {
	unlisted := func(s *Snapshot) { s.Share = Share{} }
	for name, c := range map[string]struct {
		change  func(*Snapshot)
		seconds float64
		since   string
		why     string
	}{
		"listed": {func(*Snapshot) {}, 900, "mgc_20261121024500.trn", "on the share"},
		"a listing counts for more than what a server remembers": {func(s *Snapshot) {
			s.Share.Newest, s.Share.NewestTime = "mgc_20261121023000.trn", now.Add(-30*time.Minute)
		}, 1800, "mgc_20261121023000.trn", "on the share"},
		"listed without a time of its own": {func(s *Snapshot) { s.Share.NewestTime = time.Time{} }, 900, "mgc_20261121024500.trn", "on the share"},
		"told by the primary": {func(s *Snapshot) {
			unlisted(s)
			received(s).LastCopiedFile = before
		}, 900, "mgc_20261121024500.trn", `told by SQL01\RTC 2s ago`},
		"told by the primary before it went silent": {func(s *Snapshot) {
			unlisted(s)
			received(s).LastCopiedFile = before
			silence(s, site.Primary, site.Mirror)
		}, 900, "mgc_20261121024500.trn", `told by SQL01\RTC 2m 2s ago`},
		"told by the mirror that took over": {func(s *Snapshot) {
			unlisted(s)
			p := s.Node(site.Mirror).Facts.Primary
			p.LastBackupFile, p.LastBackup = "mgc_20261121025000.trn", now.Add(-10*time.Minute)
		}, 600, "mgc_20261121025000.trn", `SQL02\RTC`},
		"proved by what was copied": {func(s *Snapshot) {
			unlisted(s)
			primary(s).Facts.Primary = nil
		}, 900, "mgc_20261121024500.trn", `copied, told by SQL11\RTC`},
		"the share is down now": {func(s *Snapshot) {
			s.Share.Err = &fault.Error{Class: fault.Access}
			received(s).LastCopiedFile = before
		}, 900, "mgc_20261121024500.trn", "only copied backups count (the newest is 30m 0s old)"},
		"a clock ahead of ours": {func(s *Snapshot) { s.Share.NewestTime = now.Add(time.Minute) }, 0, "mgc_20261121024500.trn", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := healthy()
			c.change(s)
			got := Measure(s, litware(), now)
			require.True(t, got.Known)
			require.InDelta(t, c.seconds, got.Seconds, 0.001)
			require.Equal(t, c.since, got.Since)
			require.Contains(t, got.Why, c.why)
		})
	}
}

func TestExposureIsNotGuessed(t *testing.T) {
	got := Measure(&Snapshot{}, litware(), now)
	require.False(t, got.Known)
	require.Contains(t, got.Why, "no server")
	got = Measure(failedOver(), litware(), now)
	require.False(t, got.Known)
	require.Contains(t, got.Why, "nothing left to fail over")
}

func TestAgesAreSaidInTwoUnits(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0s", 1400 * time.Millisecond: "1s", 134 * time.Second: "2m 14s",
		3*time.Hour + 59*time.Second: "3h 0m", 50 * time.Hour: "2d 2h",
	} {
		require.Equal(t, want, age(d))
	}
}

func TestTheConsolesClockMayBeWrong(t *testing.T) {
	s := healthy()
	for i := range s.Nodes {
		s.Nodes[i].Facts.ServerTime = now.Add(-poll) // the servers' clocks are right
		s.Nodes[i].Answered = s.Nodes[i].Answered.Add(3 * time.Hour)
	}
	s.Share.Answered, s.Pool.Answered = s.Share.Answered.Add(3*time.Hour), s.Pool.Answered.Add(3*time.Hour)
	shipped(s).BackupAge = time.Hour
	consoles := now.Add(3 * time.Hour)
	require.InDelta(t, 900, Measure(s, litware(), consoles).Seconds, 0.001)
	found := Diagnose(s, litware(), consoles)
	require.Equal(t, []string{"backup-without-file"}, codes(found))
	require.Contains(t, found[0].Why, "reported success 15m 0s ago")
}
