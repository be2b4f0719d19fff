package world_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world"
)

// answers is what a batch came back with.
type answers struct {
	said   []string
	sets   []*tsql.Rows
	errors []int32
}

func (a *answers) Message(e *tsql.Error) {
	if e.Class > 10 {
		a.errors = append(a.errors, e.Number)
	}
	a.said = append(a.said, e.Message)
}
func (a *answers) Rows(r *tsql.Rows) { a.sets = append(a.sets, r) }
func (*answers) Done(int, bool)      {}
func (*answers) Returned(int)        {}

// ask runs a batch as anybody's client would.
func (c *client) ask(batch string) *answers {
	a := &answers{}
	tsql.NewSession(c.host).Batch(c.t.Context(), batch, a)
	return a
}

// cell is the only value of the only row of the first result set.
func (c *client) cell(batch string) any {
	c.t.Helper()
	a := c.ask(batch)
	require.Empty(c.t, a.errors, batch)
	require.NotEmpty(c.t, a.sets, batch)
	require.Len(c.t, a.sets[0].Values, 1, batch)
	return a.sets[0].Values[0][0]
}

func TestStrangersLookAround(t *testing.T) {
	w := site(t)
	primary, second := admin(t, w, world.Primary), admin(t, w, world.Secondary)
	require.Contains(t, primary.cell("SELECT @@VERSION"), "SQL Server 2012")
	require.Equal(t, `SQL01\RTC`, primary.cell("SELECT @@SERVERNAME AS name"))
	require.EqualValues(t, len(w.Messages(world.Primary)), primary.cell("SELECT COUNT(*) FROM mgc.dbo.tblChat"))
	require.EqualValues(t, 1, second.cell("SELECT state FROM sys.databases WHERE name = N'MGC'"))
	require.EqualValues(t, 11, primary.cell("SELECT CAST(LEFT(CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(20)), 2) AS int)"))
	require.EqualValues(t, 2, primary.cell("SELECT 5 - 3 WHERE SERVERPROPERTY('EngineEdition') = 2"))
	require.EqualValues(t, 2, primary.cell(`SELECT DATEDIFF(MINUTE, last_backup_date_utc, GETUTCDATE())
		FROM msdb.dbo.log_shipping_monitor_primary WHERE primary_database = N'mgc'`))
	require.EqualValues(t, 8, primary.cell(`SELECT COUNT(DISTINCT p.spid) FROM sys.sysprocesses p
		LEFT JOIN sys.dm_tran_locks l ON l.request_session_id = p.spid AND l.resource_type = 'DATABASE' AND l.resource_database_id = DB_ID(N'mgc')
		WHERE p.spid <> @@SPID AND p.spid > 50 AND (p.dbid = DB_ID(N'mgc') OR l.request_session_id IS NOT NULL)`))
	require.EqualValues(t, 1, second.cell(`SELECT MIN(CASE WHEN redo_start_lsn > 1821957000000000000001 THEN 1 ELSE 0 END)
		FROM master.sys.master_files WHERE database_id = DB_ID('mgc')`))
	who := primary.ask("EXEC sp_who2")
	require.Len(t, who.sets[0].Columns, 13)
	require.Equal(t, []string{"SPID", "SPID"}, []string{who.sets[0].Columns[0].Name, who.sets[0].Columns[11].Name})
}

func TestStrangersAreRefusedAsTheServerRefuses(t *testing.T) {
	w := site(t)
	sa, watcher := admin(t, w, world.Secondary), login(t, w, world.Secondary, "watcher", "")
	for batch, want := range map[string]int32{
		"SELECT * FROM mgc.dbo.tblChat":                      927,
		"USE mgc":                                            927,
		"USE nowhere":                                        911,
		"SELECT * FROM sys.nonsense":                         208,
		"SELECT * FROM log_shipping_secondary":               208,
		"EXEC sp_nonsense":                                   2812,
		"EXEC sp_start_job 'x'":                              2812,
		"EXEC sp_delete_log_shipping_secondary_database":     201,
		"EXEC sp_delete_log_shipping_secondary_database 'x'": 32014,
		"EXEC sp_who2 1, 2, 3":                               8144,
		"EXEC sp_who2 @nonsense = 1":                         8145,
		"EXEC msdb.dbo.sp_update_job @job_name = 'x', @enabled = 'many'": 8114,
	} {
		require.Equal(t, []int32{want}, sa.ask(batch).errors, batch)
	}
	for batch, want := range map[string]int32{
		"SELECT * FROM msdb.dbo.log_shipping_secondary":        229,
		"SELECT * FROM sys.dm_tran_locks":                      300,
		"USE mgc":                                              916,
		"EXEC sp_delete_log_shipping_secondary_database 'mgc'": 15247,
		"EXEC msdb.dbo.sp_start_job 'x'":                       229,
		"EXEC master.dbo.xp_servicecontrol 'QueryState', 'x'":  229,
		"KILL 51":                            6102,
		"ALTER DATABASE mgc SET SINGLE_USER": 5011,
	} {
		require.Equal(t, want, watcher.ask(batch).errors[0], batch)
	}
}

