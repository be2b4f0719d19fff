package failover

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"pchatops/ops/engine"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
)

// mostOrphans bounds how many users a proof names.
const mostOrphans = 10

// belongings says what of the recovered database belongs to the server that it was
// lost with, with the statements that would mend it. It is read only: what is right,
// the engineer decides. That it cannot be read holds nothing up.
func (f *failover) belongings(ctx context.Context) (says string, out []engine.Fact) {
	sql := f.Shipping[site.Secondary]
	if sql == nil {
		return "", nil
	}
	ctx, cancel := context.WithTimeout(ctx, f.answer())
	defer cancel()
	p, err := sql.Principals(ctx, f.db)
	if err != nil {
		return "", []engine.Fact{{Name: "users, owner and settings", Value: "not read: " + err.Error()}}
	}
	host := strings.ToUpper(cmp.Or(f.secondary.FQDN, f.secondary.Host))
	host, _, _ = strings.Cut(host, ".")
	for _, o := range p.Orphans[:min(len(p.Orphans), mostOrphans)] {
		out = append(out, engine.Fact{Name: "user without a login: " + o.Name, Value: adopt(f.db, host, o)})
	}
	out = append(out, settings(f.db, p)...)
	if n := len(p.Orphans); n > 0 {
		says = fmt.Sprintf("; %s of %s no login on %s: the statements that mend it are told, and none was sent", plural(n, "user"), f.db+map[bool]string{true: " has", false: " have"}[n == 1], f.secondary.Address())
	}
	return says, out
}

// adopt is the statement that gives a user a login.
func adopt(db, host string, o procedures.Orphan) string {
	user := bracket(o.Name)
	remap := fmt.Sprintf("USE %s; ALTER USER %s WITH LOGIN = ", bracket(db), user)
	domain, account, windows := strings.Cut(o.Name, `\`)
	switch {
	case o.Type == "S" && o.Namesake:
		return remap + user
	case o.Type == "S":
		return fmt.Sprintf("CREATE LOGIN %s WITH PASSWORD = N'(its password)', SID = 0x%X", user, o.SID)
	case windows && strings.HasPrefix(strings.ToUpper(account), "RTC LOCAL ") && !strings.EqualFold(domain, host): // the products' groups of a machine
		there := bracket(host + `\` + account)
		return fmt.Sprintf("it is of the machine %s: CREATE LOGIN %s FROM WINDOWS; %s%s", domain, there, remap, there)
	}
	return "unless it logs in through a group: CREATE LOGIN " + user + " FROM WINDOWS"
}

// settings are owner, TRUSTWORTHY and compatibility level, with what would change them.
func settings(db string, p procedures.Principals) (out []engine.Fact) {
	if p.Owner == "" || p.OwnerDiffers {
		out = append(out, engine.Fact{Name: "owner of " + db, Value: fmt.Sprintf("%s, and its own record of dbo is %s: ALTER AUTHORIZATION ON DATABASE::%s TO %s",
			cmp.Or(p.Owner, "no login of this server"), cmp.Or(p.DBO, "no login of this server"), bracket(db), bracket(cmp.Or(p.DBO, "sa")))})
	}
	if !p.Trustworthy {
		out = append(out, engine.Fact{Name: "TRUSTWORTHY of " + db, Value: "OFF, as after every restore; only if the lost primary had it ON: ALTER DATABASE " + bracket(db) + " SET TRUSTWORTHY ON"})
	}
	if p.Level != 0 && p.OwnLevel != 0 && p.Level != p.OwnLevel {
		out = append(out, engine.Fact{Name: "compatibility level of " + db, Value: fmt.Sprintf("%d, and the server's own is %d; only if the product supports it: ALTER DATABASE %s SET COMPATIBILITY_LEVEL = %d", p.Level, p.OwnLevel, bracket(db), p.OwnLevel)})
	}
	return out
}

// later are the statements that an engineer without the console looks and mends by.
func (f *failover) later() []string {
	db := bracket(f.db)
	return []string{
		"Afterwards: users whose logins this server lacks, owner, TRUSTWORTHY, compatibility level. Decide about each; the lines below are not run.",
		"SELECT u.name, u.type, u.sid FROM " + db + ".sys.database_principals AS u WHERE u.type IN ('S', 'U', 'G') AND u.principal_id > 4 AND NOT EXISTS (SELECT 1 FROM sys.server_principals AS l WHERE l.sid = u.sid);",
		"SQL user with a login of its name: USE " + db + "; ALTER USER [user] WITH LOGIN = [user];",
		"SQL user without one: CREATE LOGIN [user] WITH PASSWORD = N'(its password)', SID = 0x(its sid);",
		"Windows user or group: CREATE LOGIN [DOMAIN\\account] FROM WINDOWS;",
		"SELECT SUSER_SNAME(owner_sid), is_trustworthy_on, compatibility_level FROM sys.databases WHERE name = N'" + strings.ReplaceAll(f.db, "'", "''") + "';",
		"ALTER AUTHORIZATION ON DATABASE::" + db + " TO [sa]; ALTER DATABASE " + db + " SET TRUSTWORTHY ON; ALTER DATABASE " + db + " SET COMPATIBILITY_LEVEL = 110;",
	}
}

func bracket(s string) string { return "[" + strings.ReplaceAll(s, "]", "]]") + "]" }
