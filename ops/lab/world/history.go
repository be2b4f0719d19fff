package world

import (
	"time"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world/media"
)

// history is what msdb remembers of backups and restores.
type history struct {
	sets     []backupSet
	restores []restoreRun
}

// backupSet is a row of msdb.dbo.backupset and its media.
type backupSet struct {
	id      int
	header  media.Header
	devices []string
}

// restoreRun is a row of msdb.dbo.restorehistory.
type restoreRun struct {
	id, set           int
	date              time.Time
	database, user    string
	kind              string
	replace, recovery bool
}

func (h *history) note(header media.Header, devices []string) int {
	for _, s := range h.sets {
		if s.header.Set == header.Set {
			return s.id
		}
	}
	id := len(h.sets) + 1
	h.sets = append(h.sets, backupSet{id, header, devices})
	return id
}

func (h *history) backedUp(set *media.Set, devices []string) {
	h.note(set.Header, devices)
}

func (h *history) restored(i *Instance, d *database, set *media.Set, r tsql.Restore) {
	h.restores = append(h.restores, restoreRun{
		id: len(h.restores) + 1, set: h.note(set.Header, r.Disks), date: i.w.Clock.Now(), database: d.name, user: i.service,
		kind: set.Type.Letter(), replace: r.With.Has("REPLACE"),
		recovery: !r.With.Has("NORECOVERY") && !r.With.Has("STANDBY"),
	})
}

func viewBackupSet(s *Session) *tsql.Rows {
	t := newTable(`backup_set_id int, backup_set_uuid uniqueidentifier, media_set_id int, name nvarchar(128), user_name nvarchar(128),
		software_major_version tinyint, software_build_version smallint, database_creation_date datetime, backup_start_date datetime,
		backup_finish_date datetime, type nvarchar(1), position int, database_name nvarchar(128), server_name nvarchar(128),
		machine_name nvarchar(128), first_lsn numeric(25), last_lsn numeric(25), checkpoint_lsn numeric(25), database_backup_lsn numeric(25),
		backup_size numeric(20), compressed_backup_size numeric(20), recovery_model nvarchar(60), is_copy_only bit, is_damaged bit,
		has_backup_checksums bit, begins_log_chain bit, is_force_offline bit, first_recovery_fork_guid uniqueidentifier,
		last_recovery_fork_guid uniqueidentifier, fork_point_lsn numeric(25), family_guid uniqueidentifier, collation_name nvarchar(128)`)
	w := s.inst.w
	for _, b := range s.inst.history.sets {
		h := b.header
		t.add(b.id, h.Set, b.id, nil, h.User,
			h.Version, h.Build, w.local(h.Created), w.local(h.Started),
			w.local(h.Finished), h.Type.Letter(), 1, h.Database, h.Server,
			h.Machine, h.First, h.Last, h.Checkpoint, h.DatabaseLSN,
			digits(h.Bytes), digits(h.Bytes), h.Recovery, h.CopyOnly, false,
			h.Checksums, h.BeginsChain, h.Tail, h.FirstFork,
			h.Fork, h.ForkPoint, h.Family, collation)
	}
	return t.Rows
}

func viewBackupMediaFamily(s *Session) *tsql.Rows {
	t := newTable(`media_set_id int, family_sequence_number tinyint, media_family_id uniqueidentifier, media_count int,
		logical_device_name nvarchar(128), physical_device_name nvarchar(260), device_type tinyint, physical_block_size int, mirror tinyint`)
	for _, b := range s.inst.history.sets {
		for n, device := range b.devices {
			t.add(b.id, n+1, b.header.Set, 1, nil, device, 2, 4096, 0)
		}
	}
	return t.Rows
}

func viewRestoreHistory(s *Session) *tsql.Rows {
	t := newTable(`restore_history_id int, restore_date datetime, destination_database_name nvarchar(128), user_name nvarchar(128),
		backup_set_id int, restore_type nvarchar(1), replace bit, recovery bit, restart bit, stop_at datetime, device_count tinyint,
		stop_at_mark_name nvarchar(128), stop_before bit`)
	for _, r := range s.inst.history.restores {
		t.add(r.id, s.inst.w.local(r.date), r.database, r.user, r.set, r.kind, r.replace, r.recovery, false, nil, 1, nil, nil)
	}
	return t.Rows
}
