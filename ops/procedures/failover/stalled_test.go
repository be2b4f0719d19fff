package failover

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
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
