package journal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
)

// Whatever is done to a finished line, the chain shows it and names the line.
func TestChangedJournalIsRefusedByLine(t *testing.T) {
	whole, err := os.ReadFile(begin(t, t.TempDir(), "one", "two", "three"))
	require.NoError(t, err)
	rows := bytes.SplitAfter(whole, []byte("\n"))[:4]
	join := func(r ...[]byte) []byte { return bytes.Join(r, nil) }
	for name, c := range map[string]struct {
		file []byte
		line string
	}{
		"a word was changed":      {join(rows[0], bytes.Replace(rows[1], []byte("one"), []byte("won"), 1), rows[2], rows[3]), "line 3 "},
		"a line was taken out":    {join(rows[0], rows[2], rows[3]), "line 2 "},
		"two lines were swapped":  {join(rows[0], rows[2], rows[1], rows[3]), "line 2 "},
		"the beginning is gone":   {join(rows[1], rows[2]), "line 1 "},
		"a line was put twice":    {join(rows[0], rows[1], rows[1], rows[2]), "line 3 "},
		"the middle is no JSON":   {join(rows[0], []byte("{\n"), rows[2]), "line 2 "},
		"a member was added":      {join(rows[0], bytes.Replace(rows[1], []byte(`{"seq"`), []byte(`{"extra":1,"seq"`), 1), rows[2]), "line 2 "},
		"the number was changed":  {join(rows[0], rows[1], bytes.Replace(rows[2], []byte(`{"seq":3`), []byte(`{"seq":4`), 1)), "line 3 "},
		"two objects on one line": {join(rows[0], bytes.TrimSpace(rows[1]), rows[2], rows[3]), "line 2 "},
		"a line is endless":       {join(rows[0], bytes.Repeat([]byte("x"), MaxLine+1)), "line 2 "},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Replay(bytes.NewReader(c.file), nothing)
			require.ErrorContains(t, err, c.line)

			path := filepath.Join(t.TempDir(), "i1.jsonl")
			require.NoError(t, os.WriteFile(path, c.file, 0o600))
			_, err = Reopen(path, options(), nothing)
			require.True(t, fault.Is(err, fault.State), "%v", err)
			left, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, c.file, left, "evidence stays as it was found")
		})
	}
}

func TestReplayEndsWithTheReadersError(t *testing.T) {
	path := begin(t, t.TempDir(), "one")
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	enough := errors.New("enough")
	_, err = Replay(f, func(Line) error { return enough })
	require.ErrorIs(t, err, enough)
}

// Linux's /dev/full says what a full disk says.
func TestFullDiskEndsTheJournal(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this system has no /dev/full to stand for a full disk")
	}
	j := newJournal("i1.jsonl", full, End{}, options())
	defer j.Close()
	err = j.AppendData(Note, "does not fit")
	require.True(t, fault.Is(err, fault.Disk), "%v", err)
	require.ErrorContains(t, err, "free space")
	require.ErrorIs(t, err, syscall.ENOSPC)
}

// fickle is a file that fails its nth write or sync.
type fickle struct {
	bytes.Buffer
	write, sync int
	err         error
}

func (f *fickle) Write(p []byte) (int, error) {
	if f.write--; f.write == 0 {
		n, _ := f.Buffer.Write(p[:len(p)/2])
		return n, f.err
	}
	return f.Buffer.Write(p)
}

func (f *fickle) Sync() error {
	if f.sync--; f.sync == 0 {
		return f.err
	}
	return nil
}

func (f *fickle) Close() error { return nil }

// After one failure nothing is written any more, even when the disk recovers:
// a line behind a torn one would be lost at the next start.
func TestNothingIsWrittenAfterAFailure(t *testing.T) {
	for name, f := range map[string]*fickle{
		"write fails": {write: 2, err: syscall.ENOSPC},
		"sync fails":  {sync: 2, err: syscall.EIO},
	} {
		t.Run(name, func(t *testing.T) {
			j := newJournal("i1.jsonl", f, End{}, options())
			require.NoError(t, j.AppendData(Note, "first"))
			first := j.AppendData(Note, "second")
			require.Error(t, first)
			size := f.Len()
			require.Equal(t, first, j.AppendData(Note, "third"))
			require.Equal(t, size, f.Len())
		})
	}
}

func TestFolderThatCannotBeWritten(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(blocked, nil, 0o600))
	_, err := Create(filepath.Join(blocked, "state"), opening("i1"), options())
	require.Error(t, err, "a folder below a file")

	if windowsHost || os.Geteuid() == 0 {
		t.Skip("this account may write everywhere, so refusal cannot be provoked")
	}
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o500))
	_, err = Create(dir, opening("i1"), options())
	require.True(t, fault.Is(err, fault.Access), "%v", err)
	require.ErrorContains(t, err, "--state-dir")
}

func TestRefusedIDs(t *testing.T) {
	for _, id := range []string{"", "../escape", "a/b", "UPPER", "x y", "ü", strings.Repeat("x", 201)} {
		_, err := Create(t.TempDir(), opening(id), options())
		require.True(t, fault.Is(err, fault.Refused), "%q: %v", id, err)
	}
}

func TestTooLongLineIsRefusedAndHarmsNothing(t *testing.T) {
	j, err := Create(t.TempDir(), opening("i1"), options())
	require.NoError(t, err)
	defer j.Close()
	require.True(t, fault.Is(j.AppendData(Note, strings.Repeat("x", MaxLine)), fault.Refused))
	require.NoError(t, j.AppendData(Note, "short"))
	got, _ := lines(t, j.Path())
	require.Len(t, got, 2)
}
