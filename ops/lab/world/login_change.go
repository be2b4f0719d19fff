package world

import (
	"fmt"
	"slices"
	"strings"

	"pchatops/ops/lab/tsql"
)

const sysadminRole = "sysadmin"

// fixedRoles are the server roles of every release.
var fixedRoles = []string{
	sysadminRole, "securityadmin", "serveradmin", "setupadmin", "processadmin", "diskadmin", "dbcreator", "bulkadmin",
}

// principalProcs are the old spelling of ALTER SERVER ROLE.
var principalProcs = map[string]procedure{
	"sp_addsrvrolemember":  {home: "master", run: roleProc(true), params: params("@loginame sysname, @rolename sysname = sysadmin")},
	"sp_dropsrvrolemember": {home: "master", run: roleProc(false), params: params("@loginame sysname, @rolename sysname = sysadmin")},
}

func roleProc(add bool) func(*call) (int, *tsql.Error) {
	return func(c *call) (int, *tsql.Error) {
		role, member := c.str("@rolename"), c.str("@loginame")
		switch l := c.inst().findLogin(member); {
		case !fixedRole(role):
			return 1, fail(15402, role)
		case l == nil:
			return 1, fail(15007, member)
		case strings.EqualFold(member, "sa"):
			return 1, fail(15405, member)
		case !c.s.login.sysadmin:
			return 1, fail(15247)
		}
		return 0, c.s.alterRole(role, member, add)
	}
}

func fixedRole(name string) bool {
	return slices.ContainsFunc(fixedRoles, func(r string) bool { return strings.EqualFold(r, name) })
}

// AlterRole is ALTER SERVER ROLE … ADD or DROP MEMBER. It takes effect at once,
// also for sessions that the member has open.
func (s *Session) AlterRole(role, member string, add bool) *tsql.Error {
	s.inst.w.mu.Lock()
	defer s.inst.w.mu.Unlock()
	if e := s.touch(); e != nil {
		return e
	}
	return s.alterRole(role, member, add)
}

func (s *Session) alterRole(role, member string, add bool) *tsql.Error {
	l := s.inst.findLogin(member)
	switch {
	case !fixedRole(role) || !s.login.sysadmin:
		return fail(15151, "alter", "server role", role)
	case l == nil:
		return fail(15151, map[bool]string{true: "add", false: "drop"}[add], "principal", member)
	case strings.EqualFold(l.name, "sa"):
		return fail(15405, l.name)
	case strings.EqualFold(role, sysadminRole):
		l.sysadmin = add
	}
	return nil
}

// AlterLogin is ALTER LOGIN. Sessions that are open stay so.
func (s *Session) AlterLogin(c tsql.LoginChange) *tsql.Error {
	s.inst.w.mu.Lock()
	defer s.inst.w.mu.Unlock()
	if e := s.touch(); e != nil {
		return e
	}
	l := s.inst.findLogin(c.Login)
	own := l == s.login && c.Password != nil && c.OldPassword == l.password && c.Enable == nil && c.Name == ""
	if !s.login.sysadmin && !own {
		return fail(15151, "alter", "login", c.Login)
	}
	return s.inst.alterLogin(c)
}

func (i *Instance) alterLogin(c tsql.LoginChange) *tsql.Error {
	l := i.findLogin(c.Login)
	switch {
	case l == nil, l.windows && c.Password != nil:
		return fail(15151, "alter", "login", c.Login)
	case c.Name != "" && i.findLogin(c.Name) != nil:
		return fail(15025, c.Name)
	}
	if c.Password != nil {
		l.password = *c.Password
	}
	if c.Enable != nil {
		l.disabled = !*c.Enable
	}
	if c.Name != "" {
		l.name = c.Name
	}
	return nil
}

// ChangeLogin is what somebody else who administers an instance does to one of
// its logins; sysadmin is its membership of that role, nil as it is.
func (w *World) ChangeLogin(instance string, c tsql.LoginChange, sysadmin *bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.Instance(instance)
	if i == nil {
		return fmt.Errorf("no instance %q", instance)
	}
	if e := i.alterLogin(c); e != nil {
		return e
	}
	if sysadmin != nil {
		i.findLogin(c.Login).sysadmin = *sysadmin
	}
	return nil
}

// DropLogin is DROP LOGIN. What the login owned stays, without an owner.
func (s *Session) DropLogin(name string) *tsql.Error {
	s.inst.w.mu.Lock()
	defer s.inst.w.mu.Unlock()
	if e := s.touch(); e != nil {
		return e
	}
	l := s.inst.findLogin(name)
	switch {
	case l == nil || !s.login.sysadmin || strings.EqualFold(name, "sa"):
		return fail(15151, "drop", "login", name)
	case slices.ContainsFunc(s.inst.sessions, func(o *Session) bool { return o.login == l }):
		return fail(15434, l.name)
	}
	owned := 0
	for _, j := range s.inst.agent.jobs {
		if s.inst.loginOf(j.owner) == l {
			owned++
		}
	}
	if owned > 0 {
		return fail(15170, owned)
	}
	s.inst.logins = slices.DeleteFunc(s.inst.logins, func(o *login) bool { return o == l })
	return nil
}
