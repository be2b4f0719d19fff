package main

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// spoiling is what becomes of a file of the share after it was copied.
type spoiling struct {
	how   func(w *world.World, folder, name string) error
	at    engine.EventType // of step
	step  string
	back  int  // how many backups before the newest one
	agent bool // the Agent has copied it, else F2
}

// spoilt runs a failover in which a file of the share goes bad, and gives its name and
// what it held.
func spoilt(g *ground, c spoiling) (e ended, name string, held []byte) {
	g.start(g.t.Context(), lab.Options{Scenario: "failover", Speed: 60, MirrorTime: time.Second})
	w := g.lab.World()
	if !c.agent {
		w.StopAgent(world.Secondary)
	}
	names, err := w.Backups(world.Share)
	require.NoError(g.t, err)
	name = names[len(names)-1-c.back]
	held, err = os.ReadFile(filepath.Join(w.SharePath(), name))
	require.NoError(g.t, err)
	var once sync.Once
	e = g.run(g.t.Context(), proving{procedure: "failover", ask: best(nil), sink: g.truthfulAnd(func(ev engine.Event) {
		if ev.Type == c.at && ev.Step == c.step && (ev.Type != engine.EventStep || ev.Outcome == engine.Done) {
			once.Do(func() { require.NoError(g.t, c.how(w, world.Share, name)) })
		}
	})})
	return e, name, held
}

func cutTo(part float64) func(w *world.World, folder, name string) error {
	return func(w *world.World, folder, name string) error { return w.Truncate(folder, name, part) }
}

// alsoIts does to the copy of a file what it does to the file; copyOf to the copy alone.
func alsoIts(how func(w *world.World, folder, name string) error) func(w *world.World, folder, name string) error {
	return func(w *world.World, folder, name string) error {
		return errors.Join(how(w, folder, name), how(w, world.Folder, name))
	}
}

func copyOf(how func(w *world.World, folder, name string) error) func(w *world.World, folder, name string) error {
	return func(w *world.World, _, name string) error { return how(w, world.Folder, name) }
}

// What log shipping gave a name to is applied or copied: that the file of the share
// which bears it goes bad afterwards loses nothing, and F2 copies no rubbish.
func TestAShareFileThatGoesBadAfterItWasCopiedHoldsNothingUp(t *testing.T) {
	t.Parallel()
	garble, header := (*world.World).Garble, (*world.World).DamageHeader
	noise := func(w *world.World, folder, name string) error { return w.Replace(folder, name, "") }
	deny := func(w *world.World, folder, name string) error {
		return w.SetFileAccess(folder, name, "", world.Denied)
	}
	const step, action = engine.EventStep, engine.EventAction
	for name, c := range map[string]spoiling{
		"garbled after F2":                           {garble, step, "F2", 0, false},
		"garbled in F3, the last but one":            {garble, action, "F3", 1, false},
		"garbled after F2, and the Agent copied it":  {garble, step, "F2", 0, true},
		"its header after F2, the last but one":      {header, step, "F2", 1, false},
		"its header after F3, restored long before":  {header, step, "F3", 5, true},
		"replaced after F3":                          {noise, step, "F3", 0, false},
		"cut short after F2":                         {cutTo(0.5), step, "F2", 0, false},
		"cut off before its header, in F3":           {cutTo(0.02), action, "F3", 0, false},
		"emptied after F4b":                          {cutTo(0), step, "F4b", 0, false},
		"nobody may open it, after F2, last but one": {deny, step, "F2", 1, false},
		"garbled with its copy after F3":             {alsoIts(garble), step, "F3", 0, false},
		"garbled with its copy, restored long ago":   {alsoIts(garble), step, "F1", 5, true},
		"both headers after F4b":                     {alsoIts(header), step, "F4b", 0, false},
		"both cut short after F3":                    {alsoIts(cutTo(0.5)), step, "F3", 1, false},
		"its copy alone after F3":                    {copyOf(garble), step, "F3", 0, false},
		"its copy emptied after F4b":                 {copyOf(cutTo(0)), step, "F4b", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				g := t.on
				e, _, _ := spoilt(g, c)
				require.Equal(g.t, exitDone, e.code, "%s", e.says())
				require.Empty(g.t, secondCopies(g))
				require.Zero(g.t, g.lab.World().Ledger().Lost)
				g.finished("failover")
				e = g.run(g.t.Context(), proving{procedure: "failover", ask: best(nil), sink: g.truthful})
				require.Equal(g.t, exitDone, e.code, "%s", e.says())
				g.audits()
			})
		})
	}
}

// secondCopies are the second copies that F2 made of files of the share.
func secondCopies(g *ground) []string {
	all, err := filepath.Glob(filepath.Join(g.lab.World().FolderPath(), "*.share-*.trn"))
	require.NoError(g.t, err)
	return all
}

// What is sealed on the share, or lies there beside a copy that is damaged, may be
// missed: F3 asks. Once the share has it as it was, nothing is asked any more, whether
// the second copy that F2 made of the bad file still lies there or was moved away.
func TestASecondCopyIsNotMissedOnceItsFileIsMended(t *testing.T) {
	t.Parallel()
	both := func(w *world.World, folder, name string) error {
		return errors.Join(w.Damage(world.Folder, name), w.Garble(folder, name))
	}
	for name, c := range map[string]struct {
		spoiling
		moved bool
	}{
		"sealed, and the second copy moved":        {spoiling{(*world.World).Encrypt, engine.EventStep, "F2", 1, true}, true},
		"odd, and the second copy moved":           {spoiling{(*world.World).Confuse, engine.EventStep, "F3", 0, false}, true},
		"bad on both sides":                        {spoiling{both, engine.EventStep, "F2", 0, false}, false},
		"bad on both sides, the second copy moved": {spoiling{both, engine.EventStep, "F2", 1, false}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *verdict) {
				g := t.on
				e, file, held := spoilt(g, c.spoiling)
				require.Equal(g.t, exitRefused, e.code, "%s", e.says())
				require.NotEmpty(g.t, secondCopies(g))
				require.NoError(g.t, os.WriteFile(filepath.Join(g.lab.World().SharePath(), file), held, 0o600))
				for _, second := range secondCopies(g) {
					if c.moved {
						require.NoError(g.t, os.Remove(second))
					}
				}
				e = g.run(g.t.Context(), proving{procedure: "failover", ask: best(nil), sink: g.truthful})
				require.Equal(g.t, exitDone, e.code, "%s", e.says())
				require.Zero(g.t, g.lab.World().Ledger().Lost)
				g.audits()
			})
		})
	}
}
