package status

import "strings"

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

func bracketed(name string) string { return "[" + strings.ReplaceAll(name, "]", "]]") + "]" }
