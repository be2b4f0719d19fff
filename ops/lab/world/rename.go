package world

import (
	"strings"

	"pchatops/ops/lab/tsql"
)

// rename is ALTER DATABASE … MODIFY NAME. Log shipping, jobs and logins keep
// the old name: that is what goes wrong when somebody does it.
func (s *Session) rename(name, to string) *tsql.Error {
	d := s.inst.db(name)
	switch {
	case d == nil || !s.login.sysadmin:
		return fail(5011, name)
	case s.inst.w.pairOf(s.inst, d) != nil:
		return fail(1468, d.name)
	case d.state == restoring:
		return fail(5052, "ALTER DATABASE", "Restoring")
	case d.state != online || d.standby != "":
		return fail(5004)
	case s.inst.db(to) != nil && s.inst.db(to) != d:
		return fail(1801, to)
	case system(d.name) || d.busyWith != "" || len(d.usedBy(s.inst, s)) > 0:
		return fail(5030)
	}
	if strings.EqualFold(s.db, d.name) {
		s.db = to
	}
	d.name, d.created = to, s.inst.w.Clock.Now() // create_date tells of a rename, too
	return nil
}
