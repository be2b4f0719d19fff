package journal

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pchatops/ops/fault"
	"pchatops/ops/private"
)

// Info is one incident of a folder, as its journal's first and last line tell.
type Info struct {
	Opening
	Path  string
	Began time.Time
	Last  time.Time // of the last whole line
	Acted time.Time // of the last line that tells of something done or decided
	Ended bool      // it has a close line
	End   []byte    // what that says
	Err   error     // the file is no journal; nothing else is certain but Path and ID

	renamed string // the incident that its first line names, where the file is called otherwise
}

// List gives the incidents of a folder, newest first. A file that cannot be
// read, or that is not this account's alone, is listed with its error; so is a journal
// that is called otherwise than one. A folder that others could change is an error. No
// folder is no incident.
func List(dir string) ([]Info, error) {
	var names []os.DirEntry
	err := private.CheckFolder(dir)
	if err == nil {
		names, err = os.ReadDir(dir)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, trouble("list the journals of", dir, err)
	}
	var out []Info
	for _, n := range names {
		i := inspect(strings.TrimSuffix(n.Name(), suffix), filepath.Join(dir, n.Name()))
		if i.isJournal() {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b Info) int { // what is called as it should be comes before its copies
		return cmp.Or(strings.Compare(cmp.Or(b.renamed, b.ID), cmp.Or(a.renamed, a.ID)), strings.Compare(a.renamed, b.renamed))
	})
	return out, nil
}

// isJournal reports whether a file is one, or may have been one before it was damaged:
// by its name or, where that is another, by what it says. The torn end of a journal is
// none.
func (i Info) isJournal() bool {
	name := filepath.Base(i.Path)
	return strings.HasSuffix(name, suffix) || i.renamed != "" || isCalled(name) && !errors.Is(i.Err, errBlank)
}

// isCalled reports whether a file has a name that is, or was made of, that of a journal.
func isCalled(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, suffix) && !strings.Contains(name, suffix+tornSuffix)
}

// Of reports whether an incident is one of a site. A site is known by its
// identity; in journals that keep none, by its name.
func (o Opening) Of(site, identity string) bool {
	return o.Identity == identity || o.Identity == "" && o.Site == site
}

// Unfinished gives the open incidents of the procedure and site that o names,
// newest first. One that a later version of the program wrote, or that others may
// have changed, is an error: what it says decides. So is a damaged one that has
// their name, and one that was renamed: an incident that cannot be read is not over. One
// in which nothing can be read tells of no incident: it bars none, and Unread names it.
func Unfinished(dir string, o Opening) ([]Info, error) {
	all, err := List(dir)
	if err != nil {
		return nil, err
	}
	var out []Info
	for _, i := range all {
		switch {
		case i.Err != nil && !errors.Is(i.Err, errNewer) && !errors.Is(i.Err, errBlank) && i.bars(o, all):
			return nil, damaged(i)
		case !i.Of(o.Site, o.Identity) || i.Procedure != o.Procedure:
		case errors.Is(i.Err, errNewer) && !i.Ended:
			return nil, i.Err
		case i.Err == nil && !i.Ended:
			out = append(out, i)
		}
	}
	return out, nil
}

// bars reports whether one of all, which cannot be read, may be the record of an open
// incident of the procedure and site that o names: it has the name of one, or its first
// line says so, or what is left of its name where that line cannot be read. A copy of a
// journal that is there, or of one that was closed, is the record of nothing.
func (i Info) bars(o Opening, all []Info) bool {
	copied := func(j Info) bool { return j.Err == nil && j.ID == i.renamed }
	switch {
	case i.isNamed(o.Site, o.Procedure):
		return true
	case i.Procedure == "":
		return isLike(i.ID, o.Site, o.Procedure)
	}
	return i.Of(o.Site, o.Identity) && i.Procedure == o.Procedure && !i.Ended && !slices.ContainsFunc(all, copied)
}

// Unread gives those of all that cannot be read and may each be the record of an
// open incident of a site and one of the procedures, with what is wrong. Where the
// file does not tell whose it is, its name does; one that this program has not named
// may be anybody's.
func Unread(all []Info, site, identity string, procedures ...string) (out []Info) {
	for _, i := range all {
		newer := errors.Is(i.Err, errNewer)
		switch {
		case i.Err == nil, newer && (i.Ended || !i.Of(site, identity)):
		case newer:
			out = append(out, i)
		case i.Procedure != "" && i.Of(site, identity), i.Procedure == "" && !tells(i.ID, procedures),
			slices.ContainsFunc(procedures, func(p string) bool { return i.isNamed(site, p) }):
			i.Err = damaged(i)
			out = append(out, i)
		}
	}
	return out
}

// damaged is the refusal to begin anything beside a journal that may be the
// record of an incident that goes on.
func damaged(i Info) error {
	var shared *private.Error
	if errors.As(i.Err, &shared) {
		return trouble("read the journal", i.Path, i.Err)
	}
	if errors.Is(i.Err, errBlank) || errors.Is(i.Err, errRenamed) {
		return i.Err
	}
	return &fault.Error{
		Class: fault.State, Tried: "read the journal " + i.Path, Text: textOf(i.Err), Cause: i.Err,
		Do: "it may be the record of an open incident: keep it as evidence, move it out of the folder and start again: the steps are inferred from the servers",
	}
}

func textOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Text
	}
	return err.Error()
}

func inspect(id, path string) Info {
	info := Info{Opening: Opening{ID: id}, Path: path}
	fail := func(err error) Info {
		var shared *private.Error
		if errors.Is(err, errNewer) || errors.As(err, &shared) {
			info.Err = err
			return info
		}
		do := "move the file elsewhere if it is none of this program's"
		switch {
		case errors.Is(err, errRenamed):
			do = info.giveBack()
		case errors.Is(err, errBlank):
			do = "a console that ended, or a disk that was full, as it began one leaves such a file: move it out of the folder, or delete it; new incidents are begun all the same, and where the steps stand is inferred from the servers"
		}
		info.Err = &fault.Error{Class: fault.State, Tried: "read the journal " + path, Text: err.Error(), Cause: err, Do: do}
		return info
	}
	f, err := private.Open(path, os.O_RDONLY)
	if err != nil {
		return fail(err)
	}
	defer func() { _ = f.Close() }()
	raw, err := bufio.NewReaderSize(f, 64<<10).ReadSlice('\n')
	if err != nil {
		err = errors.New("it has no whole first line")
	}
	var first Line
	if err == nil {
		first, err = decode(raw[:len(raw)-1], "")
	}
	var o Opening
	if err == nil {
		o, err = openingOf(first)
	}
	if err == nil || errors.Is(err, errNewer) {
		if info.Opening = o; o.ID+suffix != filepath.Base(path) {
			info.renamed = o.ID
			err = cmp.Or(err, fmt.Errorf("its first line is of the incident %q: %w", printable(o.ID), errRenamed))
		}
	}
	info.ID = id
	switch {
	case err == nil, errors.Is(err, errNewer), errors.Is(err, errRenamed):
	case isCalled(filepath.Base(path)) && blank(f):
		return fail(errBlank)
	default:
		return fail(err)
	}
	last, acted, broken := lastLine(f)
	if err = cmp.Or(err, broken); err != nil {
		info.Ended = broken == nil && last.Type == Close
		return fail(err)
	}
	info.Began, info.Last, info.Acted, info.Ended = first.Time, last.Time, acted, last.Type == Close
	if info.Ended {
		info.End = last.Data
	}
	if acted.IsZero() { // consoles have been opened all the time since
		info.Acted = first.Time
	}
	return info
}

// errRenamed is about a journal that has not the name of its incident.
var errRenamed = errors.New("the file was copied, renamed or made up")

// giveBack says what to do with one.
func (i Info) giveBack() string {
	own := i.renamed + suffix
	if !validID(i.renamed) {
		return "move the file out of the folder: where the steps stand is inferred from the servers"
	}
	if _, err := os.Lstat(filepath.Join(filepath.Dir(i.Path), own)); !errors.Is(err, fs.ErrNotExist) {
		return "the folder has " + own + ", too: leave there, under that name, the one that is the record of the incident, and move the other out of the folder"
	}
	return "give it its name back, " + own + ", and go on with the incident or close it; if that is over or none, move the file out of the folder"
}

// errBlank is about a file that tells of no incident.
var errBlank = errors.New("no line of a journal can be read in it")

// blank reports whether no line of a file is one of a journal.
func blank(f *os.File) bool {
	in := bufio.NewReaderSize(io.NewSectionReader(f, 0, math.MaxInt64), 64<<10)
	for {
		raw, err := next(in)
		if l, bad := decode(bytes.TrimSuffix(raw, []byte("\n")), ""); bad == nil && l.Type != "" {
			return false
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return errors.Is(err, io.EOF) // what cannot be read may be anything
		}
	}
}

// lastLine reads the last whole line of a journal, whatever follows it, and when the
// last one was written that tells of something done or decided; zero: long ago.
func lastLine(f *os.File) (last Line, acted time.Time, err error) {
	st, err := f.Stat()
	if err != nil {
		return Line{}, acted, err
	}
	from := max(0, st.Size()-2*MaxLine)
	tail, err := io.ReadAll(io.NewSectionReader(f, from, 2*MaxLine))
	if err != nil {
		return Line{}, acted, err
	}
	for end := bytes.LastIndexByte(tail, '\n'); end > 0; end = bytes.LastIndexByte(tail[:end], '\n') {
		begin := bytes.LastIndexByte(tail[:end], '\n') + 1
		l, err := decode(tail[begin:end], "")
		if err != nil {
			continue
		}
		if last.Seq == 0 {
			last = l
		}
		if l.acts() {
			return last, l.Time, nil
		}
	}
	if last.Seq == 0 {
		return Line{}, acted, errors.New("it has no whole last line")
	}
	return last, acted, nil
}

// acts reports whether a line tells of something that was done or decided. A console
// that is opened writes lines, too, and goes on with nothing by that.
func (l Line) acts() bool {
	switch l.Type {
	case Driver, Seen, Note, Aside:
		return false
	default:
		return true
	}
}
