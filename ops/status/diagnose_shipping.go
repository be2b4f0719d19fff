package status

import (
	"regexp"
	"time"

	"pchatops/ops/chain"
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
	last, most := v.since(n, p.BackupAge), limit(v.site.Thresholds.Backup, p.Threshold, usualBackup)
	why := "the last log backup of " + n.Address + " is " + age(last) + " old, the limit is " + age(most)
	if p.BackupAge < 0 {
		why = n.Address + " has never written a log backup"
	} else if last <= most {
		return
	}
	if ran := v.serverNow().Sub(p.BackupJob.LastRun); p.BackupJob.Outcome == "succeeded" && ran <= most {
		v.find(backupWithoutFile, n.Address, why+"; yet the backup job reported success "+age(ran)+" ago")
		return
	}
	v.find(noBackup, n.Address, why)
}

// diagnoseCopy finds backups that wait on the share. Where nothing newer than
// the last copy is known, the copy job is not to blame.
func (v *view) diagnoseCopy(n *Node) {
	s := n.Facts.Secondary
	newest := v.newestShipped()
	last, most := v.since(n, s.CopyAge), limit(v.site.Thresholds.Copy, s.Threshold, usualRestore)
	if !newer(newest, s.LastCopiedFile) || s.CopyAge >= 0 && last <= most {
		return
	}
	why := n.Address + " copied its last backup " + age(last) + " ago, the limit is " + age(most)
	if s.CopyAge < 0 {
		why = n.Address + " has never copied a backup"
	}
	v.find(noCopy, n.Address, why+"; "+quote(chain.Base(newest))+" waits on the share")
}

// diagnoseRestore finds copied backups that are not restored, and why.
func (v *view) diagnoseRestore(n *Node) {
	s := n.Facts.Secondary
	if s.RestoreJob.Outcome == "failed" && gapNumber.MatchString(s.RestoreJob.Message) {
		v.find(chainGap, n.Address, "the restore job on "+n.Address+" failed with 4305: "+quote(s.RestoreJob.Message))
		return
	}
	last := v.since(n, s.RestoreAge)
	most := limit(v.site.Thresholds.Restore, s.Threshold, usualRestore) + s.RestoreDelay
	waits := newer(s.LastCopiedFile, s.LastRestoredFile)
	if waits && (s.RestoreAge < 0 || last > most) {
		v.diagnoseStuck(n, last, most)
		return
	}
	if lag, file := v.lag(s); lag > most {
		v.find(secondaryBehind, n.Address,
			n.Address+" has restored up to "+quote(chain.Base(s.LastRestoredFile))+", "+age(lag)+" behind "+file)
	}
}

// gapNumber is SQL Server's number for a log backup that begins too late.
var gapNumber = regexp.MustCompile(`\b4305\b`)

// diagnoseStuck tells a restore job that does not work from one that works and
// finds no file that fits.
func (v *view) diagnoseStuck(n *Node, last, most time.Duration) {
	s := n.Facts.Secondary
	why := n.Address + " restored its last backup " + age(last) + " ago, the limit is " + age(most)
	if s.RestoreAge < 0 {
		why = n.Address + " has never restored a backup"
	}
	why += "; " + quote(chain.Base(s.LastCopiedFile)) + " is copied and waits"
	if job := s.RestoreJob; job.Outcome == "succeeded" && job.LastRun.After(s.LastCopied) {
		v.find(chainGap, n.Address, why+"; yet the restore job ran without error "+age(v.serverNow().Sub(job.LastRun))+" ago and found no file that fits")
		return
	}
	v.find(noRestore, n.Address, why)
}

// newestShipped gives the newest log backup that is known to be on the share.
func (v *view) newestShipped() string {
	newest := ""
	if v.shareFresh() {
		newest = v.Share.Newest
	}
	if n := v.shipper(); n != nil && n.Facts.Primary != nil && newer(n.Facts.Primary.LastBackupFile, newest) {
		newest = n.Facts.Primary.LastBackupFile
	}
	return newest
}

// lag is how much log the secondary lacks of the newest backup known.
func (v *view) lag(s *ShippingSecondary) (time.Duration, string) {
	newest := v.newestShipped()
	if newer(s.LastCopiedFile, newest) {
		newest = s.LastCopiedFile
	}
	restored, ok := chain.Stamp(s.LastRestoredFile)
	if written, known := chain.Stamp(newest); ok && known {
		return written.Sub(restored), quote(chain.Base(newest))
	}
	return s.Latency, "the primary when it did"
}

// newer reports whether backup a is there and was taken after backup b. Names
// without a time are merely told apart.
func newer(a, b string) bool {
	if a == "" || b == "" {
		return a != ""
	}
	ta, oka := chain.Stamp(a)
	tb, okb := chain.Stamp(b)
	if oka && okb {
		return ta.After(tb)
	}
	return chain.Base(a) != chain.Base(b)
}
