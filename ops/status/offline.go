package status

import (
	"fmt"
	"strings"
)

// TakeOffline is the T-SQL that takes a database out of service on the instance
// it is sent to. A mirrored one has to leave its mirror first (1468).
func TakeOffline(database string, mirrored bool) string {
	name := bracketed(database)
	text := "ALTER DATABASE " + name + " SET OFFLINE WITH ROLLBACK IMMEDIATE"
	if mirrored {
		text = "ALTER DATABASE " + name + " SET PARTNER OFF; " + text
	}
	return text
}

// BringOnline is the T-SQL that brings a database into service that was taken offline.
func BringOnline(database string) string {
	return "ALTER DATABASE " + bracketed(database) + " SET ONLINE"
}

// Reveal says what makes a database tell again what it holds, by the state that keeps
// it from that. Nothing that is in it has to be given up for it.
func Reveal(d Database, database, server string) string {
	switch d.State {
	case "OFFLINE":
		return fmt.Sprintf("see who took %s offline, and why; on %s: %s; nothing is lost by that", database, server, BringOnline(database))
	case "RECOVERING":
		return fmt.Sprintf("wait until %s has recovered %s; if it does not, read the SQL Server error log there", server, database)
	case "SUSPECT", "RECOVERY_PENDING":
		return fmt.Sprintf("read the SQL Server error log of %s for the cause: files, disk or a failed recovery; mend that, then there: %s", server, BringOnline(database))
	case "EMERGENCY":
		return fmt.Sprintf("see who set %s to EMERGENCY, and read the SQL Server error log of %s for the cause: files, disk or a failed recovery; mend that, then there: %s",
			database, server, BringOnline(database))
	}
	return fmt.Sprintf("find out on %s what state %s is in (SELECT name, state_desc FROM sys.databases)", server, database)
}

func bracketed(name string) string { return "[" + strings.ReplaceAll(name, "]", "]]") + "]" }
