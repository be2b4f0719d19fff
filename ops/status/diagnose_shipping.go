package status

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/inventory"
	"pchatops/ops/site"
)

// Limits where neither the site file nor the server has one: what SQL Server
// Management Studio proposes.
const (
	usualBackup  = 60 * time.Minute
	usualRestore = 45 * time.Minute
)

// limit is the alert limit that counts: the site file's, else the server's.
func limit(ofSite, ofServer, usual time.Duration) time.Duration {
	switch {
	case ofSite > 0:
		return ofSite
	case ofServer > 0:
		return ofServer
	}
	return usual
}

// diagnoseShipping follows the log from the live database to the secondary.
func (v *view) diagnoseShipping() {
	from, to := v.shipper(), v.Node(site.Secondary)
	if from != nil {
		v.diagnoseBackup(from)
	}
	if !v.fresh(to) || !to.Facts.Database.Restoring() {
		return
	}
	if to.Facts.Secondary != nil {
		v.diagnoseCopy(to)
		v.diagnoseRestore(to)
	} else if from != nil && to.Facts.Sysadmin {
		v.find(noLogShipping, to.Address, "the database on "+to.Address+" is RESTORING, but it is no log shipping secondary")
	}
}

func (v *view) diagnoseBackup(n *Node) {
	p := n.Facts.Primary
	if p == nil {
		if n.Facts.Sysadmin {
			how := map[site.Role]string{site.Primary: shipPrimary, site.Mirror: shipMirror}[n.Role]
			v.find(noLogShipping.remediedBy(how), n.Address, "the live database on "+n.Address+" is no log shipping primary")
		}
		return
	}
	most := limit(v.site.Thresholds.Backup, p.Threshold, usualBackup)
	last := v.noted(n, p.BackupAge, p.LastBackup)
	why := "the last log backup of " + n.Address + " is " + age(last.ago) + " old, the limit is " + age(most)
	if last.never {
		why = n.Address + " has never written a log backup"
	} else if !last.past(most, v.off(n).Abs()) {
		return
	}
	switch job := p.BackupJob; {
	case job.Outcome != "succeeded":
	case v.nowOn(n).Sub(job.LastRun) <= most:
		v.find(backupWithoutFile, n.Address, why+"; yet the backup job reported success "+ago(v.nowOn(n), job.LastRun))
		return
	case job.Enabled && job.Schedule.Enabled && job.Schedule.Every > 0 && n.Facts.Agent.Running() && !job.Running && !last.never:
		why += "; its backup job, which is due every " + age(job.Schedule.Every) + ", ran last " + ago(v.nowOn(n), job.LastRun) +
			" and succeeded: it has not run since, or the clock was put forward, which nobody can tell before it is due again"
	}
	v.find(noBackup, n.Address, why)
}

// diagnoseCopy finds backups that wait on the share. Where nothing newer than
// the last copy is known, the copy job is not to blame.
func (v *view) diagnoseCopy(n *Node) {
	s := n.Facts.Secondary
	newest, written := v.newestShipped()
	last, most := v.noted(n, s.CopyAge, s.LastCopied), limit(v.site.Thresholds.Copy, s.Threshold, usualRestore)
	waits := newest != "" && !v.shippedAs(newest, s.LastCopiedFile) && written.After(s.LastCopied)
	if !waits || !last.never && !last.past(most, v.receiptDoubt(n)) {
		return
	}
	why := n.Address + " copied its last backup " + age(last.ago) + " ago, the limit is " + age(most)
	if last.never {
		why = n.Address + " has never copied a backup"
	}
	v.find(noCopy, n.Address, why+"; "+quote(chain.Base(newest))+" waits on the share")
}

// diagnoseRestore finds copied backups that are not restored, and why. That log
// is missing the headers say, or the server.
func (v *view) diagnoseRestore(n *Node) {
	s := n.Facts.Secondary
	tooLate := s.RestoreJob.Outcome == "failed" && gapNumber.MatchString(s.RestoreJob.Message)
	refused := "the restore job on " + n.Address + " failed with 4305: " + quote(s.RestoreJob.Message)
	switch {
	case v.gap() != "" && tooLate:
		v.find(chainGap, n.Address, refused+"; "+v.gap())
		return
	case v.gap() != "":
		v.find(chainGap, n.Address, v.gap())
		return
	case tooLate && v.next() != "":
		v.find(noRestore, n.Address, refused+"; yet no log is missing: "+v.next())
		return
	case tooLate:
		v.find(chainGap, n.Address, refused)
		return
	}
	last := v.noted(n, s.RestoreAge, s.LastRestored)
	most := limit(v.site.Thresholds.Restore, s.Threshold, usualRestore) + s.RestoreDelay
	waits := another(s.LastCopiedFile, s.LastRestoredFile)
	if waits && (last.never || last.past(most, v.receiptDoubt(n))) {
		v.diagnoseStuck(n, last, most)
		return
	}
	if lag, file := v.lag(s); lag-v.lagDoubt(n) > most {
		v.find(secondaryBehind, n.Address,
			n.Address+" has restored up to "+quote(chain.Base(s.LastRestoredFile))+", "+age(lag)+" behind "+file)
	}
}

