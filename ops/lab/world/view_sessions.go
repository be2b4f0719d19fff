package world

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"pchatops/ops/lab/tsql"
)

// visible are the sessions that a login may see: without VIEW SERVER STATE,
// its own only.
func (s *Session) visible() []*Session {
	if s.login.sysadmin {
		return s.inst.sorted()
	}
	return []*Session{s}
}

// busy reports whether a session runs a request: a statement that takes time,
// or this very statement.
func (s *Session) busy(me *Session) bool {
	return s.system || s.command != "" || s.waiting || s.pausing || s == me
}

func (s *Session) commandName(me *Session) string {
	switch {
	case s.command != "":
		return s.command
	case s.pausing:
		return "WAITFOR"
	case s == me:
		return "SELECT"
	case s.waiting:
		return "EXECUTE"
	}
	return "AWAITING COMMAND"
}

// elapsed is how long the request has run, in milliseconds.
func (s *Session) elapsed() int {
	if s.began.IsZero() || s.command == "" || s.system {
		return 0
	}
	return int(s.inst.w.Clock.Now().Sub(s.began).Milliseconds())
}

func (s *Session) dbID() int {
	if d := s.inst.db(s.db); d != nil {
		return d.id
	}
	return 1
}

func viewSessions(me *Session) *tsql.Rows {
	t := newTable(`session_id smallint, login_time datetime, host_name nvarchar(128), program_name nvarchar(128), host_process_id int,
		client_interface_name nvarchar(32), login_name nvarchar(128), original_login_name nvarchar(128), nt_domain nvarchar(128),
		nt_user_name nvarchar(128), status nvarchar(30), cpu_time int, reads bigint, writes bigint, logical_reads bigint,
		last_request_start_time datetime, last_request_end_time datetime, is_user_process bit, lock_timeout int,
		transaction_isolation_level smallint, row_count bigint, database_id smallint, authenticating_database_id int,
		open_transaction_count int, context_info varbinary(128)`)
	for _, s := range me.visible() {
		w := s.inst.w
		domain, user, _ := strings.Cut(s.login.name, `\`)
		if !s.login.windows {
			domain, user = "", ""
		}
		tran := 0
		if s.tran {
			tran = 1
		}
		t.add(s.spid, w.local(s.loggedIn()), orNull(s.host), orNull(s.app), s.pid,
			".Net SqlClient Data Provider", s.login.name, s.login.name, domain,
			user, s.statusFor(me), 0, 0, 0, 0,
			w.local(s.lastBatch), w.local(s.lastBatch), !s.system, -1,
			cmp.Or(s.isolation, 2), 0, s.dbID(), 1, tran, info(s))
	}
	if me.inst.version.Major < SQL2012.Major {
		t.without("database_id", "authenticating_database_id", "open_transaction_count")
	}
	return t.Rows
}

func (s *Session) statusFor(me *Session) string {
	if s == me {
		return "running"
	}
	return s.status()
}

func viewRequests(me *Session) *tsql.Rows {
	t := newTable(`session_id smallint, request_id int, start_time datetime, status nvarchar(30), command nvarchar(32), database_id smallint,
		user_id int, connection_id uniqueidentifier, blocking_session_id smallint, wait_type nvarchar(60), wait_time int,
		last_wait_type nvarchar(60), wait_resource nvarchar(256), open_transaction_count int, percent_complete real,
		estimated_completion_time bigint, cpu_time int, total_elapsed_time int, reads bigint, writes bigint, logical_reads bigint, dop int`)
	for _, s := range me.visible() {
		if !s.busy(me) {
			continue
		}
		left := 0
		if s.percent > 0 {
			left = int(float64(s.elapsed()) * (100 - s.percent) / s.percent)
		}
		wait := any(nil)
		if s.waiting {
			wait = "LCK_M_X"
		} else if s.pausing {
			wait = "WAITFOR"
		} else if s.target != "" {
			wait = "BACKUPTHREAD"
		}
		t.add(s.spid, 0, s.inst.w.local(s.lastBatch), s.statusFor(me), s.commandName(me), s.dbID(),
			1, nil, 0, wait, 0,
			"MISCELLANEOUS", "", bit(s.tran), s.percent,
			left, 0, s.elapsed(), 0, 0, 0, 1)
	}
	if me.inst.version.Major < SQL2016.Major {
		t.without("dop")
	}
	return t.Rows
}

func viewConnections(me *Session) *tsql.Rows {
	t := newTable(`session_id int, most_recent_session_id int, connect_time datetime, net_transport nvarchar(40), protocol_type nvarchar(40),
		protocol_version int, encrypt_option nvarchar(40), auth_scheme nvarchar(40), node_affinity smallint, num_reads int, num_writes int,
		last_read datetime, last_write datetime, net_packet_size int, client_net_address nvarchar(48), client_tcp_port int,
		local_net_address nvarchar(48), local_tcp_port int, connection_id uniqueidentifier, parent_connection_id uniqueidentifier`)
	for _, s := range me.visible() {
		if s.system {
			continue
		}
		scheme := "SQL"
		if s.login.windows {
			scheme = "NTLM" // the lab has no other
		}
		w := s.inst.w
		t.add(s.spid, s.spid, w.local(s.connect), "TCP", "TSQL", 1946157060, strings.ToUpper(strconv.FormatBool(s.encrypted)), scheme, 0, 1, 1,
			w.local(s.lastBatch), w.local(s.lastBatch), 4096, "127.0.0.1", 0, "127.0.0.1", 0, s.conn, nil)
	}
	return t.Rows
}

func viewSysProcesses(me *Session) *tsql.Rows {
	t := newTable(`spid smallint, kpid smallint, blocked smallint, waittype varbinary(2), waittime bigint, lastwaittype nvarchar(32),
		waitresource nvarchar(256), dbid smallint, uid smallint, cpu int, physical_io bigint, memusage int, login_time datetime,
		last_batch datetime, ecid smallint, open_tran smallint, status nvarchar(30), hostname nvarchar(128), program_name nvarchar(128),
		hostprocess nvarchar(10), cmd nvarchar(16), nt_domain nvarchar(128), nt_username nvarchar(128), net_library nvarchar(12),
		loginame nvarchar(128), request_id int, context_info varbinary(128)`)
	for _, s := range me.visible() {
		w := s.inst.w
		cmd := s.commandName(me)
		if s.pooled { // the threads of its report: they name nobody, and come in no order
			for thread := 1; thread <= 2; thread++ {
				t.add(s.spid, 0, 0, []byte{0, 0}, 0, pad("CXPACKET", 32), "", s.dbID(), 1, 0, 0, 0, time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC),
					w.local(s.lastBatch), thread, 0, pad("suspended", 30), pad("", 128), pad("", 128),
					pad("", 10), pad("SELECT", 16), pad("", 128), pad("", 128), pad("", 12),
					pad("", 128), 0, sysInfo(s))
			}
		}
		t.add(s.spid, 0, 0, []byte{0, 0}, 0, pad("MISCELLANEOUS", 32), "", s.dbID(), 1, 0, 0, 2, w.local(s.loggedIn()),
			w.local(s.lastBatch), 0, bit(s.tran), pad(s.statusFor(me), 30), pad(s.host, 128), pad(s.app, 128),
			pad(digits(int64(s.pid)), 10), pad(cmd[:min(16, len(cmd))], 16), pad("", 128), pad("", 128), pad("TCP/IP", 12),
			pad(s.login.name, 128), 0, sysInfo(s))
	}
	return t.Rows
}

// info is CONTEXT_INFO as sys.dm_exec_sessions has it, NULL where it was not set.
func info(s *Session) any {
	if s.info == nil {
		return nil
	}
	return s.info
}

// sysInfo is CONTEXT_INFO as sysprocesses has it, zeros where it was not set.
func sysInfo(s *Session) []byte {
	if s.info == nil {
		return make([]byte, 128)
	}
	return s.info
}

// pad fills a fixed-length column with blanks.
func pad(s string, n int) string {
	if len(s) >= n {
		return s
	}
	return s + strings.Repeat(" ", n-len(s))
}

func viewLocks(me *Session) *tsql.Rows {
	t := newTable(`resource_type nvarchar(60), resource_subtype nvarchar(60), resource_database_id int, resource_description nvarchar(256),
		resource_associated_entity_id bigint, request_mode nvarchar(60), request_type nvarchar(60), request_status nvarchar(60),
		request_reference_count smallint, request_session_id int, request_owner_type nvarchar(60)`)
	modes := map[string]string{"Shared": "S", "Update": "U", "IntentShared": "IS", "IntentExclusive": "IX", "Exclusive": "X"}
	for _, s := range me.visible() {
		if !s.system && s.db != "master" {
			t.add("DATABASE", "", s.dbID(), "", 0, "S", "LOCK", "GRANT", 1, s.spid, "SHARED_TRANSACTION_WORKSPACE")
		}
		if d := s.inst.db(s.target); d != nil {
			t.add("DATABASE", "", d.id, "", 0, "X", "LOCK", "GRANT", 1, s.spid, "SHARED_TRANSACTION_WORKSPACE")
		}
		for _, l := range s.locks {
			owner := "SESSION"
			if l.tran {
				owner = "TRANSACTION"
			}
			t.add("APPLICATION", "", s.dbID(), "0:["+l.resource[:min(32, len(l.resource))]+"]:(0)", 0, modes[l.mode], "LOCK", "GRANT", 1, s.spid, owner)
		}
	}
	return t.Rows
}
