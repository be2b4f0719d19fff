package world

import (
	"context"
	"strings"

	"pchatops/ops/lab/tsql"
)

// Alter is ALTER DATABASE … SET ….
func (s *Session) Alter(_ context.Context, a tsql.AlterDatabase, sink tsql.Sink) *tsql.Error {
	w := s.inst.w
	w.mu.Lock()
	e := s.touch()
	if e != nil {
		w.mu.Unlock()
		return e
	}
	var end []func()
	if a.Rename != "" {
		e = s.rename(a.Database, a.Rename)
	} else {
		end, e = s.alter(a)
	}
	w.mu.Unlock()
	for _, f := range end {
		f()
	}
	if e == nil && a.Rename != "" {
		sink.Message(fail(5021, a.Rename))
	}
	if e == nil {
		return nil
	}
	sink.Message(e)
	return fail(5069, "ALTER DATABASE")
}

// alter gives what is to be called once the lock is released.
func (s *Session) alter(a tsql.AlterDatabase) ([]func(), *tsql.Error) {
	d := s.inst.db(a.Database)
	if d == nil || !s.login.sysadmin {
		return nil, fail(5011, a.Database)
	}
	if len(a.Set) == 0 {
		return nil, fail(102, "SET")
	}
	switch a.Set[0] {
	case "PARTNER":
		return s.alterPartner(d, strip(a.Set[1:]))
	case "WITNESS":
		return nil, s.alterWitness(d, strip(a.Set[1:]))
	}
	if s.inst.w.pairOf(s.inst, d) != nil {
		return nil, fail(1468, d.name)
	}
	if d.state == restoring {
		return nil, fail(5052, "ALTER DATABASE", "Restoring")
	}
	switch a.Set[0] {
	case "SINGLE_USER", "MULTI_USER", "RESTRICTED_USER":
		return s.alterAccess(d, a.Set[0], contains(a.Set, "ROLLBACK"))
	case online, offline:
		return s.alterState(d, a.Set[0], contains(a.Set, "ROLLBACK"))
	case "RECOVERY":
		return nil, d.alterRecovery(strip(a.Set[1:]))
	case "READ_ONLY", "READ_WRITE", "AUTO_CLOSE", "AUTO_SHRINK", "PAGE_VERIFY", "TRUSTWORTHY", "ENABLE_BROKER", "DISABLE_BROKER":
		return nil, nil // accepted; the lab's databases have nothing that they change
	}
	return nil, fail(102, a.Set[0])
}

// strip leaves out the equals sign that some options have.
func strip(words []string) []string {
	if len(words) > 0 && words[0] == "=" {
		return words[1:]
	}
	return words
}

func contains(words []string, word string) bool {
	for _, w := range words {
		if w == word {
			return true
		}
	}
	return false
}

// alterAccess sets SINGLE_USER and its kin; ROLLBACK ends those in the way.
func (s *Session) alterAccess(d *database, access string, rollback bool) ([]func(), *tsql.Error) {
	if d.state != online {
		return nil, fail(942, d.name)
	}
	if d.access == "SINGLE_USER" && d.single != nil && d.single != s && !rollback {
		return nil, fail(5064, d.name)
	}
	var end []func()
	if access == "SINGLE_USER" {
		others := d.usedBy(s.inst, s)
		if len(others) > 0 && !rollback {
			return nil, fail(5070, d.name)
		}
		for _, other := range others {
			end = append(end, s.inst.kick(other))
		}
	}
	d.access, d.single = access, nil
	if access == "SINGLE_USER" && strings.EqualFold(s.db, d.name) {
		d.single = s
	}
	return end, nil
}

func (s *Session) alterState(d *database, state string, rollback bool) ([]func(), *tsql.Error) {
	if state == online {
		if e := d.undone(s.inst); e != nil {
			return nil, e
		}
		d.state = online
		return nil, nil
	}
	var end []func()
	for _, other := range d.usedBy(s.inst, s) {
		if !rollback {
			return nil, fail(5070, d.name)
		}
		end = append(end, s.inst.kick(other))
	}
	if strings.EqualFold(s.db, d.name) {
		s.db = "master"
	}
	d.state = offline
	return end, nil
}

func (d *database) alterRecovery(words []string) *tsql.Error {
	if len(words) != 1 || recoveryCodes[words[0]] == 0 {
		return fail(102, "RECOVERY")
	}
	if words[0] == "SIMPLE" && d.recovery != "SIMPLE" {
		d.c.logStart, d.c.log = 0, nil // the chain is broken until the next full backup
	}
	d.recovery = words[0]
	return nil
}
