package failover

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
)

func TestOneFileThatStallsCostsNoOtherItsAnswer(t *testing.T) {
	e := newEstate(t)
	var paths []string
	for i := range 8 {
		paths = append(paths, copyFolder+`\`+e.named(fmt.Sprintf("mgc_x%d.trn", i), disaster, chain.Header{First: number(0), Last: number(1)}).Name)
	}
	f := &failover{library: newLibrary(), db: "mgc", sql: e.secondary, Estate: e.Estate}
	e.secondary.stalls = map[string]bool{paths[3]: true}
	media, err := f.headersOf(t.Context(), paths)
	require.NoError(t, err)
	for i, m := range media {
		require.Equal(t, i == 3, fault.Is(m.Err, fault.Timeout), "%s: %v", paths[i], m.Err)
	}
	media, err = f.headersOf(t.Context(), paths[3:4])
	require.NoError(t, err, "the server answers all else")
	require.Error(t, media[0].Err)
	e.secondary.down = &fault.Error{Class: fault.Timeout, Tried: "ask"}
	_, err = f.headersOf(t.Context(), paths)
	require.Error(t, err, "a server that answers nothing is no matter of a file")
	e.secondary.down = nil
	for _, p := range paths {
		e.secondary.stalls[p] = true
	}
	_, err = f.headersOf(t.Context(), paths)
	require.Error(t, err, "that is no matter of a file")
}

// Files under other names with which the server comes to no end hold up nothing for
// long, on the share and in the copy folder, however many there are; they are named.
func TestFilesUnderOtherNamesThatStallAreWaitedForAShortWhile(t *testing.T) {
	for name, c := range map[string]struct {
		folder string
		n      int
		most   time.Duration
	}{
		"one on the share":       {share, 1, 20 * time.Second},
		"ten on the share":       {share, 10, 35 * time.Second},
		"one in the copy folder": {copyFolder, 1, 20 * time.Second},
		"ten in the copy folder": {copyFolder, 10, 35 * time.Second},
		"a hundred on the share": {share, 100, 95 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEstate(t)
				e.Now = time.Now
				e.secondary.patience, e.secondary.stalls = 2*time.Minute, map[string]bool{}
				for i := range c.n {
					h := e.secondary.files[share+`\`+fileName(5)]
					h.Database = "erp"
					b := procedures.Backup{Name: fmt.Sprintf("erp%d.trn", i), Bytes: 10, Modified: disaster}
					h.File = c.folder + `\` + b.Name
					e.secondary.files[h.File], e.secondary.stalls[h.File] = h, true
					if c.folder == share {
						e.folders.share = append(e.folders.share, b)
					} else {
						e.folders.copied = append(e.folders.copied, b)
					}
				}
				_, err := e.run(t, "F1")
				require.NoError(t, err)
				began := time.Now()
				for _, id := range []string{"F2", "F3"} {
					_, err = e.run(t, id)
					require.NoError(t, err)
					p := e.proven(t, id)
					require.True(t, p.Holds, p.Says)
					if id == "F2" {
						for _, f := range p.Facts {
							e.remembered[f.Name] = f.Value
						}
						require.Contains(t, fmt.Sprint(p.Unread), ".trn cannot be read")
					}
				}
				require.Less(t, time.Since(began), c.most)
				require.Empty(t, unmet(e.plan(t, "F4b")), "it blocks nothing")
				if c.folder == share {
					e.procedure = nil // another process
					require.Contains(t, fmt.Sprint(e.proven(t, "F2").Unread), ".trn cannot be read")
				}
			})
		})
	}
}
