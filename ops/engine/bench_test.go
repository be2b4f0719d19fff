package engine_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/journal"
)

// BenchmarkHistoryOf100000Lines folds the lines of an incident with 50,000
// restored backups, as a console does when it starts again.
func BenchmarkHistoryOf100000Lines(b *testing.B) {
	var lines []journal.Line
	for i := range 50_000 {
		rec := engine.ActionRecord{
			Type: "action", Procedure: "failover", Step: "F3", ID: fmt.Sprintf("restore mgc_%d.trn", i), Target: `SQL11\RTC`,
			Kind: engine.SQL, Text: fmt.Sprintf(`RESTORE LOG [mgc] FROM DISK = N'E:\LogShip\mgc_%d.trn' WITH NORECOVERY, STATS = 5`, i),
		}
		for _, typ := range []journal.Type{journal.Intent, journal.Action} {
			if typ == journal.Action {
				rec.Outcome, rec.Seconds = engine.Done, 0.15
			}
			raw, err := json.Marshal(rec)
			require.NoError(b, err)
			lines = append(lines, journal.Line{Type: typ, Data: bytes.Clone(raw)})
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		h := engine.NewHistory()
		for _, l := range lines {
			if err := h.Apply(l); err != nil {
				b.Fatal(err)
			}
		}
		if h.Step("F3").Sent != 50_000 {
			b.Fatal(h.Step("F3").Sent)
		}
	}
}