func TestALoginWithoutRightsSeesWhatProvesNothing(t *testing.T) {
	w := site(t)
	watcher := login(t, w, world.Mirror, "watcher", "")
	require.Nil(t, watcher.row("database_mirroring")["mirroring_guid"], "a mirror looks as if it were not mirrored")
	require.Equal(t, "RESTORING", watcher.state())
	require.Len(t, watcher.view("", "sys", "dm_exec_sessions"), 1)
	require.Len(t, watcher.view("", "sys", "sysprocesses"), 1)
	require.Empty(t, watcher.view("", "sys", "master_files"))
	require.EqualValues(t, 0, watcher.cell("SELECT IS_SRVROLEMEMBER('sysadmin')"))
	require.EqualValues(t, 0, watcher.cell("SELECT HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE')"))
}

func TestEachReleaseHasItsOwnColumns(t *testing.T) {
	for _, c := range []struct {
		version                     world.Version
		sessionDB, containment, key bool
		queryStore, snapshotURL     bool
		dataPath                    bool
	}{
		{world.SQL2008R2, false, false, false, false, false, false},
		{world.SQL2012, true, true, false, false, false, true},
		{world.SQL2014, true, true, true, false, false, true},
		{world.SQL2016, true, true, true, true, true, true},
	} {
		t.Run(c.version.Name, func(t *testing.T) {
			w := site(t, func(cfg *world.Config) { cfg.Version = c.version })
			sa := admin(t, w, world.Secondary)
			has := func(row map[string]any, column string) bool { _, ok := row[column]; return ok }
			require.Equal(t, c.sessionDB, has(sa.view("", "sys", "dm_exec_sessions")[0], "database_id"))
			require.Equal(t, c.queryStore, has(sa.row("databases"), "is_query_store_on"))
			disk := world.Folder + `\` + newest(t, w)
			require.Zero(t, sa.restore("HEADERONLY", disk))
			header := named(sa.sets[0])[0]
			require.Equal(t, c.containment, has(header, "Containment"))
			require.Equal(t, c.key, has(header, "KeyAlgorithm"))
			require.Equal(t, int64(c.version.Major), header["SoftwareVersionMajor"])
			require.Zero(t, sa.restore("FILELISTONLY", disk))
			require.Equal(t, c.snapshotURL, has(named(sa.sets[0])[0], "SnapshotURL"))
			require.Equal(t, c.dataPath, sa.cell("SELECT SERVERPROPERTY('InstanceDefaultDataPath')") != nil)
		})
	}
}

func TestEveryViewAndTableCanBeRead(t *testing.T) {
	for _, scenario := range []func(*testing.T, ...func(*world.Config)) *world.World{site, lost} {
		w := scenario(t)
		for _, i := range w.Instances() {
			if !i.On() {
				continue
			}
			sa := admin(t, w, i.Name())
			for db, schema := range map[string]string{"master": "sys", "msdb": "dbo"} {
				for _, name := range names(db) {
					rows, e, ok := sa.host.View(db, schema, name)
					require.True(t, ok, name)
					require.Nil(t, e, name)
					require.NotEmpty(t, rows.Columns, name)
				}
			}
		}
	}
}

// names are the views of section 3 to 8 of what the servers are asked for.
func names(db string) []string {
	if db == "msdb" {
		return strings.Fields(`log_shipping_primary_databases log_shipping_primary_secondaries log_shipping_secondary
			log_shipping_secondary_databases log_shipping_monitor_primary log_shipping_monitor_secondary log_shipping_monitor_history_detail
			log_shipping_monitor_error_detail log_shipping_monitor_alert backupset backupmediafamily restorehistory sysjobs sysjobsteps
			sysjobactivity sysjobhistory sysjobschedules sysjobservers sysschedules syssessions syscategories dbm_monitor_data`)
	}
	return strings.Fields(`databases database_mirroring database_mirroring_endpoints tcp_endpoints database_mirroring_witnesses
		dm_db_mirroring_connections master_files database_recovery_status dm_server_services dm_exec_sessions dm_exec_requests
		dm_exec_connections dm_tran_locks sysprocesses dm_os_performance_counters configurations server_principals syslogins objects
		tables procedures messages`)
}

func TestServersShowTheirOwnWallClockBesideUTC(t *testing.T) {
	w := site(t, func(c *world.Config) { c.Zone = time.FixedZone("summer", 2*3600) })
	sa := admin(t, w, world.Primary)
	require.EqualValues(t, 120, sa.cell("SELECT DATEDIFF(MINUTE, GETUTCDATE(), GETDATE())"))
	require.EqualValues(t, 120, sa.cell(`SELECT DATEDIFF(MINUTE, last_backup_date_utc, last_backup_date) FROM msdb.dbo.log_shipping_monitor_primary`))
	share, err := w.Backups(world.Share)
	require.NoError(t, err)
	require.Contains(t, fmt.Sprint(sa.cell("SELECT last_backup_file FROM msdb.dbo.log_shipping_monitor_primary")), share[len(share)-1])
	require.Contains(t, share[len(share)-1], "20261121030000", "file names carry UTC")
}

func TestLogShippingTellsAboutItselfThroughItsHelpProcedures(t *testing.T) {
	w := site(t)
	primary, second := admin(t, w, world.Primary), admin(t, w, world.Secondary)
	one := func(c *client, proc string, args ...any) map[string]any {
		t.Helper()
		c.must(proc, args...)
		require.Len(t, c.sets[0].Values, 1)
		return named(c.sets[0])[0]
	}
	require.Equal(t, world.Share, one(primary, "sp_help_log_shipping_primary_database", "@database", "MGC")["backup_share"])
	require.Equal(t, `SQL11\RTC`, one(primary, "sp_help_log_shipping_primary_secondary", "@primary_database", "mgc")["secondary_server"])
	source := one(second, "sp_help_log_shipping_secondary_primary", "@primary_server", `sql01\rtc`, "@primary_database", "mgc")
	require.Equal(t, world.Folder, source["backup_destination_directory"])
	detail := one(second, "sp_help_log_shipping_secondary_database", "@secondary_id", source["secondary_id"])
	require.Equal(t, false, detail["restore_mode"])
	require.Equal(t, false, one(second, "sp_help_log_shipping_monitor")["status"])
	require.Equal(t, detail["last_copied_file"], one(second, "sp_help_log_shipping_monitor_secondary", "@secondary_server", `SQL11\RTC`, "@secondary_database", "mgc")["last_copied_file"])
	require.EqualValues(t, 32010, refused(second, "sp_help_log_shipping_primary_database", "@database", "mgc"))
	require.EqualValues(t, 32014, refused(primary, "sp_help_log_shipping_secondary_database", "@secondary_database", "mgc"))
}

func TestTheServiceAccountsViewOfFiles(t *testing.T) {
	w := site(t)
	sa := admin(t, w, world.Secondary)
	bits := func(path string) []any { sa.must("xp_fileexist", "@filename", path); return sa.sets[0].Values[0] }
	require.Equal(t, []any{int64(1), int64(0), int64(1)}, bits(world.Folder+`\`+newest(t, w)))
	require.Equal(t, []any{int64(0), int64(1), int64(1)}, bits(world.Folder))
	require.Equal(t, []any{int64(0), int64(0), int64(1)}, bits(world.Folder+`\none.trn`))
	require.Equal(t, int64(1), sa.must("xp_fileexist", "@filename", world.Folder+`\`+newest(t, w), "@exists", "OUTPUT")["@exists"])
	sa.must("xp_dirtree", "@path", world.Share, "@depth", int64(1), "@file", int64(1))
	require.NotEmpty(t, sa.sets[0].Values)
	w.SetShareOffline(true)
	sa.must("xp_dirtree", "@path", world.Share, "@depth", int64(1), "@file", int64(1))
	require.Empty(t, sa.sets[0].Values, "no rows and no error")
	require.Equal(t, `C:\Backup`, sa.must("xp_instance_regread", "@root", "HKEY_LOCAL_MACHINE", "@key", `Software\Microsoft\MSSQLServer\MSSQLServer`,
		"@value_name", "BackupDirectory", "@value", "OUTPUT")["@value"])
}
