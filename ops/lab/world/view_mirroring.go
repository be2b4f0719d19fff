package world

import (
	"cmp"
	"strings"

	"pchatops/ops/lab/tsql"
)

func viewMirroring(s *Session) *tsql.Rows {
	t := newTable(`database_id int, mirroring_guid uniqueidentifier, mirroring_state tinyint, mirroring_state_desc nvarchar(60),
		mirroring_role tinyint, mirroring_role_desc nvarchar(60), mirroring_role_sequence int, mirroring_safety_level tinyint,
		mirroring_safety_level_desc nvarchar(60), mirroring_safety_sequence int, mirroring_partner_name nvarchar(128),
		mirroring_partner_instance nvarchar(128), mirroring_witness_name nvarchar(128), mirroring_witness_state tinyint,
		mirroring_witness_state_desc nvarchar(60), mirroring_failover_lsn numeric(25), mirroring_connection_timeout int,
		mirroring_redo_queue int, mirroring_redo_queue_type nvarchar(60), mirroring_end_of_log_lsn numeric(25),
		mirroring_replication_lsn numeric(25)`)
	for _, d := range s.inst.databases {
		p := s.inst.w.pairOf(s.inst, d)
		if p == nil || !s.login.sysadmin && d.state != online {
			row := make([]any, len(t.Columns))
			row[0] = d.id
			t.add(row...)
			continue
		}
		t.add(mirroringRow(s.inst, d, p)...)
	}
	return t.Rows
}

func mirroringRow(i *Instance, d *database, p *pair) []any {
	state := p.state(i.w.Clock.Now())
	role, roleName, partner := 1, "PRINCIPAL", p.mirror
	if p.mirror == i {
		role, roleName, partner = 2, "MIRROR", p.principal
	}
	safety, safetyName := 1, "OFF"
	if p.full {
		safety, safetyName = 2, "FULL"
	}
	witness, witnessState, witnessName := "", 0, "UNKNOWN"
	if p.witness != nil {
		witness, witnessState, witnessName = endpoint(p.witness.host), 2, "DISCONNECTED"
		if p.witness.up {
			witnessState, witnessName = 1, "CONNECTED"
		}
	}
	return []any{
		d.id, p.guid, mirroringCodes[state], state, role, roleName, p.role, safety, safetyName, p.safety,
		endpoint(partner.host), partner.Name(), witness, witnessState, witnessName,
		d.c.next, p.timeout, nil, "UNLIMITED", d.c.next, d.c.next,
	}
}

func viewMirroringEndpoints(s *Session) *tsql.Rows {
	t := newTable(`name sysname, endpoint_id int, principal_id int, protocol tinyint, protocol_desc nvarchar(60), type tinyint,
		type_desc nvarchar(60), state tinyint, state_desc nvarchar(60), is_admin_endpoint bit, role tinyint, role_desc nvarchar(60),
		is_encryption_enabled bit, connection_auth tinyint, connection_auth_desc nvarchar(60), certificate_id int,
		encryption_algorithm tinyint, encryption_algorithm_desc nvarchar(60)`)
	role, name := 3, "ALL"
	if s.inst.role == Witness {
		role, name = 2, "WITNESS"
	}
	e := s.inst.misfit.endpoint
	if !e.there() {
		return t.Rows
	}
	if e.Role != "" {
		role, name = map[string]int{"PARTNER": 1, "WITNESS": 2, "ALL": 3}[e.Role], e.Role
	}
	algorithm, word := 2, "AES"
	if e.Plain {
		algorithm, word = 0, "NONE"
	}
	t.add(e.name(), 65536, 1, 2, "TCP", 4, "DATABASE_MIRRORING", bit(e.State == "STOPPED"), cmp.Or(e.State, "STARTED"), false, role, name,
		!e.Plain, 3, "NEGOTIATE", 0, algorithm, word)
	return t.Rows
}

func viewTCPEndpoints(s *Session) *tsql.Rows {
	t := newTable(`name sysname, endpoint_id int, protocol tinyint, protocol_desc nvarchar(60), type tinyint, type_desc nvarchar(60),
		state tinyint, state_desc nvarchar(60), port int, is_dynamic_port bit, ip_address nvarchar(45)`)
	t.add("TSQL Default TCP", 4, 2, "TCP", 2, "TSQL", 0, "STARTED", 0, true, nil)
	switch e := s.inst.misfit.endpoint; {
	case e.State == "taken":
		t.add("broker", 65537, 2, "TCP", 3, "SERVICE_BROKER", 0, "STARTED", partnerPort, false, nil)
	case e.there():
		t.add(e.name(), 65536, 2, "TCP", 4, "DATABASE_MIRRORING", bit(e.State == "STOPPED"), cmp.Or(e.State, "STARTED"), e.port(), false, nil)
	}
	return t.Rows
}

