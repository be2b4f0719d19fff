package journal

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"pchatops/ops/fault"
	"pchatops/ops/private"
)

// Read opens a journal that this process does not write.
func Read(path string) (*os.File, error) {
	f, err := private.Open(path, os.O_RDONLY)
	if err != nil {
		return nil, trouble("read the journal", path, err)
	}
	return f, nil
}

// Reopen goes on with an incident's journal: it replays the file into each,
// sets a torn last line aside and stands ready to append. The caller holds the
// site's lock. The journal is locked while it is open: a *HeldError says who
// writes it already.
func Reopen(path string, opts Options, each func(Line) error) (*Journal, error) {
	if err := private.Folder(filepath.Dir(path)); err != nil {
		return nil, trouble("open the journal", path, err)
	}
	f, err := private.Open(path, os.O_RDWR|os.O_APPEND)
	if err != nil {
		return nil, trouble("open the journal", path, err)
	}
	got, err := take(f)
	switch {
	case err != nil:
		err = trouble("lock the journal", path, err)
	case !got:
		i := inspect(strings.TrimSuffix(filepath.Base(path), suffix), path)
		who, _, _ := i.Driver() // whoever it is, it is somebody else
		err = &HeldError{Site: i.Site, Holder: who, Dir: filepath.Dir(path)}
	default:
		var j *Journal
		if j, err = reopen(f, path, opts, each); err == nil {
			return j, nil
		}
	}
	_ = f.Close()
	return nil, err
}

func reopen(f *os.File, path string, opts Options, each func(Line) error) (*Journal, error) {
	end, err := Replay(f, each)
	if err != nil {
		return nil, &fault.Error{
			Class: fault.State, Tried: "replay the journal " + path, Text: err.Error(), Cause: err,
			Do: "keep the file as evidence, move it out of the folder and start again: the steps are inferred from the servers",
		}
	}
	if end.Torn == 0 {
		return newJournal(path, f, end, opts).guard(f), nil
	}
	torn, err := setAside(f, path, end)
	if err != nil {
		return nil, trouble("set the torn last line aside of the journal", path, err)
	}
	end.Torn = 0
	j := newJournal(path, f, end, opts).guard(f)
	if err := j.AppendData(Aside, torn); err != nil {
		return nil, err
	}
	return j, nil
}

// setAside moves the torn end of a journal into a file beside it. A crash in
// between leaves the journal torn and the copy behind; the next attempt makes
// another copy.
func setAside(f *os.File, path string, end End) (Torn, error) {
	aside, err := asideFile(path)
	if err != nil {
		return Torn{}, err
	}
	defer func() { _ = aside.Close() }() // it has been synced
	n, err := io.Copy(aside, io.NewSectionReader(f, end.Bytes, end.Torn))
	if err != nil {
		return Torn{}, err
	}
	if err := aside.Sync(); err != nil {
		return Torn{}, err
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return Torn{}, err
	}
	if err := f.Truncate(end.Bytes); err != nil {
		return Torn{}, err
	}
	return Torn{File: filepath.Base(aside.Name()), Bytes: n}, f.Sync()
}

// tornSuffix follows the name of a journal in that of a file with its torn end.
const tornSuffix = ".torn-"

// asideFile makes the first <journal>.torn-N that does not exist.
func asideFile(path string) (*os.File, error) {
	for n := 1; n < 1000; n++ {
		f, err := private.Create(fmt.Sprintf("%s%s%d", path, tornSuffix, n), os.O_WRONLY)
		if !os.IsExist(err) {
			return f, err
		}
	}
	return nil, fmt.Errorf("%s.torn-1 to .torn-999 all exist", path)
}
