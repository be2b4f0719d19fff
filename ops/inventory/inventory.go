// Package inventory is the one place that knows what every log backup of the
// database is: applied, to apply, still to copy, another's, of another recovery
// fork, unusable, unread or gone. Plans, proofs, gates, losses and the exposure
// are views of it. It is pure: what listings, headers, the server's own history
// and others say is handed to it.
//
// What could not be read is never taken for applied, and neither a name nor a
// clock decides anything.
package inventory

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
)

// Kind says what a backup is.
type Kind string

// The kinds.
const (
	Applied   Kind = "applied"
	ToApply   Kind = "to apply"
	ToCopy    Kind = "to copy"
	Foreign   Kind = "not this database's"
	Rival     Kind = "of another database of that name"
	OtherFork Kind = "of another recovery fork"
	Unusable  Kind = "unusable"
	Unread    Kind = "unread"
	Gone      Kind = "gone"
	Elsewhere Kind = "in another place"
)

// Place is where files lie.
type Place string

// The places.
const (
	Share  Place = "share"
	Folder Place = "copy folder"
)

// File is a file as a listing knows it.
type File struct {
	Name     string    // without its folder
	Bytes    int64     // -1: not known
	Modified time.Time // UTC; zero: not known
	// Strange says why no program here can open the file: its name is none that
	// Windows takes. Name is then only for showing.
	Strange string
}

// looksLike reports whether a file is as long and as old as another: copying a file
// keeps its time, to what a file system can tell apart.
func (f File) looksLike(other File) bool {
	return f.Bytes == other.Bytes && f.Modified.Sub(other.Modified).Abs() <= 2*time.Second
}

// Listing is what lies in a place.
type Listing struct {
	Path  string
	Files []File
	Err   error // it could not be listed
}

// Reading is what reading the headers of a file came to.
type Reading struct {
	Sets []chain.Header
	Err  error
}

// Told is a backup that somebody knows of by its name.
type Told struct {
	Name   string
	By     string        // "the primary's monitor table"
	Header *chain.Header // where its log range is known too
	File   *File         // that the header was read from; nil: not known
	// Shipped: it was written, and nobody tells that it was ever copied.
	Shipped bool
	// Lies is the folder that it was found in, neither the share nor the copy folder.
	Lies string
	// Met: somebody has only seen a file of that name. Any other name was given by log
	// shipping, or is in somebody's history: it stands for a backup of its own.
	Met bool
}

// Observed is all that an inventory is taken from.
type Observed struct {
	Database string
	At       chain.Position // how far the database has come
	// Online: the database takes no log any more; At is where it was recovered,
	// and Fork the recovery fork that it began there.
	Online bool
	Fork   string

	Share, Folder Listing
	// Vouched: a server tells which share log shipping uses, or did when it was seen
	// last. Any other place than this one is looked at, too.
	Vouched bool
	// Read gives what is known of a file's headers; false: nobody has looked.
	Read func(Place, File) (Reading, bool)
	// Alike tells whether a file of the share and the one of its name in the
	// copy folder have the same content, where that was compared.
	Alike func(share, copied File) (same, known bool)
	// Damaged says what RESTORE found of a file that it cannot use; "": nothing.
	Damaged func(Place, File) string
	// Refused says why a file of the share could not be copied; "": it was not
	// tried, or can be.
	Refused func(File) string
	// Dismissed reports that an earlier search has read a file of the copy folder
	// and found that it does not continue the chain.
	Dismissed func(File) bool
	// Replaced reports that a broken copy was copied again under another name.
	Replaced func(File) bool

	Applied []chain.Header // the server's own history of what it restored into the database
	// Before is what it restored into one that bore the name before, and that this
	// one does not hold.
	Before []chain.Header
	Kin    []Kin
	Told   []Told
	// Found are files with names of this database in other places that a server
	// names; Unseen are such places as could not be read.
	Found  []Found
	Unseen []Unseen
}

// Found is a file in a place that is neither the share nor the copy folder.
type Found struct {
	Folder string
	File
	Reading
}

// Backup is one log backup, or a file that may be one.
type Backup struct {
	Name   string
	Kind   Kind
	Why    string
	Header *chain.Header // nil: it could not be read
	Share  *File         // its file on the share, nil where there is none
	Folder *File         // its file in the copy folder
	// Lies is the folder that it lies in, where that is neither of the two.
	Lies string
	// Own: it is named as log shipping names the files of this database, or its
	// header says that it is of it.
	Own bool
	// Lost: log would be lost if the database were recovered without it.
	Lost bool
	// As is the name to copy it under, where its own is taken by other content.
	As string
	// Anew: what has its own name in the copy folder cannot be read there, even
	// if it is the same to the last byte.
	Anew bool
	// Stranded: the log before it is missing, or another part of it.
	Stranded bool
	// Strayed: nothing before it is missing, but the database has left its path.
	Strayed bool
	// Refused says why copying it failed when that was tried; "": it did not.
	Refused string
	// Perhaps are the files that may be this backup, which was told of and is not
	// found, or the parts that it lacks: nobody can read them.
	Perhaps []string
	// Usurped says which other backup the file of its name holds now; "": there is none.
	Usurped string
	// Given: log shipping itself has named it, or a history has.
	Given bool
	// Shipped: who tells of it knows that it was written, and not that it was copied.
	Shipped bool
	// Err is why its header could not be read; nil: it could, or nobody has looked.
	Err error
	// Lacks are the parts of a striped backup that are in no place, as "2, 3".
	Lacks  string
	part   bool // it stands for its part of a striped backup
	asked  bool
	broken bool   // it cannot be read, and what it is of is known
	found  string // why the file cannot be used, apart from its header
}

