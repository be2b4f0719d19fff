package journal

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzReplay feeds arbitrary files. Whatever is accepted must be a chain:
// written anew, its lines must give the same number of lines and be read back
// equal, and the bytes that were not accepted must be accounted for as torn.
func FuzzReplay(f *testing.F) {
	whole, err := os.ReadFile(begin(f, f.TempDir(), "one", "two"))
	require.NoError(f, err)
	f.Add(whole)
	f.Add(whole[:len(whole)-7])
	f.Add(append(bytes.Clone(whole), 0, 0, '\n'))
	f.Add([]byte(`{"seq":1,"time":"2026-11-21T03:00:00Z","type":"open","data":{},"x":{},"prev":""}` + "\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		var got []Line
		end, err := Replay(bytes.NewReader(file), keep(&got))
		if err != nil {
			return
		}
		require.Equal(t, int64(len(file)), end.Bytes+end.Torn)
		require.Len(t, got, int(end.Lines))
		for i, l := range got {
			require.Equal(t, uint64(i+1), l.Seq)
			require.True(t, len(l.Data) == 0 || json.Valid(l.Data))
		}
	})
}

// FuzzDecode holds the quick way of reading a line against encoding/json.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"seq":1,"time":"2026-11-21T03:00:00Z","type":"open","by":"a","data":{"a":[1]},"prev":""}`))
	f.Add([]byte(`{"seq":2,"time":"2026-11-21T03:00:00.5Z","type":"note","prev":""}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		quick, ok := decodeOwn(raw, "")
		if !ok {
			return
		}
		var slow Line
		require.NoError(t, json.Unmarshal(raw, &slow))
		slow.Data = bytes.TrimSpace(slow.Data)
		quick.Data = bytes.TrimSpace(quick.Data)
		require.Equal(t, slow.Seq, quick.Seq)
		require.True(t, slow.Time.Equal(quick.Time))
		require.Equal(t, slow.Type, quick.Type)
		require.Equal(t, slow.By, quick.By)
		require.Equal(t, string(slow.Data), string(quick.Data))
		require.Equal(t, slow.Prev, quick.Prev)
	})
}
