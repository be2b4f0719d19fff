package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pchatops/ops/fault"
)

// Info is one incident of a folder, as its journal's first and last line tell.
type Info struct {
	Opening
	Path  string
	Began time.Time
	Last  time.Time // of the last whole line
	Ended bool      // it has a close line
	Err   error     // the file is no journal; nothing else is set but Path and ID
}

// List gives the incidents of a folder, newest first. A file that cannot be
// read is listed with its error. No folder is no incident.
func List(dir string) ([]Info, error) {
	names, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, trouble("list the journals of", dir, err)
	}
	var out []Info
	for _, n := range names {
		if id, ok := strings.CutSuffix(n.Name(), suffix); ok && n.Type().IsRegular() {
			out = append(out, inspect(id, filepath.Join(dir, n.Name())))
		}
	}
	slices.SortStableFunc(out, func(a, b Info) int { return strings.Compare(b.ID, a.ID) })
	return out, nil
}

// Latest gives the newest unfinished incident of a site and procedure.
func Latest(dir, site, procedure string) (Info, bool, error) {
	all, err := List(dir)
	for _, i := range all {
		if i.Err == nil && !i.Ended && i.Site == site && i.Procedure == procedure {
			return i, true, err
		}
	}
	return Info{}, false, err
}

// OpenLatest goes on with the newest unfinished incident of the site and
// procedure that o names, replaying it into each, or begins a new one under
// o's id. The caller holds the site's lock.
func OpenLatest(dir string, o Opening, opts Options, each func(Line) error) (*Journal, error) {
	found, ok, err := Latest(dir, o.Site, o.Procedure)
	switch {
	case err != nil:
		return nil, err
	case ok:
		return Reopen(found.Path, opts, each)
	}
	return Create(dir, o, opts)
}

func inspect(id, path string) Info {
	info := Info{Opening: Opening{ID: id}, Path: path}
	fail := func(err error) Info {
		info.Err = &fault.Error{Class: fault.State, Tried: "read the journal " + path, Text: err.Error(), Cause: err, Do: "move the file elsewhere if it is none of this program's"}
		return info
	}
	f, err := os.Open(path)
	if err != nil {
		return fail(err)
	}
	defer func() { _ = f.Close() }()
	raw, err := bufio.NewReaderSize(f, 64<<10).ReadSlice('\n')
	if err != nil {
		return fail(errors.New("it has no whole first line"))
	}
	first, err := decode(raw[:len(raw)-1], "")
	if err == nil && first.Type != Open {
		err = errors.New("it does not begin with an open line")
	}
	if err == nil {
		err = json.Unmarshal(first.Data, &info.Opening)
	}
	if err != nil {
		return fail(err)
	}
	info.ID = id
	last, err := lastLine(f)
	if err != nil {
		return fail(err)
	}
	info.Began, info.Last, info.Ended = first.Time, last.Time, last.Type == Close
	return info
}

// lastLine reads the last whole line of a journal, whatever follows it.
func lastLine(f *os.File) (Line, error) {
	st, err := f.Stat()
	if err != nil {
		return Line{}, err
	}
	from := max(0, st.Size()-2*MaxLine)
	tail, err := io.ReadAll(io.NewSectionReader(f, from, 2*MaxLine))
	if err != nil {
		return Line{}, err
	}
	for end := bytes.LastIndexByte(tail, '\n'); end > 0; end = bytes.LastIndexByte(tail[:end], '\n') {
		begin := bytes.LastIndexByte(tail[:end], '\n') + 1
		if l, err := decode(tail[begin:end], ""); err == nil {
			return l, nil
		}
	}
	return Line{}, errors.New("it has no whole last line")
}
