package failover

import (
	"errors"
	"fmt"
	"slices"

	"pchatops/ops/fault"
	"pchatops/ops/inventory"
)

// mend says what to move or to grant where, so that backups can be applied: once
// for all that ask for the same.
func (f *failover) mend(lost []inventory.Backup) string {
	var out []string
	seen, closed := map[string]bool{}, false // closed: SQL Server can make nothing of some
	for _, b := range inventory.Whole(lost) {
		how := fmt.Sprint(b.Kind, b.Lacks != "", b.Lies, b.Strayed)
		switch {
		case b.Stranded && leads(lost, b):
			continue
		case b.Stranded:
			how = "stranded"
		case b.Lies != "":
		case b.File() == nil:
			how = fmt.Sprint("missed ", inventory.Listed(b.Name), b.Usurped)
		case b.Kind == inventory.Unread:
			how += opening(b) + needs(b)
			closed = true
		}
		if !seen[how] {
			out = append(out, f.remedy(b))
		}
		seen[how] = true
	}
	if closed {
		out = append(out, fmt.Sprintf("a file that is no backup of %s may be moved out of the folder", f.db))
	}
	return fault.Said(out...)
}

// leads reports whether one of some backups, which could be mended, leads to one that
// has no log before it, or is another part of it.
func leads(lost []inventory.Backup, to inventory.Backup) bool {
	return slices.ContainsFunc(lost, func(b inventory.Backup) bool {
		return !b.Stranded && b.Header != nil && to.Header != nil &&
			b.Header.First.Compare(to.Header.First) <= 0 && b.Header.Last.Compare(to.Header.First) >= 0
	})
}

// remedy is what one of them needs.
func (f *failover) remedy(b inventory.Backup) string {
	folder := f.Site.CopyFolder
	may := ""
	if len(b.Perhaps) > 0 {
		may = fmt.Sprintf("find out how SQL Server on %s can read %s, which may be ", f.secondary.Address(), b.Perhaps[0])
	}
	switch {
	case b.Lies != "":
		return fmt.Sprintf("copy the backups that lie in %s, such as %s, into %s", b.Lies, b.Name, folder)
	case b.Lacks != "" && may != "":
		return fmt.Sprintf("%spart %s of %s; or bring that into %s", may, b.Lacks, b.Name, folder)
	case b.Lacks != "":
		return fmt.Sprintf("bring part %s of the striped backup %s into %s, under whatever name (from the share, or the primaries' backup folders): it is in no place that can be read now",
			b.Lacks, b.Name, folder)
	case b.File() == nil && !inventory.Listed(b.Name):
		return fmt.Sprintf("put %s into %s as a .trn file, from wherever it lies (the share, the primaries' backup folders)", b.Name, folder)
	case may != "":
		return fmt.Sprintf("%s%s; or bring %s back into %s", may, b.Name, b.Name, folder)
	case b.Usurped != "":
		return fmt.Sprintf("%s %s: find its own backup, which is in no place that can be read now (the primaries' backup folders, a backup of the share), and put it into %s under another name",
			b.Name, b.Usurped, folder)
	case b.File() == nil:
		return fmt.Sprintf("bring %s back into %s (from the share, or the primaries' backup folders): it is in no place that can be read now", b.Name, folder)
	case b.Stranded:
		return fmt.Sprintf("find the log before %s (the share, the primaries' backup folders), which is missing, and put it into %s: %s itself is there", b.Name, folder, b.Name)
	case b.Kind == inventory.Unread:
		return f.makeReadable(b)
	case b.Kind == inventory.Rival:
		return fmt.Sprintf("move %s away, wherever it lies, if it is another site's; if %s was made anew on %s, restore a full backup of that one WITH NORECOVERY, REPLACE on %s: its chat is in no other",
			b.Name, f.db, b.Header.Server, f.secondary.Address())
	case b.Strayed:
		return fmt.Sprintf("restore a full backup of %s from before %s WITH NORECOVERY, REPLACE on %s: no log from %s on can be applied to the database that stands there, which somebody brought online",
			f.db, b.Name, f.secondary.Address(), b.Name)
	case b.Kind == inventory.OtherFork:
		return "find out which server held the live database when " + b.Name + " was taken"
	}
	return fmt.Sprintf("put an intact copy of %s (the share, the primaries' backup folders) into %s under another name", b.Name, folder)
}

// makeReadable says what lets SQL Server read a header: a right, a name, whatever
// it asks for; what it can make nothing of takes another copy.
func (f *failover) makeReadable(b inventory.Backup) string {
	file, of := f.at(b), ""
	if b.Folder != nil && b.Share != nil && b.Share.Name != b.Folder.Name { // which is copied again as long as it lies there
		of = ", a copy of " + join(f.Site.BackupShare, b.Share.Name) + ","
	}
	says := fmt.Sprintf("%s%s is no whole backup that SQL Server on %s can make out: move it away, wherever it lies, and put an intact copy of it into %s under its name", file, of, f.secondary.Address(), f.Site.CopyFolder)
	switch how := opening(b); {
	case how == byName:
		says = "give " + file + " a name that Windows takes"
	case how == byRight:
		says = fmt.Sprintf("let the account of SQL Server on %s read %s, or put a readable copy in its place", f.secondary.Address(), file)
	case how == byTurn:
		says = fmt.Sprintf("end what holds %s open, or put a readable copy in its place", file)
	case needs(b) != "":
		says = file + ": " + needs(b)
	}
	return says
}

// What keeps a file from being opened; "": it was.
const (
	byName  = "its name"
	byRight = "a right"
	byTurn  = "another program"
)

func opening(b inventory.Backup) string {
	switch class := fault.ClassOf(b.Err); {
	case b.File().Strange != "":
		return byName
	case class == fault.Access, class == fault.Permission, class == fault.NotFound, class == fault.Login:
		return byRight
	case class == fault.InUse:
		return byTurn
	}
	return ""
}

// locked are the numbers of a backup that is whole and that the server lacks
// something for: a later version, a password, a certificate.
var locked = []int32{newerVersion, 3279, 33111}

// needs is what the server lacks for a backup; "": nothing that it tells of.
func needs(b inventory.Backup) string {
	var e *fault.Error
	if errors.As(b.Err, &e) && slices.Contains(locked, e.Number) {
		return e.Do
	}
	return ""
}

// at is where the file of a backup lies.
func (f *failover) at(b inventory.Backup) string {
	switch {
	case b.Lies != "":
		return join(b.Lies, b.Name)
	case b.Folder == nil:
		return join(f.Site.BackupShare, b.Name)
	}
	return join(f.Site.CopyFolder, b.Name)
}
