package shipping

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// paper is the procedure on a site of which only the names matter.
func paper(change func(*site.Site)) *shipping {
	st := &site.Site{Database: "mgc", BackupShare: `\\FS01\LogShip`, CopyFolder: `E:\LogShip`, Shipping: site.ProposedShipping()}
	if change != nil {
		change(st)
	}
	return &shipping{Estate: &procedures.Estate{Site: st}, db: "mgc", primary: server{label: `SQL01\RTC`}, secondary: server{label: `SQL11\RTC`}}
}

func able() ends {
	f := status.Facts{
		Version: "11.0.7001.0", Edition: "Standard Edition (64-bit)", ServerName: `SQL01\RTC`, Sysadmin: true,
		Agent: status.Service{State: "running"}, Engine: status.Service{Account: `LITWARE\svc-sql`},
		Database: status.Database{Exists: true, State: "ONLINE", Recovery: "FULL"},
	}
	e := ends{primary: f, secondary: f}
	e.secondary.ServerName, e.secondary.Database = `SQL11\RTC`, status.Database{}
	return e
}

func TestWhatKeepsServersFromShipping(t *testing.T) {
	for name, change := range map[string]func(*ends){
		"":                              func(*ends) {},
		"live primary":                  func(e *ends) { e.primary.Database.State = "RESTORING" },
		"recovery model":                func(e *ends) { e.primary.Database.Recovery = "SIMPLE" },
		`SQL Server Agent on SQL01\RTC`: func(e *ends) { e.primary.Agent.State = "stopped" },
		`rights on SQL11\RTC`:           func(e *ends) { e.secondary.Sysadmin = false },
		`edition of SQL01\RTC`:          func(e *ends) { e.primary.Edition = "Express Edition (64-bit)" },
		"versions":                      func(e *ends) { e.primary.Version, e.secondary.Version = "11.0.2100.60", "10.50.6000.34" },
		"two servers":                   func(e *ends) { e.secondary.ServerName = `sql01\rtc` },
		"no other log shipping":         func(e *ends) { e.secondary.Secondary = &status.ShippingSecondary{PrimaryServer: "SQL99"} },
	} {
		e := able()
		change(&e)
		require.Equal(t, name, unmetName(paper(nil).serverGates(e)))
	}
	e := able()
	e.primary.Version, e.secondary.Version = "11.0.7001.0", "11.0.2100.60"
	require.Empty(t, unmetName(paper(nil).serverGates(e)), "backups of one version fit whatever the build is")
}

func unmetName(gates []engine.Gate) string {
	var out []string
	for _, g := range gates {
		if !g.Holds {
			out = append(out, g.Name)
		}
	}
	return strings.Join(out, "; ")
}

func TestWithLocalSystemTheFolderMustBeOnThePrimary(t *testing.T) {
	for _, account := range []string{"LocalSystem", `NT AUTHORITY\SYSTEM`, `.\LocalSystem`} {
		f := status.Facts{Engine: status.Service{Account: account}}
		g := paper(nil).localSystem(f)
		require.False(t, g.Holds, account)
		require.Contains(t, g.Do, "backup_directory")
		require.True(t, paper(func(s *site.Site) { s.BackupDirectory = `D:\LogShip` }).localSystem(f).Holds)
	}
	for _, account := range []string{`LITWARE\svc-sql`, `NT Service\MSSQL$RTC`, ""} {
		require.True(t, paper(nil).localSystem(status.Facts{Engine: status.Service{Account: account}}).Holds, account)
	}
}

func TestAPathFitsTheParametersOfTheProcedures(t *testing.T) {
	require.False(t, length(`E:\`+strings.Repeat("ä", 498), "the copy folder").Holds)
	require.True(t, length(`E:\`+strings.Repeat("ä", 497), "the copy folder").Holds)
}

func TestWhatAServerDoesNotSeeIsToldApart(t *testing.T) {
	for want, seen := range map[string]procedures.PathSeen{
		`sees a file`:     {File: true, Parent: true},
		`does not see`:    {Parent: true},
		`does not reach `: {},
		`sees the copy folder, E:\LogShip, is not known: it took too long`: {Unread: "it took too long"},
	} {
		p := place{on: server{label: `SQL11\RTC`}, path: `E:\LogShip`, what: "the copy folder", seen: seen}
		require.Contains(t, p.missing(), `SQL11\RTC `+want)
		require.Contains(t, p.missing(), `E:\LogShip`)
	}
}

func TestRoomIsAskedForWhereItIsKnown(t *testing.T) {
	on := procedures.Storage{Volumes: []procedures.Volume{{Mount: `E:\`, Free: 100 << 20}, {Mount: `e:\mounts\log\`, Free: 10 << 20}}}
	for _, c := range []struct {
		needs []need
		names []string // of gates that do not hold
		notes int
	}{
		{[]need{{`e:\Data`, 99 << 20}}, nil, 0},
		{[]need{{`E:\Data`, 100 << 20}}, []string{"room on SQL11, E:"}, 0},
		{[]need{{`E:\Data`, 60 << 20}, {`E:\Log`, 60 << 20}}, []string{"room on SQL11, E:"}, 0},
		{[]need{{`E:\Mounts\Log`, 20 << 20}, {`E:\Data`, 60 << 20}}, []string{`room on SQL11, e:\mounts\log`}, 0},
		{[]need{{`E:\Mounts\Logs`, 20 << 20}}, nil, 0},
		{[]need{{`F:\Data`, 1 << 40}}, nil, 1},
		{[]need{{`\\FS01\LogShip`, 1 << 40}}, nil, 1},
		{[]need{{"", 1 << 40}}, nil, 1},
	} {
		gates, notes := room("SQL11", on, c.needs...)
		require.Len(t, notes, c.notes, c.needs)
		require.Equal(t, strings.Join(c.names, "; "), unmetName(gates), c.needs)
		for _, n := range notes {
			require.Contains(t, n, "1048576 MB are needed")
		}
	}
}

func TestFilesArePlacedInTheDefaultFolders(t *testing.T) {
	files := []procedures.DataFile{{Logical: "mgc", Physical: `C:\Old\mgc.mdf`}, {Logical: "mgc_log", Physical: `D:\mgc.ldf`, Log: true}}
	to := procedures.Storage{DataFolder: `E:\Data\`, LogFolder: `F:\Log`}
	got := placed(files, to)
	require.Equal(t, `E:\Data\mgc.mdf`, got[0].Physical)
	require.Equal(t, `F:\Log\mgc.ldf`, got[1].Physical)
	twice := append(files, procedures.DataFile{Logical: "more", Physical: `D:\More\MGC.mdf`}, procedures.DataFile{Logical: "most", Physical: `X:\mgc.mdf`})
	got = placed(twice, to)
	require.Equal(t, `E:\Data\MGC_2.mdf`, got[2].Physical, "two files of one name do not fall on one another")
	require.Equal(t, `E:\Data\mgc_3.mdf`, got[3].Physical)
	require.Equal(t, files, placed(files, procedures.Storage{}), "where the server does not tell, they stay where they are")
}

func TestANameThatIsNoFileNameStillGetsABackup(t *testing.T) {
	s := paper(nil)
	s.db = `chat: "mgc" [é] a/b\c`
	require.Equal(t, `chat_ _mgc_ [é] a_b_c_initialise.bak`, s.fullName())
}
