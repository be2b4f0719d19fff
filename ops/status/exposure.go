package status

import (
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/site"
)

// Measure says how much chat would be lost by failing over at now: the age of
// the newest log backup that has reached the share. The listing of the share
// counts; where there is none, what the servers last said about their files.
func Measure(s *Snapshot, estate *site.Site, now time.Time) Exposure {
	v := &view{Snapshot: s, site: estate, now: now}
	if n := v.Node(site.Secondary); v.fresh(n) && n.Facts.Database.Online() {
		return Exposure{Why: "the database on " + n.Address + " is live: there is nothing left to fail over"}
	}
	if listed := written(v.Share.Newest, v.Share.NewestTime); v.shareFresh() && !listed.IsZero() {
		return v.exposed(proof{v.Share.Newest, listed, "newest log backup on the share"})
	}
	best := v.newestProof()
	if best.taken.IsZero() {
		return Exposure{Why: "no server and no listing of the share tells of a log backup"}
	}
	if v.Share.Err != nil {
		best.says += "; the share cannot be listed: if it stays away, only copied backups count" + v.copiedAge()
	}
	return v.exposed(best)
}

// proof is a log backup that is known to have been written to the share.
type proof struct {
	file  string
	taken time.Time
	says  string
}

// written is when a backup was taken, by its name where nobody tells.
func written(file string, told time.Time) time.Time {
	if told.IsZero() {
		told, _ = chain.Stamp(file)
	}
	return told
}

func (v *view) exposed(p proof) Exposure {
	return Exposure{
		Known: true, Seconds: max(v.serverNow().Sub(p.taken).Seconds(), 0), Since: quote(chain.Base(p.file)), Why: p.says,
	}
}

// newestProof asks everybody who ever saw a file: the last listing, the log
// shipping primaries that wrote it and the secondary that copied it. A file
// once written stays a proof, however old the facts are.
func (v *view) newestProof() proof {
	var best proof
	offer := func(file string, taken time.Time, says string) {
		if taken.After(best.taken) {
			best = proof{file, taken, says}
		}
	}
	if v.Share.Newest != "" {
		offer(v.Share.Newest, written(v.Share.Newest, v.Share.NewestTime), "last listing of the share, "+age(v.now.Sub(v.Share.Answered))+" ago")
	}
	for i := range v.Nodes {
		n := &v.Nodes[i]
		told := ", told by " + n.Address + " " + age(v.now.Sub(n.Answered)) + " ago"
		if p := n.Facts.Primary; p != nil {
			offer(p.LastBackupFile, written(p.LastBackupFile, p.LastBackup), "last backup written"+told)
		}
		if s := n.Facts.Secondary; s != nil {
			offer(s.LastCopiedFile, written(s.LastCopiedFile, time.Time{}), "last backup copied"+told)
		}
	}
	return best
}

// copiedAge says how old the newest copied backup is, where it is known.
func (v *view) copiedAge() string {
	n := v.Node(site.Secondary)
	if n == nil || n.Facts.Secondary == nil {
		return ""
	}
	taken, ok := chain.Stamp(n.Facts.Secondary.LastCopiedFile)
	if !ok {
		return ""
	}
	return " (the newest is " + age(v.serverNow().Sub(taken)) + " old)"
}
