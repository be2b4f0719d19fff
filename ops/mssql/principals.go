package mssql

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"pchatops/ops/procedures"
)

// principalsText looks at what a restore brings along and what it does not: users by
// their identifiers, the owner, TRUSTWORTHY and the compatibility level. Users without
// login on purpose have identifiers of 28 bytes.
const principalsText = `SELECT N'user' AS part, u.name, u.type, u.sid
FROM %[1]s.sys.database_principals AS u
WHERE u.type IN ('S', 'U', 'G') AND u.principal_id > 4 AND u.sid IS NOT NULL AND NOT (u.type = 'S' AND DATALENGTH(u.sid) = 28)
  AND NOT EXISTS (SELECT 1 FROM sys.server_principals AS l WHERE l.sid = u.sid)
ORDER BY u.name;
SELECT N'login' AS part, name FROM sys.server_principals WHERE type = 'S';
SELECT N'database' AS part, SUSER_SNAME(d.owner_sid) AS owner, d.owner_sid, u.sid, SUSER_SNAME(u.sid) AS dbo, d.is_trustworthy_on, d.compatibility_level,
    (SELECT m.compatibility_level FROM sys.databases AS m WHERE m.name = N'model') AS own
FROM sys.databases AS d CROSS JOIN %[1]s.sys.database_principals AS u
WHERE d.name = @database AND u.principal_id = 1`

// Principals reads them.
func (s *Server) Principals(ctx context.Context, database string) (procedures.Principals, error) {
	rows, err := s.read(ctx, "read the users of "+database, fmt.Sprintf(principalsText, quoteName(name(database))), sql.Named("database", database))
	var out procedures.Principals
	var logins []string
	for _, r := range rows {
		switch r.text("part") {
		case "user":
			out.Orphans = append(out.Orphans, procedures.Orphan{Name: r.text("name"), Type: r.text("type"), SID: r.bytes("sid")})
		case "login":
			logins = append(logins, r.text("name"))
		case "database":
			out.Owner, out.DBO = r.text("owner"), r.text("dbo")
			out.OwnerDiffers = !slices.Equal(r.bytes("owner_sid"), r.bytes("sid"))
			out.Trustworthy, out.Level, out.OwnLevel = r.is("is_trustworthy_on"), int(r.int("compatibility_level", 0)), int(r.int("own", 0))
		}
	}
	for i := range out.Orphans {
		o := &out.Orphans[i]
		o.Namesake = slices.ContainsFunc(logins, func(l string) bool { return strings.EqualFold(l, o.Name) })
	}
	return out, err
}
