package failover_test

import (
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/faults"
)

// roundTrip is that of a link to another data centre.
const roundTrip = 20 * time.Millisecond

// BenchmarkApply runs F3 over a link of 20 ms and compares it with what the
// server itself says its restores took. The rest is the console's: statements
// on their way, headers, journal with fsync, plan and proof. The target is less
// than 5 % for 1,000 pending backups; PCHATOPS_BENCH_BACKUPS says how many
// there are (100). With few of them plan and proof weigh more, so they are told
// apart from what every restore costs.
func BenchmarkApply(b *testing.B) {
	pending := 100
	if v := os.Getenv("PCHATOPS_BENCH_BACKUPS"); v != "" {
		var err error
		pending, err = strconv.Atoi(v)
		require.NoError(b, err)
	}
	var wall, sending, own time.Duration
	restored := 0
	for b.Loop() {
		b.StopTimer()
		r := newRestores(b, pending, 1)
		for _, name := range []string{`SQL11\RTC`, "SQL11"} {
			r.lab.Link(name).SetDelay(roundTrip / 2)
		}
		b.StartTimer()
		began := time.Now()
		r.apply(b)
		wall += time.Since(began)
		sending += r.last.Sub(r.first)
		own += r.own
		restored += r.said
	}
	n := float64(restored)
	b.ReportMetric(100*float64(wall-own)/float64(own), "overhead_%")
	b.ReportMetric(float64((wall-sending).Milliseconds())/float64(b.N), "plan+proof-ms")
	b.ReportMetric(float64((sending-own).Microseconds())/1000/n, "added-ms/backup")
	b.ReportMetric(float64(own.Microseconds())/1000/n, "server-ms/backup")
	b.ReportMetric(100*n*float64(roundTrip)/float64(own), "one-trip-each_%")
}

// Headers come several a request, so that a backup costs little more than its own
// restore.
func TestAPendingBackupCostsOneRestoreAndAShareOfARequestForHeaders(t *testing.T) {
	const pending, fixed = 40, 30 // fixed: login, plan and proof
	r := newRestores(t, pending, 600)
	requests := 0
	link := r.lab.Link(`SQL11\RTC`)
	link.CutWhen(func(d faults.Direction, piece []byte) bool {
		if d == faults.ToServer && asks(piece) {
			requests++
		}
		return false
	})
	r.apply(t)
	link.CutWhen(nil)
	require.GreaterOrEqual(t, requests, r.said, "every backup is restored")
	require.LessOrEqual(t, requests, r.said+r.said/8+fixed)
}

// asks reports whether a piece on the wire begins a request: the first packet
// of a SQL batch (1) or of an RPC (3).
func asks(piece []byte) bool {
	const number = 6 // of the packet in its message, from 1
	return len(piece) > number && (piece[0] == 1 || piece[0] == 3) && piece[number] == 1
}
