package shipmirror

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

const share = `\\FS01\LogShip`

func litware() *shipMirror {
	return &shipMirror{
		Estate: &procedures.Estate{Site: &site.Site{Database: "mgc", BackupShare: share, Shipping: site.ProposedShipping()}, Recall: func(string) string { return "" }},
		db:     "mgc", primary: server{label: `SQL01\RTC`}, mirror: server{label: `SQL02\RTC`}, secondary: server{label: `SQL11\RTC`},
	}
}

// configured are three servers on which everything is set up.
func configured() ends {
	on := func() *status.ShippingPrimary {
		return &status.ShippingPrimary{
			BackupShare: share, BackupDirectory: share, Secondaries: []string{`SQL11\RTC`}, Retention: 72 * time.Hour, Threshold: time.Hour,
			BackupJob: status.Job{ID: "1", Name: "LSBackup_mgc", Enabled: true, Schedule: status.Schedule{Name: "s", Enabled: true, Every: 15 * time.Minute}},
		}
	}
	return ends{
		primary: status.Facts{ServerName: `SQL01\RTC`, Primary: on()}, mirror: status.Facts{ServerName: `SQL02\RTC`, Primary: on()},
		secondary: status.Facts{ServerName: `SQL11\RTC`, Secondary: &status.ShippingSecondary{PrimaryServer: `SQL01\RTC`}},
	}
}

func TestTheMirrorIsConfiguredWhenNoSettingDiffers(t *testing.T) {
	m := litware()
	require.True(t, m.configured(configured()))
	for name, change := range map[string]func(*status.ShippingPrimary){
		"share":          func(p *status.ShippingPrimary) { p.BackupShare = `\\FS02\LogShip` },
		"folder":         func(p *status.ShippingPrimary) { p.BackupDirectory = `E:\Elsewhere` },
		"retention":      func(p *status.ShippingPrimary) { p.Retention = time.Hour },
		"threshold":      func(p *status.ShippingPrimary) { p.Threshold = 2 * time.Hour },
		"alert":          func(p *status.ShippingPrimary) { p.Alerts = true },
		"compression":    func(p *status.ShippingPrimary) { p.Compression = 1 },
		"secondary":      func(p *status.ShippingPrimary) { p.Secondaries = nil },
		"schedule":       func(p *status.ShippingPrimary) { p.BackupJob.Schedule.Every = time.Hour },
		"schedule off":   func(p *status.ShippingPrimary) { p.BackupJob.Schedule.Enabled = false },
		"job name":       func(p *status.ShippingPrimary) { p.BackupJob.Name = "renamed" },
		"job disabled":   func(p *status.ShippingPrimary) { p.BackupJob.Enabled = false },
		"job gone":       func(p *status.ShippingPrimary) { p.BackupJob.ID = "" },
		"owner gone":     func(p *status.ShippingPrimary) { p.BackupJob.Ownerless = true },
		"monitor server": func(p *status.ShippingPrimary) { p.Monitor = "MON01" },
	} {
		e := configured()
		change(e.mirror.Primary)
		require.False(t, m.configured(e), name)
		gates := m.settingGates(e)
		require.Len(t, gates, 2, "%s: the setting has a gate of its own", name)
		require.False(t, gates[1].Holds, name)
		require.Equal(t, name == "monitor server", gates[1].Override == "", "%s: no procedure changes the monitor server", name)
	}
}

// A phrase can only be given for the change that was shown: the same setting of
// another value, or to another value, wants another phrase.
func TestThePhraseOfASettingStatesTheChange(t *testing.T) {
	for _, c := range []struct {
		change func(*ends)
		want   string
	}{
		{func(e *ends) { e.mirror.Primary.Retention = 99 * time.Minute }, "change delete files older than from 99m to 72h"},
		{func(e *ends) { e.mirror.Primary.Retention = 100_000 * time.Minute }, "change delete files older than from 100000m to 72h"},
		{func(e *ends) {
			e.mirror.Primary.Retention, e.primary.Primary.Retention = 99*time.Minute, time.Hour
		}, "change delete files older than from 99m to 1h"},
		{func(e *ends) { e.mirror.Primary.BackupShare = `\\FS02\LogShip` }, `change network path of the backup folder from \\FS02\LogShip to \\FS01\LogShip`},
		{func(e *ends) { e.mirror.Primary.BackupShare = "" }, `change network path of the backup folder from none to \\FS01\LogShip`},
		{func(e *ends) { e.mirror.Primary.Compression = 2 }, "change compression from 2 to 0"},
		{func(e *ends) { e.mirror.Primary.BackupJob.Ownerless = true }, "change owner of the backup job from gone to a login that exists"},
	} {
		m, e := litware(), configured()
		c.change(&e)
		gates := m.settingGates(e)
		require.Len(t, gates, 2)
		require.Equal(t, c.want, gates[1].Override)
	}
}

