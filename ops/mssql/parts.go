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
		"server", "database", "request", "redo", "recovery", "history", "queues",
		"primary", "secondaries", "secondary", "jobs", "services", "sessions",
	}
	witnessParts = append(slices.Clone(parts), "witness")
	monitorParts = []string{"server", "database", "services", "sessions", "watched"}
)

// takers put the rows of a part in their place.
var takers = map[string]func(*reading, record){
	"server":      takeServer,
	"services":    takeService,
	"database":    takeDatabase,
	"redo":        takeRedo,
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
// the others. After one that failed the others have less time to wait for a
// lock: all of them together must not take what the whole poll may.
//
// The database is known by its number: DB_ID takes locks that a RESTORE holds.
// What it is (@is) tells the parts behind it what they may look at: its state, -1
// while a RESTORE of it runs, -2 in STANDBY; NULL where there is none.
func batch(parts []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "SET NOCOUNT ON;DECLARE @i int=0,@n sysname,@q nvarchar(4000),@dbid int,@is int;\nWHILE @i<%d BEGIN\nSET @i+=1;\nSELECT @n=n,@q=q FROM(VALUES", len(parts))
	for i, name := range parts {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, "\n(%d,N'%s',%s)", i+1, name, quote(partText(name)))
	}
	b.WriteString(`)v(i,n,q) WHERE i=@i;
BEGIN TRY EXEC sp_executesql @q,N'@database sysname,@known int,@dbid int OUT,@is int OUT',@database,@known,@dbid OUT,@is OUT;END TRY
BEGIN CATCH SELECT @n name,ERROR_NUMBER() number,ERROR_MESSAGE() text;SET LOCK_TIMEOUT 100;END CATCH;
END`)
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
