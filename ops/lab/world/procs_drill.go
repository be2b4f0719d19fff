package world

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world/media"
)

// drillProcs are what an administrator asks for first. The names with a space
// are those of DBCC.
var drillProcs = map[string]procedure{
	"sp_readerrorlog": {home: "master", admin: true, run: readErrorLog, params: params(
		"@p1 int = 0, @p2 int = null, @p3 nvarchar(4000) = null, @p4 nvarchar(4000) = null")},
	"xp_readerrorlog": {home: "master", admin: true, run: readErrorLog, params: params(
		"@p1 int = 0, @p2 int = null, @p3 nvarchar(4000) = null, @p4 nvarchar(4000) = null, @p5 datetime = null, @p6 datetime = null, @p7 nvarchar(10) = null")},
	"sp_help_jobhistory": {home: "msdb", admin: true, run: helpJobHistory, params: params(`@job_id uniqueidentifier = null, @job_name sysname = null,
		@step_id int = null, @sql_message_id int = null, @sql_severity int = null, @start_run_date int = null, @end_run_date int = null,
		@start_run_time int = null, @end_run_time int = null, @minimum_run_duration int = null, @run_status int = null, @minimum_retries int = null,
		@oldest_first int = 0, @server sysname = null, @mode nvarchar(7) = SUMMARY`)},
	"sp_spaceused": {home: "master", run: spaceUsed, params: params("@objname nvarchar(776) = null, @updateusage nvarchar(5) = null")},
	"sp_databases": {home: "master", run: func(c *call) (int, *tsql.Error) {
		t := newTable("DATABASE_NAME sysname, DATABASE_SIZE int, REMARKS nvarchar(254)")
		for _, d := range c.inst().databases {
			if d.enter(c.s) == nil {
				t.add(d.name, databaseMB*1024, nil)
			}
		}
		slices.SortFunc(t.Values, func(a, b []any) int { return cmp.Compare(a[0].(string), b[0].(string)) })
		c.rows(t.Rows)
		return 0, nil
	}},
	"sp_configure":  {home: "master", run: configure, params: params("@configname nvarchar(35) = null, @configvalue int = null")},
	"dbcc opentran": {home: "master", run: openTransactions, params: params("@database sysname = null")},
	"dbcc sqlperf":  {home: "master", run: logSpace},
}

// The sizes that sys.master_files gives every database, in MB.
const (
	dataMB     = 24
	logMB      = 8
	databaseMB = dataMB + logMB
)

// readErrorLog tells what the instance's error log says: its start, and the
// backups and restores since. Older logs are empty; that of the Agent says when
// it began.
func readErrorLog(c *call) (int, *tsql.Error) {
	t := newTable("LogDate datetime, ProcessInfo nvarchar(12), Text nvarchar(3950)")
	if c.num("@p1") > 0 {
		c.rows(t.Rows)
		return 0, nil
	}
	type entry struct {
		at       time.Time
		by, text string
	}
	i := c.inst()
	var log []entry
	if c.num("@p2") == 2 {
		for _, at := range i.agent.sessions {
			log = append(log, entry{at, "", "[100] Microsoft SQLServerAgent version " + i.version.Product})
		}
	} else {
		log = append(log, entry{i.started, "Server", i.banner()}, entry{i.started, "Server", "Server name is '" + i.Name() + "'. This is an informational message only. No user action is required."})
		for _, d := range i.databases {
			log = append(log, entry{i.started, "spid5s", "Starting up database '" + d.name + "'."})
		}
		log = append(log, entry{i.started, "spid5s", "SQL Server is now ready for client connections. This is an informational message; no user action is required."})
		for _, b := range i.history.sets {
			if strings.EqualFold(b.header.Server, i.Name()) {
				log = append(log, entry{b.header.Finished, "Backup", backedUpText(b)})
			}
		}
		for _, r := range i.history.restores {
			b := i.history.sets[r.set-1]
			what := "Database"
			if b.header.Type == media.Log {
				what = "Log"
			}
			log = append(log, entry{r.date, "Backup", fmt.Sprintf("%s was restored: Database: %s, creation date(time): %s, first LSN: %s, last LSN: %s. This is an informational message. No user action is required.",
				what, r.database, i.w.local(b.header.Created).Format("2006/01/02(15:04:05)"), b.header.First, b.header.Last)})
		}
	}
	slices.SortStableFunc(log, func(a, b entry) int { return a.at.Compare(b.at) })
	for _, e := range log {
		if e.at.Before(i.started) && c.num("@p2") != 2 || !says(e.text, c.str("@p3")) || !says(e.text, c.str("@p4")) {
			continue
		}
		t.add(i.w.local(e.at), e.by, e.text)
	}
	c.rows(t.Rows)
	return 0, nil
}

