package media_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/world/media"
)

func TestLSNsAreOrderedAndTooBigForAnInteger(t *testing.T) {
	last := ""
	for _, l := range []media.LSN{1, 2, 199_999, 200_000, 200_001, 10_000_000} {
		s := l.String()
		require.Len(t, s, 22)
		require.Greater(t, s, last)
		last = s
	}
}

func TestAnIdentifierReadsBackAsItIsPrinted(t *testing.T) {
	g, err := media.ParseGUID("{0f1e2d3c-4b5a-6978-8796-A5B4C3D2E1F0}")
	require.NoError(t, err)
	require.Equal(t, "0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0", g.String())
	_, err = media.ParseGUID("not one")
	require.Error(t, err)
}

// written makes a file with two log backups of so many messages.
func written(t *testing.T, messages int) (path string, sets []*media.Set) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "mgc.trn")
	for n := range 2 {
		s := &media.Set{Header: media.Header{Set: media.GUID{byte(n + 1)}, Type: media.Log, Database: "mgc", First: media.LSN(n * 1000), Last: media.LSN(n*1000 + 900)}}
		for m := range messages {
			s.Records = append(s.Records, media.Record{LSN: s.First + media.LSN(m), ID: int64(n*1000 + m), Date: time.Unix(int64(m), 0).UTC()})
		}
		require.NoError(t, media.Append(path, media.Label{Software: "lab"}, s, n == 0))
		sets = append(sets, s)
	}
	return path, sets
}

func TestEverySetOfAFileComesBack(t *testing.T) {
	path, sets := written(t, 300)
	label, headers, err := media.Headers(path)
	require.NoError(t, err)
	require.Equal(t, "lab", label.Software)
	require.Len(t, headers, 2)
	for n, want := range sets {
		want.Position = n + 1
		require.Equal(t, want.Header, headers[n])
		got, err := media.Read(path, n+1)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err = media.Read(path, 3)
	require.ErrorIs(t, err, media.ErrNoSet)
}

// A file that holds less than it is long is padded, be it by a single byte.
func TestTheEndOfAFileMayBePadded(t *testing.T) {
	for n := range 9 {
		path, _ := written(t, 3)
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, append(content, make([]byte, n)...), 0o600))
		_, headers, err := media.Headers(path)
		require.NoError(t, err, "%d bytes", n)
		require.Len(t, headers, 2)
	}
}

func TestWhatIsWrongWithAFileIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		change  func([]byte) []byte
		want    error
		headers bool // the headers can still be read
	}{
		"empty":          {func([]byte) []byte { return nil }, media.ErrEmpty, false},
		"no backup":      {func([]byte) []byte { return []byte("hello, world") }, media.ErrForeign, false},
		"label damaged":  {func(b []byte) []byte { b[14] ^= 1; return b }, media.ErrMalformed, false},
		"cut in a label": {func(b []byte) []byte { return b[:20] }, media.ErrMalformed, false},
		"cut short":      {func(b []byte) []byte { return b[:len(b)/3] }, media.ErrShort, true},
		"page damaged":   {func(b []byte) []byte { b[len(b)/3] ^= 1; return b }, media.ErrDamaged, true},
	} {
		t.Run(name, func(t *testing.T) {
			path, _ := written(t, 300)
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(path, c.change(bytes.Clone(content)), 0o600))
			_, err = media.Read(path, 1)
			require.ErrorIs(t, err, c.want)
			_, _, err = media.Headers(path)
			require.Equal(t, c.headers, err == nil, "headers: %v", err)
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("LABTAPE\x01\x00\x00\x00\x02{}"))
	path := filepath.Join(f.TempDir(), "seed.trn")
	if err := media.Append(path, media.Label{}, &media.Set{Records: []media.Record{{ID: 1}}}, true); err != nil {
		f.Fatal(err)
	}
	seed, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "x.trn")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if set, err := media.Read(path, 1); err == nil && set == nil {
			t.Fatal("neither a set nor an error")
		}
		if _, headers, err := media.Headers(path); err == nil && len(headers) == 0 {
			t.Fatal("neither a header nor an error")
		}
	})
}