// Pair is a file of the share and the one of its name in the copy folder.
type Pair struct{ Share, Folder File }

// Inventory is what there is.
type Inventory struct {
	Backups []Backup
	Restore []chain.Header // in their order, those that are still to be copied too
	Reached chain.Position // where they lead
	Gap     *chain.Gap
	Fork    *chain.Fork
	// ToRead and Compare are what has to be looked at before the inventory is
	// whole: headers of files with a name of this database, and contents.
	ToRead  map[Place][]File
	Compare []Pair
	// Strangers are files of the share under other names that nobody has looked at.
	Strangers []File
	Places    []Unseen
	At        chain.Position
	History   []chain.Header // the server's own history of what it restored
	// Another says why the database is not the one that the known backups are of;
	// "": it is, as far as anybody knows.
	Another string
	// Doubts say of files, whose names stand for backups of their own, that they hold
	// something else: nothing on record knows whether they ever held those.
	Doubts []string
	// Stray says why the share may not be that of log shipping; "": it is.
	Stray string
}

// Unseen is a place that could not be read.
type Unseen struct{ Place, Why string }

// Own reports whether a file is named as log shipping names the backups of a
// database.
func Own(database, name string) bool {
	n := len(database) + 1
	return len(name) > n && strings.EqualFold(name[:n], database+"_")
}

// Listed reports whether a file of that name is listed where it lies: log shipping
// calls its files .trn, and no others are looked for.
func Listed(name string) bool {
	const ext = ".trn"
	return len(name) > len(ext) && strings.EqualFold(name[len(name)-len(ext):], ext)
}

// Whole gives the backups that some files hold: a striped one is one, and bears
// the names of all its files.
func Whole(files []Backup) []Backup {
	var out []Backup
	at, names := map[string]int{}, map[string][]string{}
	for _, b := range files {
		id := ""
		if h := b.Header; h != nil && (h.Parts > 1 || b.File() == nil) {
			id = strings.ToLower(cmp.Or(h.SetGUID, h.Media))
		}
		i, known := at[id]
		if id == "" || !known {
			at[id] = len(out)
			out = append(out, b)
			names[id] = []string{b.Name}
		} else if !slices.Contains(names[id], b.Name) {
			names[id] = append(names[id], b.Name)
			out[i].Name = strings.Join(names[id], " + ")
		}
	}
	return out
}

// Missed are the backups that others tell of and that are neither on the share nor
// in the copy folder, as far as anybody can read, whose log would be lost.
func (i *Inventory) Missed() []Backup {
	return slices.DeleteFunc(i.Lost(Gone, Unread, Elsewhere), func(b Backup) bool { return b.File() != nil })
}

// Unopened are the files under other names that cannot be read, and may hold log of
// the database: all but those of which the server says that they are no backups.
func (i *Inventory) Unopened() (out []Backup) {
	for _, b := range i.Of(Unread) {
		if b.Own || b.Lost || b.broken || b.Err == nil || NoBackup(b.Err) {
			continue
		}
		out = append(out, b)
	}
	return out
}

// NoBackup reports that a file is in no format of a backup (3242).
func NoBackup(err error) bool {
	var e *fault.Error
	return errors.As(err, &e) && e.Number == 3242
}

// Known gives all log that is known, in its order: what is applied, what is to be,
// and what would be lost, as far as one clock has dated it. Whole is false where
// there may be more behind it.
func (i *Inventory) Known() (log []chain.Header, whole bool) {
	var behind []chain.Header
	whole = len(i.Places) == 0
	for _, b := range i.Lost() {
		if h := b.Header; h != nil && !h.Finished.IsZero() {
			behind = append(behind, *h)
		} else {
			whole = false
		}
	}
	behind = append(behind, i.Restore...)
	slices.SortStableFunc(behind, func(a, b chain.Header) int { return a.Last.Compare(b.Last) })
	log = slices.Clone(i.History)
	for _, h := range behind {
		switch {
		case len(log) == 0:
		case !strings.EqualFold(h.Server, log[len(log)-1].Server):
			whole = false
			continue
		case h.Last.Compare(log[len(log)-1].Last) <= 0:
			continue
		}
		log = append(log, h)
	}
	return log, whole
}

// Broken reports a file that cannot be read, of which it is known what it was a copy
// of.
func (b Backup) Broken() bool { return b.broken }

// Incomplete reports whether a server died while it wrote this backup.
func (b Backup) Incomplete() bool { return b.Header != nil && b.Header.Incomplete }

// Of gives the backups of some kinds.
func (i *Inventory) Of(kinds ...Kind) []Backup {
	var out []Backup
	for _, b := range i.Backups {
		for _, k := range kinds {
			if b.Kind == k {
				out = append(out, b)
			}
		}
	}
	return out
}

// Lost gives the backups of some kinds whose log would be lost; without kinds,
// of all.
func (i *Inventory) Lost(kinds ...Kind) []Backup {
	var out []Backup
	from := i.Backups
	if len(kinds) > 0 {
		from = i.Of(kinds...)
	}
	for _, b := range from {
		if b.Lost {
			out = append(out, b)
		}
	}
	return out
}
