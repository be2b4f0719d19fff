package world

import "pchatops/ops/lab/tsql"

// Kill is KILL n.
func (s *Session) Kill(k tsql.Kill, _ tsql.Sink) *tsql.Error {
	end, e := s.kill(k)
	if end != nil {
		end()
	}
	return e
}

func (s *Session) kill(k tsql.Kill) (func(), *tsql.Error) {
	w := s.inst.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if e := s.touch(); e != nil {
		return nil, e
	}
	victim := s.inst.bySPID(k.SPID)
	switch {
	case !s.login.sysadmin:
		return nil, fail(6102)
	case k.SPID < 1 || k.SPID > 32767:
		return nil, fail(6101, k.SPID)
	case k.StatusOnly:
		return nil, fail(6120, k.SPID) // the lab's sessions roll back at once
	case k.SPID == s.spid:
		return nil, fail(6104)
	case victim == nil:
		return nil, fail(6106, k.SPID)
	case victim.system:
		return nil, fail(6107)
	}
	w.comeBack(victim)
	return s.inst.kick(victim), nil
}

func (i *Instance) bySPID(spid int) *Session {
	for _, s := range i.sessions {
		if s.spid == spid {
			return s
		}
	}
	return nil
}
