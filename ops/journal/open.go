package journal

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"pchatops/ops/fault"
)

// Reopen goes on with an incident's journal: it replays the file into each,
// sets a torn last line aside and stands ready to append. The caller holds
// the site's lock.
func Reopen(path string, opts Options, each func(Line) error) (*Journal, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return nil, trouble("open the journal", path, err)
	}
	j, err := reopen(f, path, opts, each)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return j, nil
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
		return newJournal(path, f, end, opts), nil
	}
	torn, err := setAside(f, path, end)
	if err != nil {
		return nil, trouble("set the torn last line aside of the journal", path, err)
	}
	end.Torn = 0
	j := newJournal(path, f, end, opts)
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

// asideFile makes the first <journal>.torn-N that does not exist.
func asideFile(path string) (*os.File, error) {
	for n := 1; n < 1000; n++ {
		f, err := os.OpenFile(fmt.Sprintf("%s.torn-%d", path, n), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if !os.IsExist(err) {
			return f, err
		}
	}
	return nil, fmt.Errorf("%s.torn-1 to .torn-999 all exist", path)
}
