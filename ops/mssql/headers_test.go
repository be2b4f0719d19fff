package mssql

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/lab/world"
)

// A bad file in the middle costs no other file its answer, and its error stands
// by its own name.
func TestHeadersOfManyFilesComeInOneRequestEachWithItsOwnError(t *testing.T) {
	e, s, r, logs := pending(t)
	garbled, gone := chain.Base(logs[1].File), world.Share+`\mgc_20010101000000.trn`
	require.NoError(t, e.world.Garble(world.Share, garbled))
	before := r.exchanges.Load()
	got, err := s.HeadersOf(context.Background(), []string{logs[0].File, gone, logs[1].File, logs[2].File})
	require.NoError(t, err)
	require.EqualValues(t, 1, r.exchanges.Load()-before)
	require.Len(t, got, 4)
	for i, want := range map[int]chain.Header{0: logs[0], 3: logs[2]} {
		require.NoError(t, got[i].Err)
		require.Equal(t, []chain.Header{want}, got[i].Sets)
	}
	require.True(t, fault.Is(got[1].Err, fault.NotFound), got[1].Err)
	require.ErrorContains(t, got[1].Err, "mgc_20010101000000.trn")
	require.True(t, fault.Is(got[2].Err, fault.Media), got[2].Err)
	require.ErrorContains(t, got[2].Err, garbled)
	require.Nil(t, got[1].Sets)
}

func TestManyFilesThatNobodyMayReadEachSaySo(t *testing.T) {
	e, s, r, logs := pending(t)
	require.NoError(t, e.world.SetAccess(world.Secondary, world.Engine, world.Share, world.Denied))
	var paths []string
	for i := range 64 {
		paths = append(paths, fmt.Sprintf(`%s\%d.trn`, world.Share, i))
	}
	before := r.exchanges.Load()
	got, err := s.HeadersOf(context.Background(), append(paths, logs[0].File))
	require.NoError(t, err)
	require.EqualValues(t, 1, r.exchanges.Load()-before)
	for _, m := range got {
		require.True(t, fault.Is(m.Err, fault.Access), m.Err)
	}
}

func TestAConnectionThatEndsAmongHeadersIsNoAnswerAboutAFile(t *testing.T) {
	_, s, r, logs := pending(t)
	facts(t, s)
	r.Hang(true)
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	got, err := s.HeadersOf(ctx, []string{logs[0].File, logs[1].File})
	require.True(t, fault.Is(err, fault.Timeout), err)
	require.Nil(t, got)
	r.Hang(false)
	r.Cut()
	got, err = s.HeadersOf(context.Background(), []string{logs[0].File, logs[1].File})
	require.NoError(t, err, "the next connection answers")
	require.Len(t, got, 2)
}

func TestAStripedBackupIsRestoredFromAllItsFiles(t *testing.T) {
	h := chain.Header{File: `E:\a.trn`, Position: 1, Others: []string{`E:\b.trn`, `E:\c.trn`}}
	require.Equal(t, `RESTORE LOG [mgc] FROM DISK = N'E:\a.trn', DISK = N'E:\b.trn', DISK = N'E:\c.trn' WITH FILE = 1, NORECOVERY, STATS = 5`,
		here.RestoreLog("mgc", h).Text)
}

func TestEverySetOfAFileIsTold(t *testing.T) {
	e, s, _, logs := pending(t)
	require.NoError(t, e.world.Append(world.Share, chain.Base(logs[0].File), chain.Base(logs[1].File)))
	got, err := s.HeadersOf(context.Background(), []string{logs[0].File})
	require.NoError(t, err)
	require.Len(t, got[0].Sets, 2)
	for i, h := range got[0].Sets {
		require.Equal(t, i+1, h.Position)
		require.Equal(t, logs[i].SetGUID, h.SetGUID)
		_, err := run(t, s.RestoreLog("mgc", h))
		require.NoError(t, err)
		require.Equal(t, h.Last, facts(t, s).Database.RedoLSN)
	}
}
