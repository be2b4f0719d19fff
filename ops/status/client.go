package status

import (
	"slices"
	"strings"
)

// personal are the names, or how they begin, under which tools of people and of
// the site's upkeep log in to SQL Server. What a chat server calls itself is not
// documented, so everything else may be one.
var personal = []string{
	"pchatops", "sqlagent", "databasemail", "sql server log shipping", "sql server profiler", "report server",
	"microsoft sql server management studio", "microsoft sql server data tools", "sql management",
	"sqlcmd", "osql", "isql", "bcp", "tsql", "sqsh", "azdata", "azuredatastudio", "vscode-mssql", "mssql-cli", "mssql-scripter",
	"dbatools", "sqlpackage", "ssms", "database engine tuning advisor",
	"microsoft office", "microsoft excel", "microsoft access", "linqpad", "dbeaver", "datagrip", "heidisql", "toad", "visual studio",
}

// Client reports whether a session may be one of those who chat, and not of those
// who look after the site: a tool's, or any under the login of this console.
// Everything that asks whether chat is back asks this.
func Client(program string, ownLogin bool) bool {
	name := strings.ToLower(strings.TrimSpace(program))
	return !ownLogin && !slices.ContainsFunc(personal, func(tool string) bool { return strings.HasPrefix(name, tool) })
}
