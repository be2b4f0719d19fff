package mssql

import (
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"pchatops/ops/site"
)

//go:embed sql/*.sql
var partFiles embed.FS

// The queries of the status batch in their order: the files of the folder sql.
// Each names itself in its first column. A monitor server holds no chat and
// tells what it watches instead; a witness tells of its pair as well.
var (
	parts = []string{
		"server", "services", "database", "recovery", "history", "queues",
		"primary", "secondaries", "secondary", "jobs", "sessions", "request",
	}
	witnessParts = append(slices.Clone(parts), "witness")
	monitorParts = []string{"server", "services", "database", "sessions", "watched"}
)

// takers put the rows of a part in their place.
var takers = map[string]func(*reading, record){
	"server":      takeServer,
	"services":    takeService,
	"database":    takeDatabase,
	"recovery":    takeRecovery,
	"history":     takeHistory,
	"queues":      takeQueue,
	"primary":     takePrimary,
	"secondaries": takeSecondaries,
	"secondary":   takeSecondary,
	"jobs":        takeJob,
	"sessions":    takeSessions,
	"request":     takeRequest,
	"watched":     takeWatched,
	"witness":     takeWitness,
}

// factsText is the status batch of the instance.
func (s *Server) factsText() string {
	switch s.instance.Role {
	case site.Monitor:
		return monitorFacts()
	case site.Witness, site.SecondaryWitness:
		return witnessFacts()
	default:
		return chatFacts()
	}
}

var (
	chatFacts    = sync.OnceValue(func() string { return batch(parts) })
	witnessFacts = sync.OnceValue(func() string { return batch(witnessParts) })
	monitorFacts = sync.OnceValue(func() string { return batch(monitorParts) })
)

// batch puts parts together. Each runs as a statement of its own inside TRY,
// because only so can be caught that it names a view or column which this
// version lacks, or which this login may not read: that costs the part, never
// the others.
func batch(parts []string) string {
	var b strings.Builder
	b.WriteString("SET NOCOUNT ON;SET LOCK_TIMEOUT 3000;DECLARE @p nvarchar(40)=N'@database sysname';")
	for _, name := range parts {
		fmt.Fprintf(&b, "\nBEGIN TRY EXEC sp_executesql %s,@p,@database;END TRY"+
			" BEGIN CATCH SELECT N'%s' name,ERROR_NUMBER() number,ERROR_MESSAGE() text;END CATCH;",
			quote(partText(name)), name)
	}
	return b.String()
}

// partText gives the query of one part.
func partText(name string) string {
	text, err := partFiles.ReadFile("sql/" + name + ".sql")
	if err != nil {
		panic(err) // the files are part of the program
	}
	return compact(string(text))
}

var (
	comment = regexp.MustCompile(`(?m)^--.*\n`)
	space   = regexp.MustCompile(`\s+`)
	around  = regexp.MustCompile(` ?([,=]) ?`)                        // no text constant of the parts holds one
	short   = strings.NewReplacer("msdb.dbo.", "msdb..", " AS ", " ") // msdb.. falls back on dbo, and CAST is not used
)

// compact leaves out what only people read. The batch is to fit into what TCP
// sends before it waits for the first acknowledgement (ten segments), else one
// round trip becomes two.
func compact(text string) string {
	text = space.ReplaceAllString(comment.ReplaceAllString(text, ""), " ")
	return short.Replace(strings.TrimSpace(around.ReplaceAllString(text, "$1")))
}
