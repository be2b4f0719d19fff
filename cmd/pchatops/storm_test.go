package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// A storm draws, from each seed, a site and what befalls it, lets consoles
// work on it, and asks the lab afterwards what is so (docs/reliability.md).
// Without -storm.first the seeds are new ones each time.
var (
	stormSeeds = flag.Int("storm.seeds", 0, "how many seeds to draw")
	stormFirst = flag.Uint64("storm.first", 0, "first seed; 0: one from the time")
	stormTrace = flag.Bool("storm.trace", false, "print what each console said")
	stormAgain = flag.Int("storm.again", 20, "how often a seed that fell is replayed")
	stormUntil = flag.String("storm.until", "", "end with the first fall of this invariant, and fail without one")
	stormTimes = flag.Int("storm.times", 1, "how often each seed is run")
)

func TestStorm(t *testing.T) {
	if *stormSeeds == 0 {
		t.Skip("make storm draws seeds")
	}
	t.Parallel()
	first := *stormFirst
	if first == 0 {
		first = uint64(time.Now().UnixNano() / int64(time.Millisecond) % 1e9 * 10_000)
	}
	t.Logf("seeds %d to %d", first, first+uint64(*stormSeeds)-1)
	rehearsed := newRehearsed()
	seeds, sockets := make(chan uint64), make(chan uint64)
	var workers sync.WaitGroup
	var mu sync.Mutex
	var fell []uint64
	var found atomic.Uint64   // the seed that broke what was looked for
	kinds := map[string]int{} // of drawn mishaps, and how often each had its effect
	work := func(from <-chan uint64) {
		workers.Go(func() {
			for seed := range from {
				if *stormUntil != "" && (found.Load() != 0 || onSockets(seed)) {
					continue
				}
				s := weather(t, rehearsed, seed)
				mu.Lock()
				for _, m := range s.met {
					kinds[m]++
				}
				mu.Unlock()
				if len(s.falls) == 0 {
					continue
				}
				if *stormUntil != "" {
					if s.falls.of(*stormUntil) != "" && found.CompareAndSwap(0, seed) {
						t.Logf("found by seed %d: %s", seed, s.falls.of(*stormUntil))
					}
					continue
				}
				again := 0
				for range *stormAgain {
					if len(weather(t, rehearsed, seed).falls) > 0 {
						again++
					}
				}
				mu.Lock()
				fell = append(fell, seed)
				mu.Unlock()
				t.Errorf("seed %d fell, and %d times in %d replays; replay it with\n    make storm SEEDS=1 FIRST=%d\n%s%s", seed, again, *stormAgain, seed, s.draw, s.falls)
			}
		})
	}
	for range runtime.GOMAXPROCS(0) {
		work(seeds)
	}
	for range 4 { // these wait more than they work
		work(sockets)
	}
	deal := func(to chan<- uint64, real bool) {
		workers.Go(func() {
			defer close(to)
			for n := range uint64(*stormSeeds) * uint64(*stormTimes) {
				if seed := first + n/uint64(*stormTimes); onSockets(seed) == real {
					to <- seed
				}
			}
		})
	}
	deal(seeds, false)
	deal(sockets, true)
	workers.Wait()
	if *stormUntil != "" && found.Load() == 0 {
		t.Errorf("no seed breaks %q", *stormUntil)
	}
	slices.Sort(fell)
	t.Logf("%d seeds, %d fell %v; met: %v", *stormSeeds, len(fell), fell, kinds)
}

// weather runs one seed in a bubble of virtual time.
func weather(t *testing.T, rehearsed *rehearsed, seed uint64) (s *storm) {
	dir, err := os.MkdirTemp(memoryDir(), "pchatops-storm-")
	if err != nil {
		t.Error(err)
		return &storm{}
	}
	defer os.RemoveAll(dir)
	stands := time.AfterFunc(10*time.Minute, func() { panic(fmt.Sprintf("storm: seed %d stands still", seed)) })
	defer stands.Stop()
	d := drawnFrom(t, seed, rehearsed)
	t.Run(fmt.Sprint(seed), func(t *testing.T) {
		if d.real {
			s = newStorm(d, dir)
			s.run(t.Context())
			return
		}
		defer driverLeak(t)
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(proveDawn))
			s = newStorm(d, dir)
			s.run(t.Context())
		})
	})
	if *stormTrace {
		fmt.Print(s.draw, s.trace.String())
	}
	return s
}

// driverLeak forgives a bubble the one goroutine that no code of ours can end:
// the driver's reader of a reply that a cut connection left half read.
func driverLeak(t testing.TB) {
	p := recover()
	if p == nil {
		return
	}
	const most = 16 << 20
	stacks := make([]byte, most)
	stacks = stacks[:runtime.Stack(stacks, true)]
	if !strings.Contains(fmt.Sprint(p), "blocked goroutines remain") || !bytes.Contains(stacks, []byte("go-mssqldb.processSingleResponse")) {
		panic(p)
	}
	t.Log("the driver has left its reader behind")
}
