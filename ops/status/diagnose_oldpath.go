package status

import (
	"fmt"
	"strings"

	"pchatops/ops/chain"
	"pchatops/ops/site"
)

// diagnoseOldPath finds log of the recovery path that the secondary left when it
// was recovered. Where the share cannot be seen, or headers on it cannot be read,
// an old primary that is back may tell, and else it is said that nobody knows.
func (v *view) diagnoseOldPath() {
	n := v.Node(site.Secondary)
	if n == nil || !n.Facts.Database.Online() {
		return
	}
	left := "log of the recovery path that " + v.site.Database + " left when it was recovered"
	told := false
	if c := len(v.Share.OldPath); c > 0 {
		told = true
		newest, oldest := v.Share.OldPath[0], v.Share.OldPath[c-1]
		v.find(oldPath, v.site.BackupShare, fmt.Sprintf("%d on the share or in the copy folder, newest %s, hold %s, LSN %s to %s%s: left behind then, or taken by the old primary since. Nothing can apply them",
			c, quote(chain.Base(newest.File)), left, oldest.First, newest.Last, finished(newest)))
	}
	var blind string
	switch {
	case v.Share.Err != nil:
		blind = "the share cannot be listed"
	case v.shareFresh() && v.Share.Unread > 0:
		blind = fmt.Sprintf("%d with names of %s on the share cannot be read", v.Share.Unread, v.site.Database)
	default:
		return
	}
	for _, r := range []site.Role{site.Primary, site.Mirror} {
		old := v.Node(r)
		if !v.fresh(old) || !old.Facts.Database.Online() || old.Facts.Primary == nil || old.Facts.Primary.LastBackupFile == "" || !parted(old.Facts.Database, n.Facts.Database) {
			continue
		}
		told = true
		p := old.Facts.Primary
		v.find(oldPath, old.Address, fmt.Sprintf("%s takes %s, by its own tables last %s, %s ago; %s",
			old.Address, left, quote(chain.Base(p.LastBackupFile)), age(v.noted(old, p.BackupAge, p.LastBackup).ago), blind))
	}
	if !told {
		v.find(oldPath, v.site.BackupShare, blind+": whether "+left+" lies there is not known")
	}
}

// finished says when a backup was.
func finished(h chain.Header) string {
	if h.Finished.IsZero() {
		return ""
	}
	return fmt.Sprintf(", up to %s by the clock of %s", h.Finished.UTC().Format("2006-01-02 15:04:05"), quote(h.Server))
}

// parted reports whether two databases of one family are on two recovery paths.
func parted(a, b Database) bool {
	return a.Fork != "" && b.Fork != "" && !strings.EqualFold(a.Fork, b.Fork) && !OtherFamily(a.Family, b.Family)
}
