package world

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"pchatops/ops/lab/world/clock"
	"pchatops/ops/lab/world/media"
)

// World is a simulated site. It is safe for concurrent use.
type World struct {
	Clock *clock.Clock
	cfg   Config

	stepping sync.Mutex // held by whoever lets events happen
	mu       sync.Mutex // everything below
	rng      *rand.Rand
	instant  bool // jobs take no time: the clock is being moved by hand
	queue    queue
	events   uint64

	instances []*Instance
	pairs     []*pair
	pool      pool
	central   central
	chat      chat
	visitors  []*visitor
	faults    faults
	ledger    ledger
	passwords map[string]string // by login

	closed bool
	jobs   sync.WaitGroup // those that run

	lockWake chan struct{} // closed when an application lock changes hands
	installs int           // of mirrors begun
	// installing are those under way.
	installing int
}

// New builds a site that has been healthy for a while (or, with Bare, one
// without log shipping), in the folder of the configuration.
func New(cfg Config) (*World, error) {
	cfg = cfg.withDefaults()
	w := &World{
		cfg:       cfg,
		Clock:     clock.New(cfg.Start.Add(-cfg.History), 0),
		rng:       rand.New(rand.NewPCG(cfg.Seed, 0x6d6763)),
		passwords: map[string]string{},
	}
	if err := w.makeFolders(); err != nil {
		return nil, err
	}
	if err := w.AtOnce(w.build); err != nil {
		return nil, err
	}
	w.Elapse(cfg.Start.Sub(w.Clock.Now()))
	w.Clock.SetSpeed(cfg.Speed)
	return w, nil
}

// Close ends what still runs and waits for it.
func (w *World) Close() {
	w.mu.Lock()
	w.closed = true
	for _, i := range w.instances {
		i.agent.cutShort()
	}
	w.mu.Unlock()
	w.jobs.Wait()
}

// Config gives the configuration with its defaults filled in.
func (w *World) Config() Config {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.cfg
}

// Now is the lab's time, UTC.
func (w *World) Now() time.Time { return w.Clock.Now() }

// Wait waits for d of the lab's time, or until ctx ends.
func (w *World) Wait(ctx context.Context, d time.Duration) error { return w.Clock.Wait(ctx, d) }

// local is a time as a server's own clock on the wall shows it.
func (w *World) local(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	y, m, d := t.In(w.cfg.Zone).Date()
	h, min, s := t.In(w.cfg.Zone).Clock()
	return time.Date(y, m, d, h, min, s, t.Nanosecond(), time.UTC)
}

// guid makes the next unique identifier of the seed. The caller holds w.mu.
func (w *World) guid() media.GUID {
	var g media.GUID
	for i := range g {
		g[i] = byte(w.rng.Uint32())
	}
	g[6], g[8] = g[6]&0x0f|0x40, g[8]&0x3f|0x80
	return g
}

// password makes a password of the seed.
func (w *World) password() string {
	return fmt.Sprintf("Lab-%08x-%08x", w.rng.Uint32(), w.rng.Uint32())
}

func (w *World) makeFolders() error {
	if w.cfg.Dir == "" {
		return fmt.Errorf("the lab needs a folder of its own for shares and hosts")
	}
	folders := []string{w.sharePath()}
	for _, p := range w.cfg.places() {
		folders = append(folders, w.hostPath(p.host, "C", "Backup"), w.hostPath(p.host, "E", "LogShip"))
	}
	for _, f := range folders {
		if err := os.MkdirAll(f, 0o700); err != nil {
			return fmt.Errorf("making the lab's folders: %w", err)
		}
	}
	return nil
}

func (w *World) sharePath() string { return filepath.Join(w.cfg.Dir, "share") }

func (w *World) hostPath(host, drive string, more ...string) string {
	return filepath.Join(append([]string{w.cfg.Dir, "hosts", strings.ToUpper(host), drive}, more...)...)
}

// SharePath is the real folder behind the backup share.
func (w *World) SharePath() string { return w.sharePath() }

// FolderPath is the real folder behind the secondary's copy folder.
func (w *World) FolderPath() string { return w.hostPath("SQL11", "E", "LogShip") }
