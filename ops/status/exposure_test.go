package status

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
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
			s.Share.Newest, s.Share.Log = "mgc_20261121023000.trn", shipping("mgc_20261121023000.trn", now.Add(-30*time.Minute))
		}, 1800, "mgc_20261121023000.trn", "on the share"},
		"no header of the share could be read": {func(s *Snapshot) { s.Share.Newest, s.Share.Log = "", nil }, 900, "mgc_20261121024500.trn", "told by SQL01"},
		"a name out of the future that was copied": {func(s *Snapshot) {
			unlisted(s)
			received(s).LastCopiedFile = "mgc_20261225000000.trn"
		}, 900, "mgc_20261121024500.trn", "told by SQL01"},
		"told by the primary": {func(s *Snapshot) {
			unlisted(s)
			received(s).LastCopiedFile = before
		}, 900, "mgc_20261121024500.trn", `told by SQL01\RTC 2s ago`},
		"the share and the copies of it were read": {func(s *Snapshot) {
			stocked(s)
			silence(s, site.Primary, site.Mirror)
		}, 778, "mgc_20261121024500.trn", "on the share"}, // a dead primary takes no chat
		"the share has more than can be brought into the database": {func(s *Snapshot) {
			stocked(s).Share.Stock.Log = shipping(before, now.Add(-30*time.Minute))
			s.Share.Stock.Doubts = []Doubt{{What: lastBackup, Why: "unread: access denied"}}
		}, 1800, chain.Base(before), "not counted: " + lastBackup + ": unread: access denied"},
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
		}, 900, "mgc_20261121024500.trn", "only copied backups count"},
		"a clock that is a minute ahead counts as right": {func(s *Snapshot) {
			received(s).LastCopied = now
			s.Share.Log = shipping("mgc_20261121024500.trn", now.Add(time.Minute))
		}, 0, "mgc_20261121024500.trn", "by the clock of"},
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

// Nobody decides about a loss while a primary lives, and it does not grow once
// none does.
func TestALossIsBoundedByWhenThePrimaryLastLived(t *testing.T) {
	s := healthy()
	require.False(t, Measure(s, litware(), now).Loss, "a healthy site has nothing to decide")
	silence(stocked(s), site.Primary, site.Mirror)
	first := Measure(s, litware(), now)
	require.True(t, first.Loss)
	require.Contains(t, first.Why, "was last seen alive")
	later := Measure(s, litware(), now.Add(time.Hour))
	require.LessOrEqual(t, later.Seconds, first.Seconds)

	for i := range s.Nodes { // a console that never saw it alive
		if r := s.Nodes[i].Role; r == site.Primary || r == site.Mirror {
			s.Nodes[i].Facts, s.Nodes[i].Answered, s.Nodes[i].Life = Facts{}, time.Time{}, Life{}
		}
	}
	s.Share.Every, s.Share.Stock.Answered = 15*time.Minute, now.Add(3*time.Hour)
	never := Measure(s, litware(), now)
	require.True(t, never.Loss)
	require.LessOrEqual(t, never.Seconds, 900.0, "its next backup was due")
	require.Contains(t, never.Why, "next backup was due")
	overdue := Measure(s, litware(), now.Add(3*time.Hour))
	require.Greater(t, overdue.Seconds, (3 * time.Hour).Seconds(), "its Agent may have stood")
	require.Contains(t, overdue.Why, "15m 00s if its log backups came on time until it died, which nobody saw")

	s.Share.Every, s.Share.Stock.Answered = 0, now.Add(time.Hour) // and nobody knows when it backs up
	estate := litware()
	estate.Shipping.Declared = false
	open := Measure(s, estate, now.Add(time.Hour))
	require.Contains(t, open.Why, "this moment", "it may live")
	for _, r := range []site.Role{site.Primary, site.Mirror} {
		s.Node(r).Life = Life{Verdict: Dead, Since: now}
	}
	require.InDelta(t, 900, Measure(s, estate, now).Seconds, 1)
	dead := Measure(s, estate, now.Add(time.Hour))
	require.InDelta(t, 900, dead.Seconds, 1, "a dead primary takes no chat")
	require.Contains(t, dead.Why, "fell silent")
	s.Node(site.Mirror).Life = Life{Verdict: LifeUnknown, Since: now}
	require.Greater(t, Measure(s, estate, now.Add(time.Hour)).Seconds, 4000.0, "the mirror may take chat")
}

func TestExposureIsNotGuessed(t *testing.T) {
	for why, change := range map[string]func(*Snapshot){
		"have not been looked at":             func(*Snapshot) {},
		"cannot be seen":                      func(s *Snapshot) { s.Share.Err = &fault.Error{Class: fault.Access} },
		"12 headers are not read yet":         func(s *Snapshot) { s.Share.Stock = Stock{Why: "12 headers are not read yet", Answered: now} },
		"copy folder have not been looked at": func(s *Snapshot) { stocked(s).Share.Stock.Answered = now.Add(-time.Hour) },
	} {
		s := healthy()
		silence(s, site.Primary, site.Mirror)
		change(s)
		got := Measure(s, litware(), now)
		require.False(t, got.Known, why)
		require.True(t, got.Loss)
		require.Contains(t, got.Why, why)
	}
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
