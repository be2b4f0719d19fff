package world

import (
	"pchatops/ops/lab/tsql"
)

// who2 is the table of sp_who2: padded text, and SPID twice.
func who2(me *Session) *tsql.Rows {
	t := newTable(`SPID nvarchar(5), Status nvarchar(30), Login nvarchar(128), HostName nvarchar(128), BlkBy nvarchar(5), DBName nvarchar(128),
		Command nvarchar(16), CPUTime nvarchar(30), DiskIO nvarchar(30), LastBatch nvarchar(30), ProgramName nvarchar(128),
		SPID nvarchar(5), REQUESTID nvarchar(5)`)
	for _, s := range me.visible() {
		spid := pad(digits(int64(s.spid)), 5)
		host := s.host
		if host == "" {
			host = "  ."
		}
		status := s.statusFor(me)
		switch status {
		case "running":
			status = "RUNNABLE"
		case "background":
			status = "BACKGROUND"
		}
		t.add(spid, pad(status, 30), s.login.name, host, "  .", s.db,
			s.commandName(me), "0", "0", s.inst.w.local(s.lastBatch).Format("01/02 15:04:05"), pad(s.app, 30), spid, pad("0", 5))
	}
	return t.Rows
}

// who is the table of sp_who.
func who(me *Session) *tsql.Rows {
	t := newTable(`spid smallint, ecid smallint, status nvarchar(30), loginame nvarchar(128), hostname nvarchar(128), blk nvarchar(5),
		dbname nvarchar(128), cmd nvarchar(16), request_id int`)
	for _, s := range me.visible() {
		t.add(s.spid, 0, pad(s.statusFor(me), 30), s.login.name, pad(s.host, 128), pad("0", 5), s.db, s.commandName(me), 0)
	}
	return t.Rows
}
