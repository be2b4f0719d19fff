package mssql

import (
	"strings"

	"pchatops/ops/status"
)

func takeDatabase(in *reading, r record) {
	in.facts.Database = status.Database{
		Exists:     true,
		State:      r.text("state_desc"),
		Standby:    r.is("is_in_standby"),
		Recovery:   r.text("recovery_model_desc"),
		UserAccess: r.text("user_access_desc"),
		Created:    r.time("create_date"),
	}
	if r["mirroring_guid"] != nil {
		takeMirroring(in, r)
	}
}

func takeMirroring(in *reading, r record) {
	m := &in.facts.Mirroring
	m.Configured, m.Session = true, r.text("mirroring_guid")
	m.Role, m.State = r.text("mirroring_role_desc"), r.text("mirroring_state_desc")
	m.Changes = r.int("mirroring_role_sequence", -1)
	m.Safety = r.text("mirroring_safety_level_desc")
	m.Partner, m.Witness = r.text("mirroring_partner_name"), r.text("mirroring_witness_name")
	m.WitnessState = r.text("mirroring_witness_state_desc")
}

func takeQueue(in *reading, r record) {
	kb := r.int("cntr_value", -1)
	switch name := r.text("counter_name"); {
	case strings.HasPrefix(name, "Log Send"):
		in.facts.Mirroring.SendQueueKB = kb
	case strings.HasPrefix(name, "Redo"):
		in.facts.Mirroring.RedoQueueKB = kb
	}
}

func takeRedo(in *reading, r record) {
	in.facts.Database.RedoLSN, in.facts.Database.RedoFork = r.lsn("redo_lsn"), r.text("redo_fork")
}

func takeRecovery(in *reading, r record) {
	in.facts.Database.Family = r.text("family_guid")
	in.facts.Database.Fork, in.facts.Database.ForkPoint = r.text("recovery_fork_guid"), r.lsn("fork_point_lsn")
}

func takeHistory(in *reading, r record) {
	in.newest = r.int("newest", 0)
	in.past = status.Restored{
		ID: r.int("restore_history_id", 0), First: r.lsn("first_lsn"), Last: r.lsn("last_lsn"),
		Fork: r.text("last_recovery_fork_guid"), Family: r.text("family_guid"), Server: r.text("server_name"), Finished: r.time("backup_finish_date"),
	}
}
