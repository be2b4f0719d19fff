package world

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"pchatops/ops/lab/tsql"
)

func viewServices(s *Session) *tsql.Rows {
	t := newTable(`servicename nvarchar(256), startup_type int, startup_type_desc nvarchar(256), status int, status_desc nvarchar(256),
		process_id int, last_startup_time datetime, service_account nvarchar(256), filename nvarchar(256), is_clustered nvarchar(1),
		cluster_nodename nvarchar(256)`)
	i := s.inst
	started := i.w.local(i.started)
	t.add("SQL Server ("+instanceName+")", 2, "Automatic", 4, "Running", 1432, started, i.account(Engine),
		`"C:\Program Files\Microsoft SQL Server\MSSQL\Binn\sqlservr.exe" -s`+instanceName, "N", nil)
	status, word, pid := 1, "Stopped", any(nil)
	if i.agent.running {
		status, word, pid = 4, "Running", 1600
		started = i.w.local(i.agent.sessions[len(i.agent.sessions)-1])
	}
	t.add(agentNames[i.services]+" ("+instanceName+")", 2, "Automatic", status, word, pid, started, i.account(Agent),
		`"C:\Program Files\Microsoft SQL Server\MSSQL\Binn\SQLAGENT.EXE" -i `+instanceName, "N", nil)
	return t.Rows
}

func viewConfigurations(s *Session) *tsql.Rows {
	t := newTable(`configuration_id int, name nvarchar(35), value int, minimum int, maximum int, value_in_use int,
		description nvarchar(255), is_dynamic bit, is_advanced bit`)
	for _, c := range []struct {
		id, value, most int
		name, text      string
	}{
		{102, 1, 1, "allow updates", "Allow updates to system tables"},
		{117, 1, 1, "remote access", "Allow remote access"},
		{1544, 12288, 2147483647, "max server memory (MB)", "Maximum size of server memory (MB)"},
		{1579, 0, 1, "backup compression default", "Enable compression of backups by default"},
		{16384, 1, 1, "Agent XPs", "Enable or disable Agent XPs"},
		{16390, 0, 1, "xp_cmdshell", "Enable or disable command shell"},
	} {
		value := c.value
		if c.name == "Agent XPs" && !s.inst.agent.running {
			value = 0
		}
		t.add(c.id, c.name, value, 0, c.most, value, c.text, true, c.id > 1000)
	}
	return t.Rows
}

// seen are the logins that a login may see.
func (s *Session) seen() []*login {
	if s.login.sysadmin {
		return s.inst.logins
	}
	return []*login{s.login}
}

func viewPrincipals(s *Session) *tsql.Rows {
	t := newTable(`name sysname, principal_id int, sid varbinary(85), type nvarchar(1), type_desc nvarchar(60), is_disabled bit,
		create_date datetime, modify_date datetime, default_database_name sysname, default_language_name sysname`)
	created := s.inst.w.local(s.inst.databases[0].created)
	for n, l := range s.seen() {
		kind, desc := "S", "SQL_LOGIN"
		if l.windows {
			kind, desc = "U", "WINDOWS_LOGIN"
		}
		t.add(l.name, 256+n, l.sid, kind, desc, l.disabled, created, created, "master", "us_english")
	}
	if s.login.sysadmin {
		t.add("sysadmin", 3, []byte{3}, "R", "SERVER_ROLE", false, created, created, nil, nil)
	}
	return t.Rows
}

func viewSysLogins(s *Session) *tsql.Rows {
	t := newTable("sid varbinary(85), name sysname, loginname sysname, dbname sysname, hasaccess int, isntname int, sysadmin int, createdate datetime")
	for _, l := range s.seen() {
		t.add(l.sid, l.name, l.name, "master", 1, bit(l.windows), bit(l.sysadmin), s.inst.w.local(s.inst.started))
	}
	return t.Rows
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

const objectColumns = `name sysname, object_id int, principal_id int, schema_id int, parent_object_id int, type nvarchar(2),
	type_desc nvarchar(60), create_date datetime, modify_date datetime, is_ms_shipped bit`

// objects lists what the current database has, of some types.
func (s *Session) objects(types string) *tsql.Rows {
	t := newTable(objectColumns)
	made := s.inst.w.local(s.inst.started)
	type object struct{ name, kind, desc string }
	var all []object
	db := s.reading.name
	if strings.EqualFold(db, Database) {
		all = append(all, object{"tblChat", "U", "USER_TABLE"})
	}
	if strings.EqualFold(db, "msdb") {
		for name := range msdbTables {
			all = append(all, object{name, "U", "USER_TABLE"})
		}
	}
	for name, p := range procedures {
		if p.lives(db) && !strings.Contains(name, " ") {
			all = append(all, object{name, "P", "SQL_STORED_PROCEDURE"})
		}
	}
	slices.SortFunc(all, func(a, b object) int { return cmp.Compare(a.name, b.name) })
	for n, o := range all {
		if strings.Contains(types, o.kind) {
			t.add(o.name, 100000+n, nil, 1, 0, o.kind, o.desc, made, made, o.name != "tblChat")
		}
	}
	return t.Rows
}

func viewObjects(s *Session) *tsql.Rows    { return s.objects("UP") }
func viewTables(s *Session) *tsql.Rows     { return s.objects("U") }
func viewProcedures(s *Session) *tsql.Rows { return s.objects("P") }

// viewSysObjects is sysobjects, the catalogue of old.
func viewSysObjects(s *Session) *tsql.Rows {
	t := newTable("name sysname, id int, xtype nvarchar(2), uid smallint, parent_obj int, crdate datetime, type nvarchar(2)")
	for _, o := range s.objects("UP").Values {
		t.add(o[0], o[1], o[5], 1, 0, o[7], o[5])
	}
	return t.Rows
}

func viewSchemas(*Session) *tsql.Rows {
	t := newTable("name sysname, schema_id int, principal_id int")
	t.add("dbo", 1, 1)
	t.add("sys", 4, 4)
	return t.Rows
}

func viewMessages(*Session) *tsql.Rows {
	t := newTable("message_id int, language_id smallint, severity tinyint, is_event_logged bit, text nvarchar(2048)")
	numbers := make([]int32, 0, len(texts))
	for n := range texts {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		t.add(int(n), 1033, int(texts[n].class), n == 14420 || n == 14421, texts[n].format)
	}
	return t.Rows
}

func viewServers(s *Session) *tsql.Rows {
	t := newTable("server_id int, name sysname, product sysname, provider sysname, data_source nvarchar(4000), is_linked bit")
	t.add(0, s.inst.Name(), "SQL Server", "SQLNCLI", s.inst.Name(), false)
	return t.Rows
}

func viewSysInfo(s *Session) *tsql.Rows {
	t := newTable("cpu_count int, hyperthread_ratio int, physical_memory_kb bigint, sqlserver_start_time datetime, ms_ticks bigint")
	t.add(4, 4, 16<<20, s.inst.w.local(s.inst.started), int(time.Hour.Milliseconds()))
	return t.Rows
}
