package world

import (
	"bytes"
	"cmp"
	"strings"
)

func loginName(s *Session, _ []any) any { return s.login.name }

// nameOfSID is SUSER_SNAME: of the session itself, or of a login that exists.
func nameOfSID(s *Session, args []any) any {
	if len(args) == 0 {
		return s.login.name
	}
	sid, _ := args[0].([]byte)
	if l := s.inst.loginOf(sid); l != nil {
		return l.name
	}
	if bytes.Equal(sid, memberSID) && !s.inst.alone {
		return Member
	}
	return nil
}

func userName(s *Session, _ []any) any {
	if s.login.sysadmin {
		return "dbo"
	}
	return "guest"
}

func localNow(s *Session, _ []any) any { return s.inst.w.local(s.inst.now()) }

func serverProperty(s *Session, args []any) any {
	v := s.inst.version
	switch strings.ToLower(textOf(args, 0)) {
	case "productversion":
		return v.Product
	case "productlevel":
		return v.Level
	case "edition":
		return s.inst.editionName()
	case "engineedition":
		return editions[cmp.Or(s.inst.edition, "Standard")]
	case "machinename", "computernamephysicalnetbios":
		return s.inst.host
	case "instancename":
		return instanceName
	case "servername":
		return s.inst.Name()
	case "isclustered", "isintegratedsecurityonly", "issingleuser":
		return 0
	case "collation":
		return collation
	case "processid":
		return 1432
	case "productmajorversion":
		return sinceVersion(v, SQL2012, digits(int64(v.Major)))
	case "ishadrenabled", "islocaldb":
		return sinceVersion(v, SQL2012, 0)
	case "instancedefaultdatapath", "instancedefaultlogpath":
		return sinceVersion(v, SQL2012, dataFolder+`\`)
	}
	return nil
}

func sinceVersion(v, first Version, value any) any {
	if v.Major < first.Major {
		return nil
	}
	return value
}

func dbID(s *Session, args []any) any {
	name := s.db
	if len(args) > 0 {
		name = textOf(args, 0)
	}
	if d := s.inst.db(name); d != nil {
		return d.id
	}
	return nil
}

func dbName(s *Session, args []any) any {
	if len(args) == 0 || args[0] == nil {
		return s.db
	}
	for _, d := range s.inst.databases {
		if digits(int64(d.id)) == textOf(args, 0) {
			return d.name
		}
	}
	return nil
}

func databaseProperty(s *Session, args []any) any {
	d := s.inst.db(textOf(args, 0))
	if d == nil {
		return nil
	}
	switch strings.ToLower(textOf(args, 1)) {
	case "status":
		return d.state
	case "recovery":
		return d.recovery
	case "useraccess":
		return d.access
	case "updateability":
		if d.standby != "" {
			return "READ_ONLY"
		}
		return "READ_WRITE"
	case "isinstandby":
		return bit(d.standby != "")
	case "collation":
		return d.collation()
	}
	return nil
}

func hasAccess(s *Session, args []any) any {
	d := s.inst.db(textOf(args, 0))
	if d == nil {
		return nil
	}
	return bit(d.enter(s) == nil)
}

func isRoleMember(s *Session, args []any) any {
	l := s.login
	if len(args) > 1 {
		l = s.inst.findLogin(textOf(args, 1))
	}
	switch strings.ToLower(textOf(args, 0)) {
	case "public":
		return 1
	case "sysadmin", "securityadmin", "serveradmin", "setupadmin", "processadmin", "diskadmin", "dbcreator", "bulkadmin":
		if l == nil {
			return nil
		}
		return bit(l.sysadmin)
	}
	return nil
}

// hasPerms is HAS_PERMS_BY_NAME: a sysadmin may everything, others connect.
func hasPerms(s *Session, args []any) any {
	switch right := strings.ToUpper(textOf(args, 2)); {
	case right == "":
		return nil
	case s.login.sysadmin:
		return 1
	default:
		return bit(right == "CONNECT SQL" || right == "VIEW ANY DATABASE")
	}
}

// appLockTest is APPLOCK_TEST(principal, resource, mode, owner).
func appLockTest(s *Session, args []any) any {
	mode := spelledMode(textOf(args, 2))
	if mode == "" {
		return nil
	}
	return bit(s.lockable(textOf(args, 1), mode))
}

// appLockMode is APPLOCK_MODE(principal, resource, owner).
func appLockMode(s *Session, args []any) any {
	tran := strings.EqualFold(textOf(args, 2), "Transaction")
	for _, l := range s.locks {
		if l.resource == textOf(args, 1) && l.tran == tran {
			return l.mode
		}
	}
	return "NoLock"
}

func connectionProperty(_ *Session, args []any) any {
	switch strings.ToLower(textOf(args, 0)) {
	case "net_transport":
		return "TCP"
	case "protocol_type":
		return "TSQL"
	case "auth_scheme":
		return "SQL"
	case "client_net_address":
		return "127.0.0.1"
	}
	return nil
}
