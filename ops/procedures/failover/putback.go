package failover

import (
	"fmt"
	"strconv"
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

// recoveredBy is the name under which it is remembered which restore, by the server's
// history, was the last one of the recovered database; recoveredFamily, whose log it has.
const (
	recoveredBy     = "recovered by restore"
	recoveredFamily = "recovered family"
)

// known are the facts by which the recovered database is known again.
func known(d status.Database) facts {
	return facts{{Name: recoveredFork, Value: d.Fork}, {Name: recoveredMade, Value: madeOn(d)}, {Name: recoveredBy, Value: restoredBy(d)}, {Name: recoveredFamily, Value: d.Family}}
}

func restoredBy(d status.Database) string {
	if d.Restored.ID == 0 {
		return ""
	}
	return strconv.FormatInt(d.Restored.ID, 10)
}

func madeOn(d status.Database) string {
	if d.Created.IsZero() {
		return ""
	}
	return d.Created.Format(time.RFC3339Nano)
}

// recoveredOne names the database as it was recovered, for what is lost.
func (f *failover) recoveredOne() string { return f.db + asRecovered }

const asRecovered = " as it was recovered"

// byNoRestore is how another copy comes in the place of a database, as a rename brings it.
const byNoRestore = "nothing was restored under its name: another copy was renamed or attached"

// putBack says that an older copy, or another one, stands in the place of the database
// that an incident recovered; "": none is seen. A backup of the recovered one was taken on
// this very server, or on its mirror, and what is online is on another fork: it was recovered anew, however
// often. A restart, SET OFFLINE and ONLINE, and a mirror that takes over with all the log
// keep the fork. Since an earlier failover the first data centre may have come back and
// shipped its log here: that was restored, lies behind, and was taken on its server.
func (f *failover) putBack(of string, server status.Facts, at chain.Position) string {
	d, last := server.Database, server.Database.Restored
	recovered, err := chain.ParseLSN(f.Recall(of + recoveredAt))
	fork := f.Recall(of + recoveredFork)
	itself := status.TakenHere(f.Site, server)
	switch {
	case fork == "": // it was never read
		if of != "" || err != nil || !itself || at.LSN.Compare(recovered) <= 0 {
			return ""
		}
	case d.Fork == "" || strings.EqualFold(fork, d.Fork) || status.OtherFamily(f.Recall(of+recoveredFamily), d.Family):
		return ""
	case f.unmoved(of, d, at):
		return byNoRestore + ", and chat that was written since that copy was made is not in it"
	case itself, of == "" && strings.EqualFold(fork, at.Fork):
	case of == "" || err != nil || at.LSN.IsZero() || at.LSN.Compare(recovered) > 0:
		return ""
	default:
		return fmt.Sprintf("that one was recovered at LSN %s, and this one at LSN %s, from older backups", recovered, at.LSN)
	}
	taken := "taken at a time that is not known"
	if t := f.clocks(server).Date([]chain.Header{{Finished: last.Finished, Server: last.Server}}); !t.At.IsZero() && !t.Loose && (strings.EqualFold(last.Server, server.ServerName) || !t.Foreign) {
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
