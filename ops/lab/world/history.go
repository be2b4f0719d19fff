package world

import (
	"slices"
	"time"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world/media"
)

// history is what msdb remembers of backups and restores.
type history struct {
	sets     []backupSet
	restores []restoreRun
}

// backupSet is a row of msdb.dbo.backupset with the media set that holds it.
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
	devices           int
}

// note enters a backup set that the server has written or read; one that it
// knows is not entered again.
func (h *history) note(header media.Header, devices []string) int {
	if n := slices.IndexFunc(h.sets, func(s backupSet) bool { return s.header.Set == header.Set }); n >= 0 {
		return h.sets[n].id
	}
	id := len(h.sets) + 1
	h.sets = append(h.sets, backupSet{id, header, devices})
	return id
}

func (h *history) backedUp(set *media.Set, devices []string) {
	h.note(set.Header, devices)
}

func (o *operation) restored(d *database, set *media.Set, r tsql.Restore) {
	h := &o.inst.history
	h.restores = append(h.restores, restoreRun{
		id: len(h.restores) + 1, set: h.note(set.Header, r.Disks), date: o.inst.now(), database: d.name, user: o.user(),
		kind: set.Type.Letter(), replace: r.With.Has("REPLACE"), devices: len(r.Disks),
		recovery: !r.With.Has("NORECOVERY") && !r.With.Has("STANDBY"),
	})
}

func viewBackupSet(s *Session) *tsql.Rows {
	t := newTable(`backup_set_id int, backup_set_uuid uniqueidentifier, media_set_id int, first_family_number tinyint,
		first_media_number smallint, last_family_number tinyint, last_media_number smallint, catalog_family_number tinyint,
		catalog_media_number smallint, position int, expiration_date datetime, software_vendor_id int, name nvarchar(128),
		description nvarchar(255), user_name nvarchar(128), software_major_version tinyint, software_minor_version tinyint,
		software_build_version smallint, time_zone smallint, mtf_minor_version tinyint, first_lsn numeric(25), last_lsn numeric(25),
		checkpoint_lsn numeric(25), database_backup_lsn numeric(25), database_creation_date datetime, backup_start_date datetime,
		backup_finish_date datetime, type nvarchar(1), sort_order smallint, code_page smallint, compatibility_level tinyint,
		database_version int, backup_size numeric(20), database_name nvarchar(128), server_name nvarchar(128), machine_name nvarchar(128),
		flags int, unicode_locale int, unicode_compare_style int, collation_name nvarchar(128), is_password_protected bit,
		recovery_model nvarchar(60), has_bulk_logged_data bit, is_snapshot bit, is_readonly bit, is_single_user bit,
		has_backup_checksums bit, is_damaged bit, begins_log_chain bit, has_incomplete_metadata bit, is_force_offline bit,
		is_copy_only bit, first_recovery_fork_guid uniqueidentifier, last_recovery_fork_guid uniqueidentifier, fork_point_lsn numeric(25),
		database_guid uniqueidentifier, family_guid uniqueidentifier, differential_base_lsn numeric(25),
		differential_base_guid uniqueidentifier, compressed_backup_size numeric(20), key_algorithm nvarchar(32),
		encryptor_thumbprint varbinary(20), encryptor_type nvarchar(32)`)
	w := s.inst.w
	for _, b := range s.inst.history.sets {
		h, id := b.header, b.id+s.inst.others
		t.add(id, h.Set, id, 1,
			1, len(b.devices), 1, 1,
			1, max(h.Position, 1), nil, 4608, orNull(h.Name),
			nil, h.User, h.Version, minor(h.Version),
			h.Build, 127, 0, h.First, h.Last,
			h.Checkpoint, h.DatabaseLSN, w.local(h.Created), w.local(h.Started),
			w.local(h.Finished), h.Type.Letter(), 52, 0, compatibility(h.Version),
			internalVersion(h.Version), digits(h.Bytes), h.Database, h.Server, h.Machine,
			flags(h), 1033, 196609, collation, false,
			h.Recovery, false, false, false, h.SingleUser,
			h.Checksums, false, h.BeginsChain, false, h.Tail,
			h.CopyOnly, h.FirstFork, h.Fork, h.PointOfFork(),
			h.Family, h.Family, nil,
			nil, digits(h.Bytes), nil,
			nil, nil)
	}
	if s.inst.version.Major < SQL2014.Major {
		t.without("key_algorithm", "encryptor_thumbprint", "encryptor_type")
	}
	return t.Rows
}

func viewBackupMediaSet(s *Session) *tsql.Rows {
	t := newTable(`media_set_id int, media_uuid uniqueidentifier, media_family_count tinyint, name nvarchar(128), description nvarchar(255),
		software_name nvarchar(128), software_vendor_id int, MTF_major_version tinyint, mirror_count tinyint, is_password_protected bit,
		is_compressed bit`)
	for _, b := range s.inst.history.sets {
		t.add(b.id+s.inst.others, nil, len(b.devices), nil, nil, "Microsoft SQL Server", 4608, 1, 1, false, b.header.Compressed)
	}
	return t.Rows
}

func viewBackupMediaFamily(s *Session) *tsql.Rows {
	t := newTable(`media_set_id int, family_sequence_number tinyint, media_family_id uniqueidentifier, media_count int,
		logical_device_name nvarchar(128), physical_device_name nvarchar(260), device_type tinyint, physical_block_size int, mirror tinyint`)
	for _, b := range s.inst.history.sets {
		for n, device := range b.devices {
			t.add(b.id+s.inst.others, n+1, b.header.Set, 1, nil, device, 2, 4096, 0)
		}
	}
	return t.Rows
}

func viewRestoreHistory(s *Session) *tsql.Rows {
	t := newTable(`restore_history_id int, restore_date datetime, destination_database_name nvarchar(128), user_name nvarchar(128),
		backup_set_id int, restore_type nvarchar(1), replace bit, recovery bit, restart bit, stop_at datetime, device_count tinyint,
		stop_at_mark_name nvarchar(128), stop_before bit`)
	if n := s.inst.others; n > 0 { // the last of those of other databases stands for all
		t.add(n, s.inst.w.local(s.inst.started), "erp", "sa", n, "L", false, false, false, nil, 1, nil, nil)
	}
	for _, r := range s.inst.history.restores {
		t.add(r.id+s.inst.others, s.inst.w.local(r.date), r.database, r.user, r.set+s.inst.others, r.kind, r.replace, r.recovery, false, nil, r.devices, nil, nil)
	}
	return t.Rows
}