func says(text, wanted string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(wanted))
}

func helpJobHistory(c *call) (int, *tsql.Error) {
	var one *job
	if c.has("@job_id") || c.has("@job_name") {
		j, e := c.job()
		if e != nil {
			return 1, e
		}
		one = j
	}
	full := strings.EqualFold(c.str("@mode"), "FULL")
	if !full && !strings.EqualFold(c.str("@mode"), "SUMMARY") {
		return 1, fail(14266, "@mode", "SUMMARY, FULL")
	}
	t := newTable(`instance_id int, job_id uniqueidentifier, job_name sysname, step_id int, step_name sysname, sql_message_id int, sql_severity int,
		message nvarchar(4000), run_status int, run_date int, run_time int, run_duration int, operator_emailed nvarchar(20),
		operator_netsent nvarchar(20), operator_paged nvarchar(20), retries_attempted int, server nvarchar(30)`)
	all := viewJobHistory(c.s)
	for _, j := range c.inst().agent.jobs {
		if one != nil && j != one {
			continue
		}
		for _, r := range where(all, "job_id", [16]byte(j.id)).Values {
			step, status := r[2].(int64), r[7].(int64)
			if !full && step != 0 || c.has("@step_id") && int(step) != c.num("@step_id") || c.has("@run_status") && int(status) != c.num("@run_status") {
				continue
			}
			row := slices.Clone(r[:2])
			row = append(row, j.name)
			row = append(append(row, r[2:11]...), nil, nil, nil)
			t.Values = append(t.Values, append(row, r[14], r[15]))
		}
	}
	slices.SortStableFunc(t.Values, func(a, b []any) int {
		if c.yes("@oldest_first") {
			a, b = b, a
		}
		return cmp.Compare(b[0].(int64), a[0].(int64))
	})
	if !full {
		t.without("instance_id", "step_id", "step_name", "sql_message_id", "sql_severity", "message")
	}
	c.rows(t.Rows)
	return 0, nil
}

// spaceUsed is sp_spaceused of the current database: it is as big as its files.
func spaceUsed(c *call) (int, *tsql.Error) {
	if c.has("@objname") {
		return 1, tsql.Unplayed("sp_spaceused of one object")
	}
	t := newTable("database_name sysname, database_size nvarchar(18), unallocated nvarchar(18)")
	t.Columns[2].Name = "unallocated space"
	t.add(c.s.db, fmt.Sprintf("%d.00 MB", databaseMB), "4.00 MB")
	c.rows(t.Rows)
	t = newTable("reserved nvarchar(18), data nvarchar(18), index_size nvarchar(18), unused nvarchar(18)")
	t.add("20480 KB", "16384 KB", "2048 KB", "2048 KB")
	c.rows(t.Rows)
	return 0, nil
}

