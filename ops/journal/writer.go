package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"pchatops/ops/fault"
	"pchatops/ops/private"
)

// Options are what a writer brings along.
type Options struct {
	By  string           // who writes
	Now func() time.Time // nil: the system's clock
}

// Journal appends to one incident's file. It may be used by several
// goroutines; the lines are written one after the other.
type Journal struct {
	path string
	opts Options

	mu     sync.Mutex
	file   file
	intact func(size int64) error // says what others have done to the file; nil: it is not asked
	end    End
	failed error // the first failure; nothing is written after it
}

// file is what a journal needs of os.File.
type file interface {
	io.WriteCloser
	Sync() error
}

// Create begins the journal of a new incident and writes its open line.
func Create(dir string, o Opening, opts Options) (*Journal, error) {
	if !validID(o.ID) {
		return nil, &fault.Error{
			Class: fault.Refused, Tried: "begin the journal " + o.ID,
			Text: "an incident's id has small letters, digits and hyphens", Do: "use another id",
		}
	}
	path := filepath.Join(dir, o.ID+suffix)
	if err := private.Folder(dir); err != nil {
		return nil, trouble("make the journal folder", dir, err)
	}
	f, err := private.Create(path, os.O_WRONLY|os.O_APPEND)
	if err != nil {
		return nil, trouble("begin the journal", path, err)
	}
	j := newJournal(path, f, End{}, opts).guard(f)
	o.Format = Format
	got, err := take(f)
	switch {
	case err != nil:
		err = trouble("lock the journal", path, err)
	case !got:
		err = &HeldError{Site: o.Site}
	default:
		err = j.AppendData(Open, o)
	}
	if err == nil {
		if err = syncDir(dir); err != nil {
			err = trouble("begin the journal", path, err)
		}
	}
	if err != nil {
		_ = f.Close()
		_ = os.Remove(path) // it is the record of nothing
		return nil, err
	}
	return j, nil
}

func newJournal(path string, f file, end End, opts Options) *Journal {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Journal{path: path, opts: opts, file: f, end: end}
}

// guard has each line written only to the file that the journal's name leads to,
// and only behind what this journal knows. A lock binds those who ask for it, and
// some file systems have none.
func (j *Journal) guard(f *os.File) *Journal {
	j.intact = func(size int64) error {
		mine, err := f.Stat()
		if err != nil {
			return trouble("look at the journal", j.path, err)
		}
		named, err := os.Lstat(j.path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return trouble("look at the journal", j.path, err)
		}
		var what string
		switch {
		case err != nil || !os.SameFile(mine, named):
			what = "it was moved, removed or replaced while this console drives"
		case mine.Size() != size:
			what = "somebody else has written to it while this console drives"
		default:
			return nil
		}
		return &fault.Error{
			Class: fault.State, Tried: "write the journal " + j.path, Text: what,
			Do: "nothing more is sent: find out who did, keep both records, then start again",
		}
	}
	return j
}

// Path is the journal's file.
func (j *Journal) Path() string { return j.path }

// Head is the hash of the last line: it stands for the whole record so far.
func (j *Journal) Head() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.end.Hash
}

// Append writes one line and returns it as written, once it is on the disk.
// Sequence number, time and hash are the journal's; By is the journal's where
// it is empty. After a failure every later Append fails with the same error:
// what is not on record is not to be done.
func (j *Journal) Append(l Line) (Line, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.failed != nil {
		return Line{}, j.failed
	}
	if l.By == "" {
		l.By = j.opts.By
	}
	l.Seq, l.Prev, l.Time = j.end.Lines+1, j.end.Hash, j.opts.Now().UTC()
	raw, err := encode(l)
	if err != nil {
		return Line{}, &fault.Error{Class: fault.Refused, Tried: "write the journal " + j.path, Text: err.Error(), Cause: err, Do: "say it in fewer words"}
	}
	if j.intact != nil {
		if j.failed = j.intact(j.end.Bytes); j.failed != nil {
			return Line{}, j.failed
		}
	}
	if err := j.write(append(raw, '\n')); err != nil {
		j.failed = trouble("write the journal", j.path, err)
		return Line{}, j.failed
	}
	j.end = End{Lines: l.Seq, Bytes: j.end.Bytes + int64(len(raw)) + 1, Hash: hash(raw)}
	return l, nil
}

// AppendData writes a line of a type with its data.
func (j *Journal) AppendData(t Type, data any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("the %s line cannot be written as JSON: %w", t, err)
	}
	_, err = j.Append(Line{Type: t, Data: raw})
	return err
}

func (j *Journal) write(raw []byte) error {
	n, err := j.file.Write(raw)
	if err == nil && n < len(raw) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return err
	}
	return j.file.Sync()
}

// Close closes the file. The incident stays open until a close line is written.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.failed == nil {
		j.failed = &fault.Error{Class: fault.Refused, Tried: "write the journal " + j.path, Text: "it is closed", Do: "start the console again"}
	}
	if f, ok := j.file.(*os.File); ok {
		unlock(f)
	}
	return j.file.Close()
}

// syncDir makes a new name in a folder durable. Windows has no such call and
// needs none.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	return d.Sync()
}
