package world

import (
	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world/media"
)

func viewDatabases(s *Session) *tsql.Rows {
	t := newTable(`name sysname, database_id int, source_database_id int, owner_sid varbinary(85), create_date datetime,
		compatibility_level tinyint, collation_name sysname, user_access tinyint, user_access_desc nvarchar(60), is_read_only bit,
		is_auto_close_on bit, is_auto_shrink_on bit, state tinyint, state_desc nvarchar(60), is_in_standby bit, is_cleanly_shutdown bit,
		snapshot_isolation_state tinyint, is_read_committed_snapshot_on bit, recovery_model tinyint, recovery_model_desc nvarchar(60),
		page_verify_option tinyint, page_verify_option_desc nvarchar(60), is_trustworthy_on bit, is_published bit, is_broker_enabled bit,
		log_reuse_wait tinyint, log_reuse_wait_desc nvarchar(60), service_broker_guid uniqueidentifier, is_encrypted bit,
		replica_id uniqueidentifier, group_database_id uniqueidentifier, is_query_store_on bit`)
	i := s.inst
	for _, d := range i.databases {
		waits, why := d.logWait(i)
		t.add(d.name, d.id, nil, []byte{1}, i.w.local(d.created),
			i.version.Compatibility, d.collation(), accessCodes[d.access], d.access, d.standby != "",
			false, false, stateCodes[d.state], d.state, d.standby != "", false,
			0, false, recoveryCodes[d.recovery], d.recovery,
			2, "CHECKSUM", false, false, d.state == online && d.name == "msdb",
			waits, why, d.c.family, false,
			nil, nil, false)
	}
	if i.version.Major < SQL2012.Major {
		t.without("replica_id", "group_database_id")
	}
	if i.version.Major < SQL2016.Major {
		t.without("is_query_store_on")
	}
	return t.Rows
}

func (d *database) collation() any {
	if d.state != online {
		return nil
	}
	return collation
}

// logWait is why the log cannot be reused.
func (d *database) logWait(i *Instance) (int, string) {
	if p := i.w.pairOf(i, d); p != nil && p.apart {
		return 5, "DATABASE_MIRRORING"
	}
	if d.state == online && d.recovery == "FULL" && len(d.c.log) > 0 {
		return 2, "LOG_BACKUP"
	}
	return 0, "NOTHING"
}

func viewSysDatabases(s *Session) *tsql.Rows {
	t := newTable("name sysname, dbid smallint, sid varbinary(85), mode smallint, status int, crdate datetime, cmptlevel tinyint, filename nvarchar(260), version smallint")
	i := s.inst
	for _, d := range i.databases {
		t.add(d.name, d.id, []byte{1}, 0, map[string]int{restoring: 32, offline: 512}[d.state], i.w.local(d.created), i.version.Compatibility, d.data, i.version.Internal)
	}
	return t.Rows
}

func viewMasterFiles(s *Session) *tsql.Rows {
	t := newTable(`database_id int, file_id int, file_guid uniqueidentifier, type tinyint, type_desc nvarchar(60), data_space_id int,
		name sysname, physical_name nvarchar(260), state tinyint, state_desc nvarchar(60), size int, max_size int, growth int,
		is_media_read_only bit, is_read_only bit, is_sparse bit, create_lsn numeric(25), differential_base_lsn numeric(25),
		redo_start_lsn numeric(25), redo_start_fork_guid uniqueidentifier, redo_target_lsn numeric(25),
		redo_target_fork_guid uniqueidentifier, backup_lsn numeric(25)`)
	if !s.login.sysadmin {
		return t.Rows // needs VIEW ANY DEFINITION
	}
	for _, d := range s.inst.databases {
		redo, fork := d.redoStart(s.inst)
		t.add(d.id, 1, d.c.family, 0, "ROWS", 1, d.name, d.data, stateCodes[d.state], d.state, 3072, -1, 1024,
			false, d.standby != "", false, nil, d.c.fullLSN, redo, fork, nil, nil, nil)
		t.add(d.id, 2, nil, 1, "LOG", 0, d.name+"_log", d.log, stateCodes[d.state], d.state, 1024, -1, 1024,
			false, d.standby != "", false, nil, nil, redo, fork, nil, nil, nil)
	}
	return t.Rows
}

// redoStart is where the next roll-forward must begin; nothing unless the
// files are RESTORING, so nothing in STANDBY either.
func (d *database) redoStart(i *Instance) (media.LSN, media.GUID) {
	switch {
	case d.state != restoring:
		return 0, media.GUID{}
	case i.w.pairOf(i, d) != nil:
		return d.c.next, d.c.fork // a mirror follows its principal
	}
	return d.redo, d.redoFork
}

func viewRecoveryStatus(s *Session) *tsql.Rows {
	t := newTable(`database_id int, database_guid uniqueidentifier, family_guid uniqueidentifier, last_log_backup_lsn numeric(25),
		recovery_fork_guid uniqueidentifier, first_recovery_fork_guid uniqueidentifier, fork_point_lsn numeric(25)`)
	if !s.login.sysadmin {
		return t.Rows // needs VIEW ANY DEFINITION
	}
	for _, d := range s.inst.databases {
		c := d.c
		if d.state != online {
			t.add(d.id, nil, nil, nil, nil, nil, nil)
			continue
		}
		var first media.GUID
		var point media.LSN
		if !c.previousFork.IsZero() {
			first, point = c.previousFork, c.forkPoint
		}
		t.add(d.id, c.family, c.family, c.logStart, c.fork, first, point)
	}
	return t.Rows
}
