package status

import (
	"slices"
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/inventory"
	"pchatops/ops/site"
)

// Measure says how much chat is at stake at now: what the primary has taken
// since the newest log backup that has reached the share. The headers of the
// files on the share count; where there are none, what the servers last said.
func Measure(s *Snapshot, estate *site.Site, now time.Time) Exposure {
	v := &view{Snapshot: s, site: estate, now: now}
	if n := v.second(); n != nil {
		return Exposure{Why: "the database on " + n.Address + " is live: there is nothing left to fail over"}
	}
	if n := v.follower(); n != nil {
		return Exposure{Loss: true, Why: "the database on " + n.Address + " is older than that of another, which is not seen: what is lost without that is not known"}
	}
	if n := v.hidden(); n != nil && v.lost() {
		return Exposure{Loss: true, Why: "the database on " + n.Address + " is " + n.Facts.Database.Word() + ": what it holds is not known"}
	}
	best := v.newestProof()
	switch {
	case v.restoring() != nil && v.replaced() != "":
		return Exposure{Loss: v.lost(), Why: v.replaced()}
	case v.stocked():
		best = v.reached()
	case v.lost() && v.restoring() != nil:
		return Exposure{Loss: true, Why: v.unstocked()}
	case v.shareFresh() && v.Share.Newest != "":
		best = v.shared("the header of the newest log backup on the share")
	}
	if best.taken.IsZero() {
		return Exposure{Loss: v.lost(), Why: "no server and no header on the share tells of a log backup"}
	}
	return v.exposed(best)
}

// proof is a log backup that is known to have been written to the share.
type proof struct {
	file  string
	taken time.Time // by the secondary's clock
	says  string
	loose bool // the clocks contradict each other about it
	// foreign: by a clock that nobody has compared with the secondary's.
	foreign bool
	held    time.Time // when it was there for certain, by the secondary's clock
	clock   string    // what is to be said of the clock that dated it
}

// shared is the newest log backup on the share.
func (v *view) shared(says string) proof {
	t := v.sharedTaken()
	return proof{v.Share.Newest, t.At, says, t.Loose, t.Foreign, t.Held, t.Says}
}

// sharedTaken is when that was taken.
func (v *view) sharedTaken() inventory.Taken { return v.taken(v.Share.Log) }

// taken is when the last of some backups was. The monitor tables of the secondary
// tell when it had copied and restored the last ones.
func (v *view) taken(log []chain.Header) inventory.Taken {
	log = slices.Clone(log)
	if n := v.Node(site.Secondary); n != nil && n.Facts.Secondary != nil {
		s := n.Facts.Secondary
		for i := range log {
			switch file := log[i].File; {
			case !log[i].Held.IsZero(), v.renamed(log[i]):
			case !another(file, s.LastCopiedFile):
				log[i].Held = s.LastCopied
			case !another(file, s.LastRestoredFile):
				log[i].Held = s.LastRestored
			}
		}
	}
	return v.clocks().Date(log)
}

// exposed tells what is at risk while a primary lives, and what is lost at most
// where none does. That does not grow: a dead primary takes no chat.
func (v *view) exposed(p proof) Exposure {
	b := inventory.Bound{After: p.taken, Loose: p.loose, Foreign: p.foreign, Held: p.held, Now: v.clocks().Now}
	e := Exposure{Known: true, Loss: v.lost(), Since: quote(chain.Base(p.file)), Why: "rests on " + p.says}
	if e.Loss {
		b.Alive, b.Who, b.Every = v.lastAlive()
		b.Dead = v.buried()
		b.Blind = v.stocked() && !v.Share.Stock.Whole
	}
	if p.clock != "" {
		e.Why += "; " + p.clock
	}
	if all := v.doubts(); len(all) > 0 {
		e.Why += "; not counted: " + doubtful(all)
	}
	most, to, known := b.Most()
	e.Seconds, e.Known = most.Seconds(), known
	switch {
	case !known:
		e.Why = b.String() + "; " + e.Why
	case e.Loss && v.Share.Err != nil:
		e.Why = "counted to " + to + "; " + e.Why + "; the share cannot be listed: what it holds beyond the last copy is unknown, and only copied backups count if it stays away"
	case e.Loss:
		e.Why = "counted to " + to + "; " + e.Why
	case v.Share.Err != nil:
		e.Why += "; the share cannot be listed: if it stays away, only copied backups count"
	}
	return e
}

// lost reports that no server serves the database: there is a loss to decide
// about. Whether they are dead is another question.
func (v *view) lost() bool {
	for _, r := range []site.Role{site.Primary, site.Mirror} {
		if n := v.Node(r); n != nil && (v.fresh(n) && n.Facts.Database.Online() || n.Asked.IsZero()) {
			return false
		}
	}
	return true
}

// buried is since when primary and mirror are silent, by the secondary's clock, if
// both are proved dead.
func (v *view) buried() time.Time {
	var pair []Node
	for _, r := range []site.Role{site.Primary, site.Mirror} {
		if n := v.Node(r); n != nil {
			pair = append(pair, *n)
		}
	}
	return Buried(v.clocks(), pair...)
}

// lastAlive is when a primary was last known to live, by the secondary's clock, and
// how often it takes log backups.
func (v *view) lastAlive() (at time.Time, who string, every time.Duration) {
	for _, r := range []site.Role{site.Primary, site.Mirror} {
		n := v.Node(r)
		if n == nil {
			continue
		}
		if n.Facts.Database.Online() && n.Answered.After(at) {
			at, who = n.Answered, n.Address
		}
		if p := n.Facts.Primary; p != nil && p.BackupJob.Schedule.Every > 0 {
			every = p.BackupJob.Schedule.Every
		}
	}
	if every == 0 && v.stocked() {
		every = inventory.Every(v.Share.Stock.Log)
	}
	if every == 0 {
		every = v.Share.Every
	}
	if every == 0 && v.site.Shipping.Declared {
		every = v.site.Shipping.BackupEvery
	}
	return v.clocks().Of(at), who, every
}

// newestProof asks everybody who ever saw a file: the last look at the share,
// the log shipping primaries that wrote it and the secondary that copied it. A
// file once written stays a proof, however old the facts are. When it was taken
// the servers' own tables say.
func (v *view) newestProof() proof {
	var best proof
	offer := func(p proof) {
		if p.taken.After(best.taken) {
			best = p
		}
	}
	by := func(server, file string, taken time.Time, says string) {
		w, clock := v.clocks().By(server)
		if !taken.IsZero() {
			offer(proof{file: file, taken: taken.Add(-w.Ahead), says: says, clock: clock})
		}
	}
	if v.Share.Newest != "" {
		offer(v.shared("the last look at the share, " + ago(v.now, v.Share.Answered)))
	}
	for i := range v.Nodes {
		n := &v.Nodes[i]
		told := ", told by " + n.Address + " " + ago(v.now, n.Answered)
		if p := n.Facts.Primary; p != nil {
			by(n.Address, p.LastBackupFile, p.LastBackup, "the last backup written"+told)
		}
		if s := n.Facts.Secondary; s != nil {
			by(s.PrimaryServer, s.LastCopiedFile, takenBefore(s.LastCopiedFile, s.LastCopied), "the last backup copied"+told)
		}
	}
	return best
}

// takenBefore is when a copied backup was taken: its name tells, unless that is
// later than it was copied. Zero: nobody knows.
func takenBefore(file string, copied time.Time) time.Time {
	at, ok := chain.Stamp(file)
	if !ok || copied.IsZero() || at.After(copied.Add(time.Minute)) {
		return time.Time{}
	}
	return at
}
