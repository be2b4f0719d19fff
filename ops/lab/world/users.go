package world

import (
	"bytes"
	"slices"
	"strings"

	"pchatops/ops/lab/tsql"
)

// user is a user of a database. Its identifier is that of its login on the server where
// it was made, and travels with the database.
type user struct {
	name, kind string
	sid        []byte
}

// chatUsers are those of the chat database: an account of the domain, which has a
// login everywhere; a SQL login that the first data centre alone has; a group of the
// first primary's machine; a user that has no login on purpose.
var chatUsers = []user{
	{chatLogin, "U", principalSID(true, 2)},
	{"rtcreports", "S", append(bytes.Repeat([]byte{0x5a}, 15), 7)},
	{`SQL01\RTC Local Administrators`, "G", append([]byte{1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0}, 1, 1, 0, 0)},
	{"nobody", "S", append([]byte{1, 5, 0, 0, 0, 0, 0, 9, 3, 0, 0, 0}, bytes.Repeat([]byte{0x33}, 16)...)},
}

// users are the rows of sys.database_principals.
func (i *Instance) users(d *database) *tsql.Rows {
	t := newTable("name sysname, principal_id int, type nvarchar(1), type_desc nvarchar(60), default_schema_name sysname, sid varbinary(85)")
	kinds := map[string]string{"S": "SQL_USER", "U": "WINDOWS_USER", "G": "WINDOWS_GROUP"}
	dbo := saSID
	var all []user
	if strings.EqualFold(d.name, Database) {
		dbo, all = principalSID(true, 4), slices.Clone(chatUsers) // the account that set the first primary up
	}
	t.add("dbo", 1, "S", "SQL_USER", "dbo", dbo)
	t.add("guest", 2, "S", "SQL_USER", "guest", []byte{0})
	t.add("INFORMATION_SCHEMA", 3, "S", "SQL_USER", nil, nil)
	t.add("sys", 4, "S", "SQL_USER", nil, nil)
	for n, u := range all {
		t.add(u.name, 5+n, u.kind, kinds[u.kind], "dbo", u.sid)
	}
	return t.Rows
}
