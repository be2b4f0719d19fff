package world

import "pchatops/ops/lab/tsql"

// Drop is DROP DATABASE: a database that nobody uses and that is no partner of
// a mirroring session goes, whatever its state. Log shipping does not notice
// until its jobs run.
func (s *Session) Drop(name string) *tsql.Error {
	w := s.inst.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if e := s.touch(); e != nil {
		return e
	}
	d := s.inst.db(name)
	switch {
	case d == nil || !s.login.sysadmin:
		return fail(3701, name)
	case system(d.name):
		return fail(3708, d.name)
	case w.pairOf(s.inst, d) != nil:
		return fail(3743, d.name)
	case s.db == d.name, len(d.usedBy(s.inst, s)) > 0, d.busyWith != "":
		return fail(3702, d.name)
	}
	s.inst.drop(d)
	return nil
}
