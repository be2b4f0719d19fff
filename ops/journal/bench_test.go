package journal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// restored is an outcome as F3 leaves it a thousand times.
const restored = `{"type":"action","procedure":"failover","step":"F3","id":"restore mgc_%d.trn","target":"SQL11\\RTC",` +
	`"kind":"sql","text":"RESTORE LOG [mgc] FROM DISK = N'E:\\LogShip\\mgc_%d.trn' WITH NORECOVERY, STATS = 5","outcome":"done","seconds":0.15}`

func BenchmarkAppendWithFsync(b *testing.B) {
	j, err := Create(b.TempDir(), opening("i1"), Options{By: "alice"})
	require.NoError(b, err)
	defer j.Close()
	data := json.RawMessage(fmt.Sprintf(restored, 1, 1))
	for b.Loop() {
		if _, err := j.Append(Line{Type: Action, Data: data}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReplayMillion reads a journal of 1,000,000 lines; the target is
// under 3 s.
func BenchmarkReplayMillion(b *testing.B) {
	const n = 1_000_000
	var file bytes.Buffer
	prev := ""
	for i := range n {
		raw, err := encode(Line{
			Seq: uint64(i + 1), Time: threeInTheMorning.Add(time.Duration(i) * time.Millisecond), Type: Action,
			By: "alice", Data: fmt.Appendf(nil, restored, i, i), Prev: prev,
		})
		require.NoError(b, err)
		prev = hash(raw)
		file.Write(append(raw, '\n'))
	}
	b.SetBytes(int64(file.Len()))
	b.ReportAllocs()
	for b.Loop() {
		end, err := Replay(bytes.NewReader(file.Bytes()), nothing)
		if err != nil || end.Lines != n {
			b.Fatal(end, err)
		}
	}
}
