package failover

import (
	"fmt"
	"strings"
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// recoveredMade is the name under which it is remembered when the recovered database
// was created, by its server. Neither a restart nor a mirror that takes over changes it.
const recoveredMade = "recovered database created"

func madeOn(d status.Database) string {
	if d.Created.IsZero() {
		return ""
	}
	return d.Created.Format(time.RFC3339Nano)
}

// recoveredOne names the database as it was recovered, for what is lost.
func (f *failover) recoveredOne() string { return f.db + asRecovered }

const asRecovered = " as it was recovered"

// putBack says that an older copy of the recovered database stands in its place; "": none
// is seen. A backup of the recovered one bears its fork; where that was never read, it was
// taken on this very server, at a later LSN. What was restored from such a backup, and is
// on another fork, was recovered anew. A restart, SET OFFLINE and ONLINE, and a mirror that
// takes over with all the log keep the fork.
func (f *failover) putBack(server status.Facts, at chain.Position) string {
	d, last := server.Database, server.Database.Restored
	lsn, fork := f.Recall(recoveredAt), f.Recall(recoveredFork)
	itself := server.ServerName != "" && strings.EqualFold(last.Server, server.ServerName)
	if lsn == "" { // since an earlier failover, the first data centre may have come back and shipped on that fork
		if fork = f.Recall(earlierRecovery + recoveredFork); !itself || fork == "" {
			return ""
		}
	}
	switch recovered, err := chain.ParseLSN(lsn); {
	case fork == "" && (err != nil || !itself || at.LSN.Compare(recovered) <= 0):
		return ""
	case fork != "" && (d.Fork == "" || strings.EqualFold(fork, d.Fork) || !strings.EqualFold(fork, at.Fork)):
		return ""
	}
	taken := "taken at a time that is not known"
	if t := f.clocks(server).Date([]chain.Header{{Finished: last.Finished, Server: last.Server}}); !t.At.IsZero() && !t.Loose && (itself || !t.Foreign) {
		taken = "taken " + clock(t.At)
	}
	return "a backup of that one, " + taken + ", was restored over it, and chat that was written after that backup is not in it"
}

// Replaced says of what is ONLINE on the secondary that it is not the database which an
// incident has recovered there; "": it is, or nobody can tell.
func Replaced(s *site.Site, h *engine.History, server status.Facts, now time.Time) string {
	secondary, ok := s.Instance(site.Secondary)
	d := server.Database
	if !ok || !d.Online() || d.Fork == "" || d.Restored.Last.IsZero() {
		return ""
	}
	f := &failover{db: s.Database, secondary: secondary, Estate: &procedures.Estate{
		Site: s, Recall: func(name string) string { return h.Facts[name] }, Now: func() time.Time { return now },
	}}
	r := &recovery{}
	r.at, _ = f.restored(d, nil)
	if f.onRecord(r, server); !r.other {
		return ""
	}
	return fmt.Sprintf("%s is online on %s. %s", f.db, secondary.Address(), f.replacedBy(r))
}
