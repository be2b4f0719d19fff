package world

import (
	"strings"

	"pchatops/ops/lab/tsql"
)

// Scalar evaluates the functions that depend on the server.
func (s *Session) Scalar(name string, args []any) (any, tsql.Kind, *tsql.Error, bool) {
	w := s.inst.w
	w.mu.Lock()
	defer w.mu.Unlock()
	f, ok := scalars[strings.ToUpper(name)]
	if !ok {
		return nil, 0, nil, false
	}
	if e := s.touch(); e != nil {
		return nil, f.kind, e, true
	}
	v := value(f.eval(s, args))
	if _, number := v.(int64); number && f.kind == tsql.NVarChar {
		return v, tsql.Int, nil, true // a sql_variant that holds a number
	}
	return v, f.kind, nil, true
}

// scalar is a function of the server.
type scalar struct {
	kind tsql.Kind
	eval func(s *Session, args []any) any
}

// textOf is an argument as text; empty when it is missing or NULL.
func textOf(args []any, n int) string {
	if n >= len(args) || args[n] == nil {
		return ""
	}
	v, _ := asText(args[n], tsql.NVarChar)
	return v.(string)
}

var scalars map[string]scalar

func init() { // a table of functions that look into the table of procedures
	scalars = map[string]scalar{
		"@@VERSION":          {tsql.NVarChar, func(s *Session, _ []any) any { return s.inst.version.banner() }},
		"@@SERVERNAME":       {tsql.NVarChar, func(s *Session, _ []any) any { return s.inst.Name() }},
		"@@SERVICENAME":      {tsql.NVarChar, func(*Session, []any) any { return instanceName }},
		"@@LANGUAGE":         {tsql.NVarChar, func(*Session, []any) any { return "us_english" }},
		"@@MICROSOFTVERSION": {tsql.Int, func(s *Session, _ []any) any { return s.inst.version.Major<<24 | s.inst.version.Build }},
		"@@MAX_CONNECTIONS":  {tsql.Int, func(*Session, []any) any { return 32767 }},
		"@@DATEFIRST":        {tsql.TinyInt, func(*Session, []any) any { return 7 }},
		"SERVERPROPERTY":     {tsql.NVarChar, serverProperty},
		"DB_ID":              {tsql.SmallInt, dbID},
		"DB_NAME":            {tsql.NVarChar, dbName},
		"DATABASEPROPERTYEX": {tsql.NVarChar, databaseProperty},
		"HAS_DBACCESS":       {tsql.Int, hasAccess},
		"IS_SRVROLEMEMBER":   {tsql.Int, isRoleMember},
		"IS_MEMBER":          {tsql.Int, func(s *Session, _ []any) any { return bit(s.login.sysadmin) }},
		"HAS_PERMS_BY_NAME":  {tsql.Int, hasPerms},
		"SUSER_SNAME":        {tsql.NVarChar, loginName},
		"SUSER_NAME":         {tsql.NVarChar, loginName},
		"SYSTEM_USER":        {tsql.NVarChar, loginName},
		"ORIGINAL_LOGIN":     {tsql.NVarChar, loginName},
		"SESSION_USER":       {tsql.NVarChar, userName},
		"CURRENT_USER":       {tsql.NVarChar, userName},
		"USER":               {tsql.NVarChar, userName},
		"USER_NAME":          {tsql.NVarChar, userName},
		"HOST_NAME":          {tsql.NVarChar, func(s *Session, _ []any) any { return s.host }},
		"HOST_ID":            {tsql.NVarChar, func(s *Session, _ []any) any { return digits(int64(s.pid)) }},
		"APP_NAME":           {tsql.NVarChar, func(s *Session, _ []any) any { return s.app }},
		"PROGRAM_NAME":       {tsql.NVarChar, func(s *Session, _ []any) any { return s.app }},
		"GETDATE":            {tsql.DateTime, localNow},
		"SYSDATETIME":        {tsql.DateTime, localNow},
		"CURRENT_TIMESTAMP":  {tsql.DateTime, localNow},
		"GETUTCDATE":         {tsql.DateTime, func(s *Session, _ []any) any { return s.inst.w.Clock.Now() }},
		"SYSUTCDATETIME":     {tsql.DateTime, func(s *Session, _ []any) any { return s.inst.w.Clock.Now() }},
		"SCHEMA_NAME":        {tsql.NVarChar, func(*Session, []any) any { return "dbo" }},
		"APPLOCK_TEST":       {tsql.Int, appLockTest},
		"APPLOCK_MODE":       {tsql.NVarChar, appLockMode},
		"CONNECTIONPROPERTY": {tsql.NVarChar, connectionProperty},
	}
}

func loginName(s *Session, _ []any) any { return s.login.name }

func userName(s *Session, _ []any) any {
	if s.login.sysadmin {
		return "dbo"
	}
	return "guest"
}

func localNow(s *Session, _ []any) any { return s.inst.w.local(s.inst.w.Clock.Now()) }

func serverProperty(s *Session, args []any) any {
	v := s.inst.version
	switch strings.ToLower(textOf(args, 0)) {
	case "productversion":
		return v.Product
	case "productlevel":
		return v.Level
	case "edition":
		return edition
	case "engineedition":
		return 2
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