func configure(c *call) (int, *tsql.Error) {
	if c.has("@configvalue") {
		return 1, tsql.Unplayed("changing a setting with sp_configure")
	}
	t := newTable("name nvarchar(35), minimum int, maximum int, config_value int, run_value int")
	settings := viewConfigurations(c.s)
	at := func(name string) int {
		return slices.IndexFunc(settings.Columns, func(c tsql.Column) bool { return c.Name == name })
	}
	for _, r := range settings.Values {
		if c.has("@configname") && !strings.Contains(strings.ToLower(r[at("name")].(string)), strings.ToLower(c.str("@configname"))) {
			continue
		}
		t.add(r[at("name")], nil, nil, r[at("value")], r[at("value_in_use")])
	}
	if len(t.Values) == 0 {
		return 1, fail(15123, c.str("@configname"))
	}
	c.rows(t.Rows)
	return 0, nil
}

// openTransactions is DBCC OPENTRAN: the oldest transaction of a database.
func openTransactions(c *call) (int, *tsql.Error) {
	name := cmp.Or(c.str("@database"), c.s.db)
	d := c.inst().db(name)
	if d == nil {
		return 1, fail(2520, name)
	}
	if e := d.enter(c.s); e != nil {
		return 1, e
	}
	var oldest *Session
	for _, s := range c.inst().sessions {
		if s.tran && strings.EqualFold(s.db, d.name) && (oldest == nil || s.tranBegan.Before(oldest.tranBegan)) {
			oldest = s
		}
	}
	if oldest == nil {
		c.say(&tsql.Error{Number: 7969, State: 1, Message: "No active open transactions."})
	} else {
		c.say(&tsql.Error{Number: 7970, State: 1, Message: fmt.Sprintf("Transaction information for database '%s'.\n\nOldest active transaction:\n    SPID (server process ID): %d\n    UID (user ID) : -1\n    Name          : user_transaction\n    Start time    : %s\n    SID           : 0x%x",
			d.name, oldest.spid, c.inst().w.local(oldest.tranBegan).Format("Jan _2 2006  3:04:05:000PM"), oldest.login.sid)})
	}
	c.say(fail(2528))
	return 0, nil
}

// logSpace is DBCC SQLPERF (LOGSPACE).
func logSpace(c *call) (int, *tsql.Error) {
	t := newTable("a sysname, b real, c real, Status int")
	for n, name := range []string{"Database Name", "Log Size (MB)", "Log Space Used (%)"} {
		t.Columns[n].Name = name
	}
	for _, d := range c.inst().databases {
		if d.state == online {
			t.add(d.name, float64(logMB), 41.5, 0)
		}
	}
	c.rows(t.Rows)
	c.say(fail(2528))
	return 0, nil
}

func viewDatabaseFiles(s *Session) *tsql.Rows {
	t := newTable(`file_id int, file_guid uniqueidentifier, type tinyint, type_desc nvarchar(60), data_space_id int, name sysname,
		physical_name nvarchar(260), state tinyint, state_desc nvarchar(60), size int, max_size int, growth int, is_media_read_only bit, is_read_only bit,
		is_sparse bit, is_percent_growth bit, is_name_reserved bit`)
	d := s.reading
	t.add(1, d.c.family, 0, "ROWS", 1, d.name, d.data, 0, "ONLINE", dataMB*128, -1, 1024, false, d.standby != "", false, false, false)
	t.add(2, nil, 1, "LOG", 0, d.name+"_log", d.log, 0, "ONLINE", logMB*128, -1, 1024, false, d.standby != "", false, false, false)
	return t.Rows
}

// backedUpText is what the error log says of a backup.
func backedUpText(b backupSet) string {
	what := "Database backed up"
	if b.header.Type == media.Log {
		what = "Log was backed up"
	}
	device := ""
	if len(b.devices) > 0 {
		device = b.devices[0]
	}
	return fmt.Sprintf("%s. Database: %s, first LSN: %s, last LSN: %s, number of dump devices: %d, device information: (FILE=%d, TYPE=DISK: {'%s'}). This is an informational message only. No user action is required.",
		what, b.header.Database, b.header.First, b.header.Last, len(b.devices), max(b.header.Position, 1), device)
}
