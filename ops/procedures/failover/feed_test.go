package failover

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/procedures"
)

// BenchmarkOrder100000 brings the files of a copy folder that nobody ever
// cleaned up into the order of reading.
func BenchmarkOrder100000(b *testing.B) {
	first := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	files := make([]procedures.Backup, 100_000)
	for i := range files {
		at := first.Add(time.Duration(i) * 15 * time.Minute)
		files[i] = procedures.Backup{Name: fmt.Sprintf("mgc_%s.trn", at.Format("20060102150405"))}
	}
	applied := []chain.Header{{File: files[90_000].Name}}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	for b.Loop() {
		new(feed).order("mgc", files, applied)
	}
}
