package status

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// ledByItsMirror is a site that was failed over and whose secondary is the mirror now.
func ledByItsMirror() *Snapshot {
	s := failedOver()
	sec, m := s.Node(site.Secondary), s.Node(site.SecondaryMirror)
	*m = *sec
	m.Role, m.Address = site.SecondaryMirror, `SQL12\RTC`
	m.Facts.Mirroring = Mirroring{Configured: true, Session: "s", Role: "PRINCIPAL", State: "SYNCHRONIZED", Partner: "TCP://sql11:5022"}
	sec.Facts.Mirroring = Mirroring{Configured: true, Session: "S", Role: "MIRROR", State: "SYNCHRONIZED", Partner: "TCP://sql12:5022"}
	sec.Facts.Database = Database{Exists: true, State: "RESTORING"}
	return s
}

// While the secondary's mirror serves the database, or may, nobody is told to fail over,
// and nothing is said to be lost.
func TestTheMirrorOfTheSecondaryInItsPlace(t *testing.T) {
	for name, c := range map[string]struct {
		change    func(*Snapshot)
		code, why string
		do, never string
		unknown   bool // whether something is lost
	}{
		"it took over": {func(*Snapshot) {}, "secondary-mirror-live", `SQL11\RTC is its mirror, SYNCHRONIZED`, `on SQL12\RTC: ALTER DATABASE [mgc] SET PARTNER FAILOVER`, "offline", false},
		"it serves alone": {func(s *Snapshot) {
			s.Node(site.Secondary).Facts.Mirroring, s.Node(site.SecondaryMirror).Facts.Mirroring = Mirroring{}, Mirroring{}
		}, "secondary-mirror-live", `SQL11\RTC does not follow it`, `mirror it to SQL11\RTC anew`, "PARTNER OFF", false},
		"the secondary still waits for it": {func(s *Snapshot) {
			s.Node(site.SecondaryMirror).Facts.Mirroring = Mirroring{}
		}, "secondary-mirror-live", `SQL11\RTC does not follow it`, `mirror it to SQL11\RTC anew`, "PARTNER OFF", false},
		"the secondary is silent": {func(s *Snapshot) { silence(s, site.Secondary) }, "secondary-mirror-live", `SQL11\RTC has not answered`, `see why SQL11\RTC does not answer`, "PARTNER", false},
		"it is silent itself": {
			func(s *Snapshot) { silence(s, site.SecondaryMirror) }, "principal-unseen", `SQL12\RTC has not answered`,
			`make SQL11\RTC the principal, which keeps all chat that has reached it: there: ALTER DATABASE [mgc] SET PARTNER FORCE_SERVICE_ALLOW_DATA_LOSS`, "PARTNER OFF", true,
		},
		"it refuses the login": {func(s *Snapshot) { refuse(s, fault.Login, site.SecondaryMirror) }, "principal-unseen", `mirror of SQL12\RTC`, `see what SQL12\RTC serves`, "PARTNER OFF", true},
		"it is SUSPECT": {
			func(s *Snapshot) { s.Node(site.SecondaryMirror).Facts.Database.State = "SUSPECT" }, "principal-unseen", `the database there is SUSPECT`,
			`error log of SQL12\RTC`, "PARTNER OFF", true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := ledByItsMirror()
			c.change(s)
			found := Diagnose(s, litware(), now)
			got := codes(found)
			require.Contains(t, got, c.code)
			for _, never := range []string{"primary-site-lost", "pool-mismatch", "all-unreachable", "no-principal"} {
				require.NotContains(t, got, never)
			}
			for _, f := range found {
				if f.Code == c.code {
					require.Contains(t, f.Why, c.why)
					require.Contains(t, f.Do, c.do)
					require.NotContains(t, f.Do, c.never)
				}
			}
			e := Measure(s, litware(), now)
			require.False(t, e.Known)
			require.Equal(t, c.unknown, e.Loss)
		})
	}
}

// A database that somebody left on the secondary's mirror serves nobody while the pool
// uses the first data centre, nor does another one of the name.
func TestALeftoverOnTheSecondarysMirrorHidesNoLoss(t *testing.T) {
	for name, change := range map[string]func(*Snapshot, *Facts){
		"the pool is elsewhere": func(s *Snapshot, _ *Facts) { s.Pool.State = "Normal" },
		"it is another one":     func(_ *Snapshot, f *Facts) { f.Database.Family = "another" },
	} {
		t.Run(name, func(t *testing.T) {
			s := ledByItsMirror()
			sec, m := s.Node(site.Secondary), s.Node(site.SecondaryMirror)
			sec.Facts.Mirroring, m.Facts.Mirroring = Mirroring{}, Mirroring{}
			sec.Facts.Database.Family, m.Facts.Database.Family = family, family
			change(s, &m.Facts)
			require.Contains(t, codes(Diagnose(s, litware(), now)), "primary-site-lost")
			require.True(t, Measure(s, litware(), now).Loss)
		})
	}
}

// Where it serves nobody it is no second principal either; where its way may not have
// parted before the newest log that was restored, it is one.
func TestALeftoverOnTheSecondarysMirrorIsNoSecondPrincipal(t *testing.T) {
	lsn := func(s string) chain.LSN {
		l, err := chain.ParseLSN(s)
		require.NoError(t, err)
		return l
	}
	for name, c := range map[string]struct {
		site     func() *Snapshot
		fork     string
		restored string
		two      bool
		alone    bool // who serves the chat has no mirror
	}{
		"beside the primary":                     {healthy, "G", "9", false, false},
		"beside the secondary that was online":   {failedOver, "G", "9", false, true},
		"beside both, of the same way":           {healthy, "K", "9", true, false},
		"beside both, it went on":                {healthy, "G", "7", true, false},
		"beside the new primary, and it went on": {failedOver, "G", "7", true, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := c.site()
			sec, m := s.Node(site.Secondary), s.Node(site.SecondaryMirror)
			if c.alone {
				sec.Facts.Mirroring = Mirroring{}
			}
			sec.Facts.Database.Restored = Restored{Fork: "K", Last: lsn(c.restored)}
			*m = Node{Role: site.SecondaryMirror, Address: `SQL12\RTC`, Reachable: true, Asked: sec.Asked, Answered: sec.Answered, Facts: Facts{
				Sysadmin: true, Database: Database{Exists: true, State: "ONLINE", Fork: c.fork, ForkPoint: lsn("8")},
			}}
			found := codes(Diagnose(s, litware(), now))
			require.Equal(t, c.two, slices.Contains(found, "two-live-principals"))
			require.Equal(t, !c.two && c.alone, slices.Contains(found, "no-mirror"), "it is no mirror either")
		})
	}
}
