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

// Find says how to come by a database that is missing on a server. One that was
// recovered there is in no full backup that log shipping was set up from; whether one
// that was only restored there, by the history, was recovered since, nobody knows.
func Find(d Database, database, server string, recovered bool) string {
	look := fmt.Sprintf("find out on %s what became of %s (SELECT name, state_desc FROM sys.databases): if it bears another name, give it its own back (ALTER DATABASE … MODIFY NAME = %s), or correct database in the site file; ", server, database, bracketed(database))
	attach := "if it was detached, attach its files"
	switch afresh := fmt.Sprintf("if it is gone, restore a full backup of it WITH NORECOVERY, under the name %s", database); {
	case recovered:
		return look + attach + ": this database was recovered, and all chat since is in it"
	case !d.Restored.Last.IsZero():
		return look + attach + ": it was restored there, and if it was recovered as well, all chat since is in it alone; only where it never was: " + afresh
	default:
		return look + afresh
	}
}

func bracketed(name string) string { return "[" + strings.ReplaceAll(name, "]", "]]") + "]" }