// gapNumber is SQL Server's number for a log backup that begins too late.
var gapNumber = regexp.MustCompile(`\b4305\b`)

// gap says which log is missing on the way to the secondary, "" where none is
// known to be.
func (v *view) gap() string {
	if g := v.Share.Gap; g != nil && v.shareFresh() {
		return "log is missing between LSN " + g.From.String() + " and " + g.To.String() + ": no backup on the share or in the copy folder holds it, and " +
			quote(chain.Base(g.Next)) + " begins behind it"
	}
	return ""
}

// next says which backup continues the database, "" where none is known.
func (v *view) next() string {
	if v.Share.Next == "" || !v.shareFresh() {
		return ""
	}
	return quote(chain.Base(v.Share.Next)) + " continues the database by its header"
}

// diagnoseStuck tells a restore job that does not work from one that works and
// leaves what is there.
func (v *view) diagnoseStuck(n *Node, last noted, most time.Duration) {
	s := n.Facts.Secondary
	why := n.Address + " restored its last backup " + age(last.ago) + " ago, the limit is " + age(most)
	if last.never {
		why = n.Address + " has never restored a backup"
	}
	why += "; " + quote(chain.Base(s.LastCopiedFile)) + " is copied and waits"
	if job := s.RestoreJob; job.Outcome == "succeeded" && job.LastRun.After(s.LastCopied) {
		why += "; yet the restore job ran without error " + ago(v.nowOn(n), job.LastRun) + ", and " +
			cmp.Or(v.next(), "whether log is missing is not known: not every header could be read")
	}
	v.find(noRestore, n.Address, why)
}

// newestShipped gives the newest log backup that is known to be on the share, and
// when it was taken, by its header or by the server that took it, as the clock of
// the secondary has it. Zero: a clock that was wrong dated it.
func (v *view) newestShipped() (file string, taken time.Time) {
	if v.shareFresh() {
		t := v.sharedTaken()
		if t.Loose {
			return v.Share.Newest, time.Time{}
		}
		file, taken = v.Share.Newest, t.At
	}
	n := v.shipper()
	if n == nil || n.Facts.Primary == nil {
		return file, taken
	}
	p := n.Facts.Primary
	w, _ := v.clocks().By(n.Address)
	switch last := p.LastBackup.Add(-w.Ahead); {
	case v.noted(n, p.BackupAge, p.LastBackup).ahead > 0:
		return p.LastBackupFile, time.Time{}
	case last.After(taken):
		return p.LastBackupFile, last
	}
	return file, taken
}

// lag is how much log the secondary lacks of the newest backup known. When the
// last restored one was taken, the servers' own tables say: its latency is counted
// from the time in its name, by the clock of the server that took it.
func (v *view) lag(s *ShippingSecondary) (time.Duration, string) {
	newest, written := v.newestShipped()
	switch {
	case s.LastRestoredFile == "" || s.Latency < 0:
		return 0, "" // nobody knows
	case newest != "" && v.shippedAs(newest, s.LastRestoredFile):
		return 0, quote(chain.Base(newest))
	case newest != "" && written.IsZero():
		return 0, "" // nobody knows
	case s.LastRestored.IsZero() || written.IsZero():
		return s.Latency, "the primary when it did"
	}
	w, _ := v.clocks().By(s.PrimaryServer)
	behind := quote(chain.Base(newest))
	if !another(newest, s.LastRestoredFile) {
		behind = "a later backup that lies on the share under its name"
	}
	return written.Sub(s.LastRestored.Add(-s.Latency - w.Ahead)), behind
}

// lagDoubt is by how much that may be wrong: it rests on two clocks.
func (v *view) lagDoubt(n *Node) time.Duration {
	doubt := v.receiptDoubt(n)
	if from := v.shipper(); from != nil {
		doubt += v.off(from).Abs()
	}
	return doubt
}

// shippedAs reports whether the newest backup is the one that the servers' tables
// tell of by a name.
func (v *view) shippedAs(newest, name string) bool {
	return !another(newest, name) && !slices.ContainsFunc(v.Share.Log, func(h chain.Header) bool { return !another(h.File, newest) && v.renamed(h) })
}

// renamed reports whether a backup on the share does not bear the name that log
// shipping gave it: what the servers' tables tell of that name is not told of it.
func (v *view) renamed(h chain.Header) bool {
	return inventory.Renamed(h, slices.Concat(v.Share.Log, v.Share.Stock.Log))
}

// another reports whether backup a is there and is not backup b.
func another(a, b string) bool {
	return a != "" && !strings.EqualFold(chain.Base(a), chain.Base(b))
}
