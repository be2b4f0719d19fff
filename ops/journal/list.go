package journal

import (
	"bufio"
	"bytes"
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
	Err   error     // the file is no journal; nothing else is set but Path and ID
}

// List gives the incidents of a folder, newest first. A file that cannot be
// read, or that is not this account's alone, is listed with its error; a folder
// that others could change is an error. No folder is no incident.
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
		if id, ok := strings.CutSuffix(n.Name(), suffix); ok {
			out = append(out, inspect(id, filepath.Join(dir, n.Name())))
		}
	}
	slices.SortStableFunc(out, func(a, b Info) int { return strings.Compare(b.ID, a.ID) })
	return out, nil
}

// Of reports whether an incident is one of a site. A site is known by its
// identity; in journals that keep none, by its name.
func (o Opening) Of(site, identity string) bool {
	return o.Identity == identity || o.Identity == "" && o.Site == site
}

// Unfinished gives the open incidents of the procedure and site that o names,
// newest first. One that a later version of the program wrote, or that others may
// have changed, is an error: what it says decides. So is a damaged one that has
// their name: an incident that cannot be read is not over. One in which nothing can
// be read tells of no incident: it bars none, and Unread names it.
func Unfinished(dir string, o Opening) ([]Info, error) {
	all, err := List(dir)
	if err != nil {
		return nil, err
	}
	var out []Info
	for _, i := range all {
		switch {
		case i.Err != nil && !errors.Is(i.Err, errNewer) && !errors.Is(i.Err, errBlank) && isNamed(i.ID, o.Site, o.Procedure):
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
		case !named.MatchString(i.ID), slices.ContainsFunc(procedures, func(p string) bool { return isNamed(i.ID, site, p) }):
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
	if errors.Is(i.Err, errBlank) {
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
		if errors.Is(err, errBlank) {
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
	if err == nil {
		info.Opening, err = openingOf(first)
	}
	if err == nil && info.ID != id {
		err = fmt.Errorf("its first line is of the incident %q: the file was copied, renamed or made up", printable(info.ID))
	}
	info.ID = id
	switch {
	case err == nil, errors.Is(err, errNewer):
	case blank(f):
		return fail(errBlank)
	default:
		return fail(err)
	}
	last, acted, broken := lastLine(f)
	if err = errors.Join(err, broken); err != nil {
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
