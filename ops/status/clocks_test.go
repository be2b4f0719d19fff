package status

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/site"
)

// clocked is a site that died two minutes ago, whose primary had taken its last
// backup thirteen minutes before. Its clocks are ahead of the true time.
func clocked(primary, secondary, console time.Duration) (*Snapshot, time.Time) {
	s := healthy()
	silence(s, site.Primary, site.Mirror)
	for i := range s.Nodes {
		n := &s.Nodes[i]
		wrong := map[site.Role]time.Duration{site.Primary: primary, site.Mirror: primary}[n.Role]
		if n.Role == site.Secondary {
			wrong = secondary
		}
		n.Facts.ServerTime = n.Answered.Add(wrong)
		n.Answered = n.Answered.Add(console)
		if !n.Life.Since.IsZero() {
			n.Life.Since = n.Life.Since.Add(console)
		}
	}
	taken := now.Add(primary - 15*time.Minute)
	name := `\\FS01\LogShip\` + taken.Format("mgc_20060102150405.trn")
	s.Share.Newest, s.Share.Log = name, shipping(name, taken)
	shipped(s).LastBackupFile, received(s).LastCopiedFile = name, name
	s.Share.Answered = s.Share.Answered.Add(console)
	shipped(s).LastBackup = now.Add(primary - 15*time.Minute)
	received(s).LastCopied = now.Add(secondary - 13*time.Minute)
	return stocked(s), now.Add(console)
}

func TestNoWrongClockChangesWhatIsLost(t *testing.T) {
	right, _ := clocked(0, 0, 0)
	want := Measure(right, litware(), now)
	require.True(t, want.Loss)
	require.NotContains(t, want.Why, "clock")
	const hour = time.Hour + 2*time.Minute
	for name, c := range map[string]struct{ primary, secondary, console time.Duration }{
		"the primary's is ahead": {primary: hour}, "the primary's is behind": {primary: -hour},
		"the secondary's is ahead": {secondary: hour}, "the secondary's is behind": {secondary: -hour},
		"the console's is ahead": {console: hour}, "the console's is behind": {console: -hour},
		"all are wrong": {hour, -2 * hour, 50 * hour},
	} {
		t.Run(name, func(t *testing.T) {
			s, at := clocked(c.primary, c.secondary, c.console)
			got := Measure(s, litware(), at)
			require.True(t, got.Known)
			require.InDelta(t, want.Seconds, got.Seconds, 1)
			require.Equal(t, c.primary != c.secondary, strings.Contains(got.Why, "which is allowed for"), got.Why)
		})
	}
}

// A console that never saw the primary alive cannot compare its clock. The
// monitor tables of the secondary show one that is ahead.
func TestAClockThatNobodyComparedMakesNoLossSmaller(t *testing.T) {
	dead := func(wrong time.Duration) Exposure {
		s, at := clocked(wrong, 0, 0)
		for _, r := range []site.Role{site.Primary, site.Mirror} {
			n := s.Node(r)
			n.Facts, n.Answered, n.Life = Facts{}, time.Time{}, Life{}
		}
		return Measure(s, litware(), at)
	}
	require.Contains(t, dead(0).Why, `by the clock of SQL01\RTC, which nobody has compared`)
	right := dead(0).Seconds
	for _, wrong := range []time.Duration{5 * time.Minute, time.Hour, 30 * 24 * time.Hour} {
		got := dead(wrong)
		require.True(t, !got.Known || got.Seconds >= right, "%s ahead: %v", wrong, got)
		require.Contains(t, got.Why, "nobody knows how much")
	}
	require.GreaterOrEqual(t, dead(-time.Hour).Seconds, right)
}

func TestClocksThatDoNotRunAlikeAreNotCompared(t *testing.T) {
	s, at := clocked(time.Hour, 0, 0)
	s.Node(site.Primary).Unsteady = true // it was set when it last answered
	require.Contains(t, Measure(s, litware(), at).Why, "nobody")
}

// What a server wrote down is judged by its own clock, and a wrong one brings no
// finding that a right one would not.
func TestAWrongClockBringsNoFinding(t *testing.T) {
	for _, wrong := range []time.Duration{0, time.Hour, -time.Hour, 50 * time.Hour} {
		s, at := clocked(wrong, 0, 0)
		alive := healthy()
		for i := range s.Nodes {
			was := s.Nodes[i]
			s.Nodes[i] = alive.Nodes[i]
			s.Nodes[i].Facts.ServerTime = s.Nodes[i].Answered.Add(was.Facts.ServerTime.Sub(was.Answered))
		}
		p := primary(s).Facts.Primary
		p.LastBackupFile, p.LastBackup = s.Share.Newest, now.Add(wrong-15*time.Minute)
		p.BackupJob.LastRun = now.Add(wrong - 15*time.Minute)
		received(s).LastCopiedFile, received(s).LastRestoredFile = s.Share.Newest, `E:\LogShip\older.trn`
		received(s).Latency = 15 * time.Minute
		told := []string{"clock-wrong", "clock-wrong"}
		if wrong == 0 {
			told = []string{}
		}
		require.Equal(t, told, codes(Diagnose(s, litware(), at)), wrong)
		p.BackupAge = time.Hour + wrong.Abs()
		found := Diagnose(s, litware(), at)
		require.Equal(t, append(told, "backup-without-file"), codes(found), wrong)
		require.Contains(t, found[len(told)].Why, "reported success 15m 0s ago")
	}
}

// An age goes by the clock of the server that noted it. Where that has been set
// since, nothing is late by it.
func TestAnAgeThatAClockMayHaveMadeIsNoFinding(t *testing.T) {
	timed := func(s *Snapshot, role site.Role, wrong time.Duration) {
		for i := range s.Nodes {
			s.Nodes[i].Facts.ServerTime = s.Nodes[i].Answered
		}
		n := s.Node(role)
		n.Facts.ServerTime = n.Answered.Add(wrong)
	}
	for name, c := range map[string]struct {
		change func(*Snapshot)
		want   []string
		why    string
	}{
		"a backup of a time to come": {func(s *Snapshot) {
			timed(s, site.Primary, 0)
			shipped(s).BackupAge, shipped(s).LastBackup = -1, now.Add(time.Hour)
		}, []string{"clock-wrong"}, `by its own clock SQL01\RTC wrote its last log backup 1h 0m from now`},
		"a backup of the next second": {func(s *Snapshot) {
			timed(s, site.Primary, 0)
			shipped(s).BackupAge, shipped(s).LastBackup = -1, now.Add(-poll+time.Second)
		}, []string{}, ""},
		"a clock put forward since the backup": {func(s *Snapshot) {
			timed(s, site.Primary, time.Hour)
			shipped(s).BackupAge = time.Hour
		}, []string{"clock-wrong"}, `the clock of SQL01\RTC is 1h 0m ahead of those of most other servers`},
		"a backup that is late whatever the clock was": {func(s *Snapshot) {
			timed(s, site.Primary, time.Hour)
			shipped(s).BackupAge, shipped(s).BackupJob.LastRun = 2*time.Hour, now.Add(-time.Hour)
		}, []string{"clock-wrong", "no-backup"}, ""},
		"copies and restores of a time to come": {func(s *Snapshot) {
			timed(s, site.Secondary, 0)
			received(s).CopyAge, received(s).LastCopied = -1, now.Add(2*time.Hour)
			received(s).RestoreAge, received(s).LastRestored = -1, now.Add(2*time.Hour)
		}, []string{"clock-wrong"}, `SQL11\RTC copied its last backup 2h 0m from now`},
		"a restore of before the backup was taken": {func(s *Snapshot) {
			timed(s, site.Secondary, 0)
			s.Share.Log = append(shipping(before, now.Add(-30*time.Minute)), s.Share.Log...)
			received(s).RestoreAge, received(s).LastRestored = 88*time.Minute, now.Add(-88*time.Minute)
		}, []string{"clock-wrong"}, `restored its last backup 1h 28m ago, which is 58m 0s before that was taken`},
		"clocks that do not run alike": {func(s *Snapshot) {
			timed(s, site.Secondary, time.Hour)
			s.Node(site.Secondary).Unsteady = true
		}, []string{}, ""},
		"the job is due and did not run": {func(s *Snapshot) {
			timed(s, site.Primary, 0)
			p := shipped(s)
			p.BackupAge, p.BackupJob.LastRun = time.Hour, now.Add(-time.Hour)
			p.BackupJob.Schedule = Schedule{Enabled: true, Every: 15 * time.Minute}
			s.Node(site.Mirror).Facts.Primary.BackupJob.Schedule = p.BackupJob.Schedule
		}, []string{"no-backup"}, "it has not run since, or the clock was put forward"},
	} {
		t.Run(name, func(t *testing.T) {
			s := healthy()
			c.change(s)
			found := Diagnose(s, litware(), now)
			require.Equal(t, c.want, codes(found), found)
			if c.why != "" {
				require.Contains(t, found[0].Why, c.why)
			}
		})
	}
}