func viewWitnesses(s *Session) *tsql.Rows {
	t := newTable(`database_name sysname, principal_server_name sysname, mirror_server_name sysname, safety_level tinyint,
		safety_level_desc nvarchar(60), mirroring_guid uniqueidentifier`)
	for _, p := range s.inst.w.pairs {
		if p.witness == s.inst {
			t.add(p.database, endpoint(p.principal.host), endpoint(p.mirror.host), 2, "FULL", p.guid)
		}
	}
	return t.Rows
}

func viewMirroringConnections(s *Session) *tsql.Rows {
	t := newTable(`connection_id uniqueidentifier, state smallint, state_desc nvarchar(60), connect_time datetime, login_time datetime,
		authentication_method nvarchar(128), principal_name nvarchar(128), remote_user_name nvarchar(128), last_activity_time datetime,
		is_accept bit, login_state smallint, login_state_desc nvarchar(60), encryption_algorithm smallint, encryption_algorithm_desc nvarchar(60)`)
	now := s.inst.w.local(s.inst.now())
	for _, p := range s.inst.w.pairs {
		if (p.principal == s.inst || p.mirror == s.inst) && p.connected() {
			t.add(p.guid, 4, "LOGGED_IN", s.inst.w.local(s.inst.started), s.inst.w.local(s.inst.started), "NEGOTIATE",
				s.inst.service, s.inst.service, now, p.mirror == s.inst, 12, "ONLINE", 2, "AES")
		}
		for _, partner := range []*Instance{p.principal, p.mirror} {
			if p.witness == s.inst && partner.up {
				t.add(p.guid, 4, "LOGGED_IN", s.inst.w.local(partner.started), s.inst.w.local(partner.started), "NEGOTIATE",
					s.inst.service, partner.service, now, true, 12, "ONLINE", 2, "AES")
			}
		}
	}
	return t.Rows
}

// viewCounters are the performance counters of mirroring.
func viewCounters(s *Session) *tsql.Rows {
	t := newTable("object_name nvarchar(128), counter_name nvarchar(128), instance_name nvarchar(128), cntr_value bigint, cntr_type int")
	const gauge = 65792
	for _, d := range s.inst.databases {
		p := s.inst.w.pairOf(s.inst, d)
		if p == nil {
			continue
		}
		send := int64(0)
		if p.principal == s.inst {
			send = p.unsent()
		}
		object := "MSSQL$" + instanceName + ":Database Mirroring"
		t.add(object, "Log Send Queue KB", d.name, send, gauge)
		t.add(object, "Redo Queue KB", d.name, int64(0), gauge)
	}
	return t.Rows
}

const monitorColumns = `database_name sysname, role int, mirroring_state int, witness_status int, log_generation_rate int,
	unsent_log int, send_rate int, unrestored_log int, recovery_rate int, transaction_delay int, transactions_per_sec int,
	average_delay int, time_recorded datetime, time_behind datetime, local_time datetime`

// mirrorMonitor is the current state of the mirroring of one database, or all.
func mirrorMonitor(s *Session, only string) *tsql.Rows {
	t := newTable(monitorColumns)
	now := s.inst.now()
	for _, d := range s.inst.databases {
		p := s.inst.w.pairOf(s.inst, d)
		if p == nil || only != "" && !strings.EqualFold(only, d.name) {
			continue
		}
		row := mirroringRow(s.inst, d, p)
		t.add(d.name, row[4], row[2], row[13], 4, int(p.unsent()), 4, 0, 4, 0, 1, 1,
			s.inst.w.local(now), s.inst.w.local(now), s.inst.w.local(now))
	}
	return t.Rows
}

func viewMonitorData(s *Session) *tsql.Rows {
	rows := mirrorMonitor(s, "")
	t := newTable(`database_id int, role bit, status tinyint, witness_status tinyint, log_flush_rate bigint, send_queue_size bigint,
		send_rate bigint, redo_queue_size bigint, redo_rate bigint, transaction_delay bigint, transactions_per_sec bigint,
		time datetime, end_of_log_lsn numeric(25), failover_lsn numeric(25), local_time datetime`)
	for _, r := range rows.Values {
		d := s.inst.db(r[0].(string))
		t.add(d.id, r[1].(int64) == 1, r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10], r[12], d.c.next, d.c.next, r[14])
	}
	return t.Rows
}
