package status

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/site"
)

func TestTheTopologyIsComparedWithTheSiteFileAndTheServers(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Snapshot, *site.Site)
		why    []string // nothing: no finding
	}{
		"it is as the site file says": {func(*Snapshot, *site.Site) {}, nil},
		"no store is told":            {func(s *Snapshot, _ *site.Site) { s.Pool.Stores = nil }, nil},
		"names differ in case":        {func(s *Snapshot, _ *site.Site) { s.Pool.Stores.Mirror.FQDN = "SQL02.LitwareInc.com" }, nil},
		"mirroring is not enabled in it": {
			func(s *Snapshot, _ *site.Site) { s.Pool.Stores.Mirror = Store{} },
			[]string{`the mirror store of the topology is none, the site file names SQL02\RTC`, "SQL01\\RTC is mirrored to sql02.litwareinc.com, which is no store"},
		},
		"it names another secondary": {
			func(s *Snapshot, _ *site.Site) { s.Pool.Stores.Backup.FQDN = "sql77.litwareinc.com" },
			[]string{`the log shipping secondary store of the topology is sql77.litwareinc.com\RTC, the site file names SQL11\RTC`},
		},
		"it has a secondary mirror that the site file lacks": {
			func(_ *Snapshot, e *site.Site) { e.Instances = e.Instances[:4] },
			[]string{`sql12.litwareinc.com\RTC, the site file names none`},
		},
		"the database is mirrored elsewhere": {
			func(s *Snapshot, _ *site.Site) {
				s.Node(site.Primary).Facts.Mirroring.Partner = "TCP://sql09.litwareinc.com:5022"
			},
			[]string{"mirrored to sql09.litwareinc.com"},
		},
		"the site file knows a server by its address only": {
			func(_ *Snapshot, e *site.Site) { e.Instances[1].FQDN, e.Instances[1].Host = "", "10.0.0.2" }, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, estate := healthy(), litware()
			for i, host := range []string{"sql01", "sql02", "sql03", "sql11", "sql12"} {
				estate.Instances[i].FQDN = host + ".litwareinc.com"
			}
			s.Pool.Stores = &Stores{
				Primary: Store{"sql01.litwareinc.com", "RTC"}, Mirror: Store{"sql02.litwareinc.com", "RTC"},
				Backup: Store{"sql11.litwareinc.com", "RTC"}, BackupMirror: Store{"sql12.litwareinc.com", "RTC"},
			}
			c.change(s, estate)
			found := Diagnose(s, estate, now)
			if c.why == nil {
				require.Empty(t, found)
				return
			}
			require.Equal(t, []string{"topology-differs"}, codes(found))
			require.Equal(t, "topology", found[0].Key)
			for _, w := range c.why {
				require.Contains(t, found[0].Why, w)
			}
		})
	}
}

func TestAStoreIsComparedByWhatTheSiteFileKnows(t *testing.T) {
	store := Store{"sql02.litwareinc.com", "RTC"}
	for name, c := range map[string]struct {
		instance site.Instance
		holds    bool
	}{
		"by its name in the topology": {site.Instance{FQDN: "sql02.litwareinc.com", Host: "127.0.0.1", Port: 50102}, true},
		"by host and instance":        {site.Instance{Host: "sql02.litwareinc.com", Name: "rtc"}, true},
		"by a host without domain":    {site.Instance{Host: "SQL02", Name: "RTC"}, true},
		"another instance":            {site.Instance{Host: "sql02.litwareinc.com", Name: "CHAT"}, false},
		"another one, by its port":    {site.Instance{Host: "sql02.litwareinc.com", Name: "CHAT", Port: 50102}, false},
		"another host":                {site.Instance{Host: "sql03"}, false},
	} {
		require.Equal(t, c.holds, store.Holds(c.instance), name)
	}
	require.False(t, Store{}.Holds(site.Instance{Host: "sql02"}))
	require.True(t, Store{FQDN: "sql02"}.Holds(site.Instance{Host: "sql02", Name: "MSSQLSERVER", Port: 1433}), "the default instance")
}
