package journal

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var threeInTheMorning = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

func opening(id string) Opening {
	return Opening{ID: id, Site: "litware-pchat", Procedure: "failover", Version: "test"}
}

func options() Options {
	at := threeInTheMorning
	return Options{By: "alice", Now: func() time.Time { at = at.Add(time.Second); return at }}
}

// begin makes a journal with some notes and closes it.
func begin(t testing.TB, dir string, notes ...string) string {
	t.Helper()
	j, err := Create(dir, opening("i1"), options())
	require.NoError(t, err)
	for _, n := range notes {
		require.NoError(t, j.AppendData(Note, map[string]string{"text": n}))
	}
	require.NoError(t, j.Close())
	return j.Path()
}

// lines reads a journal and keeps copies of its lines.
func lines(t *testing.T, path string) ([]Line, End) {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	var out []Line
	end, err := Replay(f, keep(&out))
	require.NoError(t, err)
	return out, end
}

func keep(out *[]Line) func(Line) error {
	return func(l Line) error {
		l.Data = bytes.Clone(l.Data)
		*out = append(*out, l)
		return nil
	}
}

func nothing(Line) error { return nil }

func TestWhatIsAppendedIsReplayed(t *testing.T) {
	notes := []string{"plain", "Über <b>&\u2028 \"quoted\" \\ \x00", strings.Repeat("long ", 50_000)}
	path := begin(t, t.TempDir(), notes...)

	got, end := lines(t, path)
	require.Len(t, got, 4)
	require.Equal(t, Open, got[0].Type)
	for i, want := range notes {
		var n struct{ Text string }
		require.NoError(t, json.Unmarshal(got[i+1].Data, &n))
		require.Equal(t, want, n.Text)
		require.Equal(t, uint64(i+2), got[i+1].Seq)
		require.Equal(t, "alice", got[i+1].By)
		require.Equal(t, threeInTheMorning.Add(time.Duration(i+2)*time.Second), got[i+1].Time)
	}
	st, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, End{Lines: 4, Bytes: st.Size(), Hash: end.Hash}, end)
}

func TestOnlyTheOwnerMayReadAJournal(t *testing.T) {
	if windowsHost {
		t.Skip("Windows has no file modes")
	}
	dir := filepath.Join(t.TempDir(), "state")
	path := begin(t, dir)
	for name, mode := range map[string]os.FileMode{dir: 0o700, path: 0o600} {
		st, err := os.Stat(name)
		require.NoError(t, err)
		require.Equal(t, mode, st.Mode().Perm(), name)
	}
}

func TestReopenedJournalGoesOnWithTheChain(t *testing.T) {
	path := begin(t, t.TempDir(), "before")
	var seen []Line
	j, err := Reopen(path, options(), keep(&seen))
	require.NoError(t, err)
	require.Len(t, seen, 2)
	require.NoError(t, j.AppendData(Note, "after"))
	require.NoError(t, j.Close())
	got, _ := lines(t, path)
	require.Len(t, got, 3)
}

// A power cut can leave the last line at any length: each is set aside, the
// lines before it stay, and the torn bytes are kept.
func TestTornLastLineIsSetAsideAtEveryLength(t *testing.T) {
	whole, err := os.ReadFile(begin(t, t.TempDir(), "kept", "torn"))
	require.NoError(t, err)
	last := bytes.LastIndexByte(whole[:len(whole)-1], '\n') + 1
	for cut := last + 1; cut < len(whole); cut++ {
		path := filepath.Join(t.TempDir(), "i1.jsonl")
		require.NoError(t, os.WriteFile(path, whole[:cut], 0o600))
		j, err := Reopen(path, options(), nothing)
		require.NoError(t, err)
		require.NoError(t, j.Close())

		got, end := lines(t, path)
		require.Len(t, got, 3, "open, kept, aside")
		require.Zero(t, end.Torn)
		var torn Torn
		require.NoError(t, json.Unmarshal(got[2].Data, &torn))
		require.Equal(t, Torn{File: "i1.jsonl.torn-1", Bytes: int64(cut - last)}, torn)
		bits, err := os.ReadFile(path + ".torn-1")
		require.NoError(t, err)
		require.Equal(t, whole[last:cut], bits)
	}
}

func TestGarbageAfterTheLastLineIsSetAside(t *testing.T) {
	for name, garbage := range map[string]string{
		"zeros":                 strings.Repeat("\x00", 512),
		"line without a brace":  `{"seq":3,"time":"2026` + "\n",
		"zeros and a line feed": strings.Repeat("\x00", 20) + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			path := begin(t, t.TempDir(), "kept")
			add(t, path, garbage)
			j, err := Reopen(path, options(), nothing)
			require.NoError(t, err)
			require.NoError(t, j.AppendData(Note, "on we go"))
			require.NoError(t, j.Close())
			got, _ := lines(t, path)
			require.Equal(t, []Type{Open, Note, Aside, Note}, []Type{got[0].Type, got[1].Type, got[2].Type, got[3].Type})
		})
	}
}

func TestEarlierTornLinesAreNotOverwritten(t *testing.T) {
	path := begin(t, t.TempDir())
	for _, torn := range []string{"first", "second"} {
		add(t, path, torn)
		j, err := Reopen(path, options(), nothing)
		require.NoError(t, err)
		require.NoError(t, j.Close())
	}
	for name, want := range map[string]string{".torn-1": "first", ".torn-2": "second"} {
		got, err := os.ReadFile(path + name)
		require.NoError(t, err)
		require.Equal(t, want, string(got))
	}
}

func add(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString(text)
	require.NoError(t, err)
	require.NoError(t, f.Close())
}
