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
		"@@VERSION":          {tsql.NVarChar, func(s *Session, _ []any) any { return s.inst.banner() }},
		"@@SERVERNAME":       {tsql.NVarChar, func(s *Session, _ []any) any { return s.inst.Name() }},
		"@@SERVICENAME":      {tsql.NVarChar, func(*Session, []any) any { return instanceName }},
		"@@LANGUAGE":         {tsql.NVarChar, func(s *Session, _ []any) any { return s.inst.language() }},
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
		"SUSER_SNAME":        {tsql.NVarChar, nameOfSID},
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
		"GETUTCDATE":         {tsql.DateTime, func(s *Session, _ []any) any { return s.inst.now() }},
		"SYSUTCDATETIME":     {tsql.DateTime, func(s *Session, _ []any) any { return s.inst.now() }},
		"SCHEMA_NAME":        {tsql.NVarChar, func(*Session, []any) any { return "dbo" }},
		"CONTEXT_INFO":       {tsql.VarBinary, func(s *Session, _ []any) any { return info(s) }},
		"APPLOCK_TEST":       {tsql.Int, appLockTest},
		"APPLOCK_MODE":       {tsql.NVarChar, appLockMode},
		"CONNECTIONPROPERTY": {tsql.NVarChar, connectionProperty},
	}
}
