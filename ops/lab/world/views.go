package world

import (
	"strings"

	"pchatops/ops/lab/tsql"
)

// right is what a login needs to read a view.
type right int

const (
	anyone      right = iota // whose rows the view itself chooses
	serverState              // VIEW SERVER STATE
	msdbReader               // a role in msdb
)

// view is a catalog view or system table.
type view struct {
	right right
	rows  func(*Session) *tsql.Rows
}

// systemViews are visible in every database, in the schema sys.
var systemViews = map[string]view{
	"databases":                    {anyone, viewDatabases},
	"sysdatabases":                 {anyone, viewSysDatabases},
	"database_mirroring":           {anyone, viewMirroring},
	"database_mirroring_endpoints": {anyone, viewMirroringEndpoints},
	"endpoints":                    {anyone, viewMirroringEndpoints},
	"tcp_endpoints":                {anyone, viewTCPEndpoints},
	"database_mirroring_witnesses": {anyone, viewWitnesses},
	"dm_db_mirroring_connections":  {serverState, viewMirroringConnections},
	"master_files":                 {anyone, viewMasterFiles},
	"database_recovery_status":     {anyone, viewRecoveryStatus},
	"dm_server_services":           {serverState, viewServices},
	"dm_exec_sessions":             {anyone, viewSessions},
	"dm_exec_requests":             {anyone, viewRequests},
	"dm_exec_connections":          {serverState, viewConnections},
	"dm_tran_locks":                {serverState, viewLocks},
	"sysprocesses":                 {anyone, viewSysProcesses},
	"dm_os_performance_counters":   {serverState, viewCounters},
	"dm_os_sys_info":               {serverState, viewSysInfo},
	"configurations":               {anyone, viewConfigurations},
	"server_principals":            {anyone, viewPrincipals},
	"sql_logins":                   {anyone, viewPrincipals},
	"syslogins":                    {anyone, viewSysLogins},
	"objects":                      {anyone, viewObjects},
	"all_objects":                  {anyone, viewObjects},
	"tables":                       {anyone, viewTables},
	"procedures":                   {anyone, viewProcedures},
	"schemas":                      {anyone, viewSchemas},
	"messages":                     {anyone, viewMessages},
	"servers":                      {anyone, viewServers},
	"database_files":               {anyone, viewDatabaseFiles},
	"sysobjects":                   {anyone, viewSysObjects},
}

// informationViews are in the schema INFORMATION_SCHEMA.
var informationViews = map[string]view{
	"tables": {anyone, func(s *Session) *tsql.Rows {
		t := newTable("TABLE_CATALOG nvarchar(128), TABLE_SCHEMA nvarchar(128), TABLE_NAME sysname, TABLE_TYPE nvarchar(10)")
		for _, o := range s.objects("U").Values {
			t.add(s.reading.name, "dbo", o[0], "BASE TABLE")
		}
		return t.Rows
	}},
	"schemata": {anyone, func(s *Session) *tsql.Rows {
		t := newTable("CATALOG_NAME nvarchar(128), SCHEMA_NAME nvarchar(128), SCHEMA_OWNER nvarchar(128)")
		t.add(s.reading.name, "dbo", "dbo")
		return t.Rows
	}},
}

// compatibilityViews can be named without their schema, or with dbo.
var compatibilityViews = words("sysdatabases sysprocesses syslogins sysobjects")

// msdbTables are in msdb.dbo.
var msdbTables = map[string]view{
	"log_shipping_primary_databases":      {msdbReader, viewPrimaryDatabases},
	"log_shipping_primary_secondaries":    {msdbReader, viewPrimarySecondaries},
	"log_shipping_secondary":              {msdbReader, viewSecondary},
	"log_shipping_secondary_databases":    {msdbReader, viewSecondaryDatabases},
	"log_shipping_monitor_primary":        {msdbReader, viewMonitorPrimary},
	"log_shipping_monitor_secondary":      {msdbReader, viewMonitorSecondary},
	"log_shipping_monitor_history_detail": {msdbReader, viewShippingHistory},
	"log_shipping_monitor_error_detail":   {msdbReader, viewShippingErrors},
	"log_shipping_monitor_alert":          {msdbReader, viewShippingAlert},
	"backupset":                           {anyone, viewBackupSet},
	"backupmediafamily":                   {anyone, viewBackupMediaFamily},
	"backupmediaset":                      {anyone, viewBackupMediaSet},
	"restorehistory":                      {anyone, viewRestoreHistory},
	"sysjobs":                             {msdbReader, viewJobs},
	"sysjobs_view":                        {msdbReader, viewJobs},
	"sysjobsteps":                         {msdbReader, viewJobSteps},
	"sysjobactivity":                      {msdbReader, viewJobActivity},
	"sysjobhistory":                       {msdbReader, viewJobHistory},
	"sysjobschedules":                     {msdbReader, viewJobSchedules},
	"sysjobservers":                       {msdbReader, viewJobServers},
	"sysschedules":                        {msdbReader, viewSchedules},
	"syssessions":                         {msdbReader, viewAgentSessions},
	"syscategories":                       {msdbReader, viewCategories},
	"dbm_monitor_data":                    {msdbReader, viewMonitorData},
}

// View gives the rows of a catalog view, system table or user table.
func (s *Session) View(db, schema, name string) (*tsql.Rows, *tsql.Error, bool) {
	w := s.inst.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if e := s.touch(); e != nil {
		return nil, e, true
	}
	if db == "" {
		db = s.db
	}
	d := s.inst.db(db)
	if d == nil {
		return nil, fail(911, db), true
	}
	if e := d.enter(s); e != nil && !system(d.name) {
		return nil, e, true
	}
	schema, name = strings.ToLower(schema), strings.ToLower(name)
	if schema == "sys" && name == "database_principals" {
		return s.inst.users(d), nil, true
	}
	if v, ok := findView(d.name, schema, name); ok {
		if e := s.mayRead(v, d.name, name); e != nil {
			return nil, e, true
		}
		s.reading = d
		return v.rows(s), nil, true
	}
	return s.userTable(d, schema, name)
}

// findView finds a system view by the database and schema it is asked for in.
func findView(db, schema, name string) (view, bool) {
	if v, ok := systemViews[name]; ok && (schema == "sys" || compatibilityViews[name] && schema != "information_schema") {
		return v, true
	}
	if schema == "information_schema" {
		v, ok := informationViews[name]
		return v, ok
	}
	if strings.EqualFold(db, "msdb") && (schema == "" || schema == "dbo") {
		v, ok := msdbTables[name]
		return v, ok
	}
	return view{}, false
}

func (s *Session) mayRead(v view, db, name string) *tsql.Error {
	if s.login.sysadmin {
		return nil
	}
	switch v.right {
	case anyone:
	case serverState:
		return fail(300)
	case msdbReader:
		return fail(229, "SELECT", name, db, "dbo")
	}
	return nil
}