// A folder on the primary's own disk is no folder of the mirror.
func TestALocalFolderOfThePrimaryIsNotCarriedOverUnasked(t *testing.T) {
	m, e := litware(), configured()
	e.primary.Primary.BackupDirectory = `E:\LogShip`
	e.mirror.Primary = nil
	require.Equal(t, share, m.wanted(e).Directory)
	gates := m.settingGates(e)
	require.Len(t, gates, 2)
	require.Equal(t, `use the network path \\FS01\LogShip instead of E:\LogShip`, gates[1].Override)
	require.False(t, gates[1].Holds)
}

func TestWhatCannotBeCarriedOverIsSaidBeforeTheChatIsMoved(t *testing.T) {
	m := litware()
	require.True(t, m.carried(configured()).Holds)
	for name, change := range map[string]func(*ends){
		"no log shipping":   func(e *ends) { e.primary.Primary = nil },
		"two secondaries":   func(e *ends) { e.primary.Primary.Secondaries = []string{"A", "B"} },
		"schedule disabled": func(e *ends) { e.primary.Primary.BackupJob.Schedule.Enabled = false },
		"a weekly schedule": func(e *ends) { e.primary.Primary.BackupJob.Schedule.Every = 0 },
	} {
		e := configured()
		change(&e)
		require.False(t, m.carried(e).Holds, name)
	}
}

// M9: the folder is on the primary or on a file server, never on the mirror.
func TestLocalSystemOnTheMirrorIsRefused(t *testing.T) {
	for account, holds := range map[string]bool{
		"LocalSystem": false, `NT AUTHORITY\SYSTEM`: false, `LITWARE\svc-sql`: true, `NT Service\MSSQL$RTC`: true, "": true,
	} {
		g := litware().localSystem(status.Facts{Engine: status.Service{Account: account}})
		require.Equal(t, holds, g.Holds, account)
		require.Empty(t, g.Override)
	}
}

func TestWhoseBackupWasRestoredIsKnownFromTheLastOnesOfBoth(t *testing.T) {
	file := func(minute string) string { return share + `\mgc_202611210` + minute + `00.trn` }
	for name, c := range map[string]struct {
		primary, mirror, restored string
		fromMirror, fromPrimary   bool
	}{
		"the mirror has shipped nothing":      {file("245"), "", file("245"), false, false},
		"its first backup is not restored":    {file("245"), file("300"), file("245"), false, false},
		"its first backup is restored":        {file("245"), file("300"), file("300"), true, false},
		"its next one is not restored yet":    {file("245"), file("315"), file("300"), true, false},
		"the primary's turn, not restored":    {file("330"), file("300"), file("300"), true, false},
		"the primary's turn, restored":        {file("330"), file("300"), file("330"), true, true},
		"its next one is on the way":          {file("345"), file("300"), file("330"), true, true},
		"nothing was restored, nor backed up": {"", file("300"), "", false, false},
	} {
		e := configured()
		e.primary.Primary.LastBackupFile, e.mirror.Primary.LastBackupFile, e.secondary.Secondary.LastRestoredFile = c.primary, c.mirror, c.restored
		m := litware()
		got, says := m.shippedFromMirror(e)
		require.Equal(t, c.fromMirror, got, "%s: %s", name, says)
		got, says = m.shippedFromPrimary(e)
		require.Equal(t, c.fromPrimary, got, "%s: %s", name, says)
	}
}
