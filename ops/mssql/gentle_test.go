package mssql

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/world"
	"pchatops/ops/status"
)

// wide is a text as TDS sends it.
func wide(text string) (out []byte) {
	for _, u := range utf16.Encode([]rune(text)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

// Whatever is read, it gives way to a RESTORE, and waits for no lock for long.
func TestEverythingThatIsReadGivesWay(t *testing.T) {
	e := newEstate(t, nil)
	s, l := e.server(secondary)
	at := facts(t, s).Database.RedoLSN
	var mu sync.Mutex
	var sent []byte
	l.CutWhen(func(d faults.Direction, b []byte) bool {
		if d == faults.ToServer {
			mu.Lock()
			defer mu.Unlock()
			sent = append(sent, b...)
		}
		return false
	})
	ctx := t.Context()
	for what, read := range map[string]func() error{
		"status":       func() error { _, err := s.Facts(ctx); return err },
		"sessions":     func() error { _, err := s.Sessions(ctx, "mgc"); return err },
		"history":      func() error { _, err := s.Applied(ctx, "mgc"); return err },
		"log taken":    func() error { _, err := s.LogTaken(ctx, "mgc", at); return err },
		"storage":      func() error { _, err := s.Storage(ctx, "mgc"); return err },
		"path":         func() error { _, err := s.Look(ctx, world.Share); return err },
		"headers":      func() error { _, err := s.HeadersOf(ctx, []string{"no such file"}); return err },
		"files":        func() error { _, _ = s.BackupFiles(ctx, "no such file"); return nil },
		"start":        func() error { _, err := s.Started(ctx); return err },
		"lock":         func() error { return s.Taken(ctx, secondary) },
		"redo":         func() error { _, err := s.restoring(ctx, "mgc"); return err },
		"look beside":  func() error { _, err := s.glance(ctx, newNews(newNotes(), 0)); return err },
		"leftovers":    func() error { _, err := s.ShipsInto(ctx, "mgc"); return err },
		"session gone": func() error { _, err := s.over(ctx, status.Session{ID: 77}); return err },
	} {
		mu.Lock()
		sent = nil
		mu.Unlock()
		require.NoError(t, read(), what)
		mu.Lock()
		requests, gentle := bytes.Count(sent, wide("SELECT"))+bytes.Count(sent, wide("RESTORE"))+bytes.Count(sent, wide("EXEC")), bytes.Count(sent, wide(gentle))
		mu.Unlock()
		require.Positive(t, gentle, what)
		require.Positive(t, requests, what)
	}
}

// restoring begins RESTORE LOG and waits until others see it run.
func restoring(t *testing.T, s *Server, h chain.Header) <-chan error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- s.RestoreLog("mgc", h).Do(context.Background(), newNotes()) }()
	require.Eventually(t, func() bool { return facts(t, s).Restoring != nil }, 10*time.Second, time.Millisecond)
	return done
}

// A server without KB2725950: its RESTORE and whoever asks for the recovery status
// get into each other's way, and one of the two fails.
func TestAPollNeverCostsARestoreOnAServerWithoutThePatch(t *testing.T) {
	e, s, _, logs := pending(t)
	require.NoError(t, e.world.SetPatched(secondary, false))
	e.world.SetSlow(500)
	done := restoring(t, s, logs[0])
	for range 5 {
		f := facts(t, s)
		require.Empty(t, f.Unread)
		require.Equal(t, "RESTORING", f.Database.State)
	}
	_, err := s.read(t.Context(), "ask for what a RESTORE holds", "SELECT database_id FROM sys.database_recovery_status")
	require.EqualValues(t, 1205, numberOf(err), "a reader that asks for it all the same is the victim: %v", err)
	e.world.SetSlow(1)
	require.NoError(t, <-done)
	require.Equal(t, logs[0].Last, facts(t, s).Database.RedoLSN)
}

// While a RESTORE creates and zeroes its files, nothing that is read waits for them,
// and what nobody can tell then is not taken for something else.
func TestAPollAnswersWhileARestoreCreatesItsFiles(t *testing.T) {
	e, s, _, logs := pending(t)
	before := facts(t, s).Database
	require.NoError(t, e.world.SetZeroing(secondary, 24*time.Hour))
	done := restoring(t, s, logs[0])
	for range 3 {
		begun := time.Now()
		f := facts(t, s)
		require.Less(t, time.Since(begun), 3*time.Second, "a poll may take five seconds")
		require.Empty(t, f.Unread)
		require.Equal(t, "RESTORING", f.Database.State)
		require.Equal(t, before.RedoLSN, f.Database.RedoLSN, "where the RESTORE began")
		require.NotNil(t, f.Restoring)
	}
	begun := time.Now()
	_, err := s.Storage(t.Context(), "mgc")
	require.EqualValues(t, 1222, numberOf(err), "%v", err)
	require.True(t, fault.Is(err, fault.Busy))
	require.Less(t, time.Since(begun), 3*time.Second)
	e.world.Mend()
	e.world.Elapse(25 * time.Hour)
	require.NoError(t, <-done)
}

// Ten minutes without progress, and longer than a silent server is waited for.
func TestARestoreWithoutProgressIsLeftAloneWhileItsSessionLives(t *testing.T) {
	e, s, _, logs := pending(t)
	s.pace.silence = 50 * time.Millisecond
	require.NoError(t, e.world.SetZeroing(secondary, 10*time.Minute)) // 600 ms here
	begun := e.world.Now()
	_, err := run(t, s.RestoreLog("mgc", logs[0]))
	require.NoError(t, err)
	require.Greater(t, e.world.Now().Sub(begun), 10*time.Minute)
	require.Equal(t, logs[0].Last, facts(t, s).Database.RedoLSN)
}

// The password is changed while a RESTORE runs: no look succeeds any more, and the
// session that restores lives.
func TestARestoreGoesOnThoughNobodyMayLook(t *testing.T) {
	e, s, _, logs := pending(t)
	s.pace.silence = 50 * time.Millisecond
	require.NoError(t, e.world.SetZeroing(secondary, 10*time.Minute))
	require.NoError(t, s.writer.take(t.Context()))
	s.writer.give()
	s.reads.SetMaxIdleConns(0)
	s.gate.note(&fault.Error{Class: fault.Login, Tried: "connect", Number: 18456})
	_, err := run(t, s.RestoreLog("mgc", logs[0]))
	require.NoError(t, err)
}

// A server that is too busy to answer anybody still takes connections. Its RESTORE
// may well go on.
func TestARestoreIsLeftAloneOnAServerThatIsTooBusyToAnswer(t *testing.T) {
	e, s, l, logs := pending(t)
	s.pace.silence = 50 * time.Millisecond
	require.NoError(t, e.world.SetZeroing(secondary, time.Hour)) // 3.6 s here
	done := restoring(t, s, logs[0])
	l.Hang(true)
	time.AfterFunc(time.Second, func() { l.Hang(false) })
	require.NoError(t, <-done)
	require.Equal(t, logs[0].Last, facts(t, s).Database.RedoLSN)
}

// A million rows of other databases cost a poll what a thousand do.
func TestAPollReadsAsLittleOfALargeMsdb(t *testing.T) {
	for _, name := range []string{primary, secondary} {
		for _, rows := range []int{1000, 1_000_000} {
			t.Run(fmt.Sprint(name, rows), func(t *testing.T) {
				e := newEstate(t, still)
				require.NoError(t, e.world.SetOthers(name, rows))
				s, _ := e.server(name)
				first := facts(t, s).Database.Restored
				read := e.world.RowsRead(name)
				require.LessOrEqual(t, read, int64(rows), "once, to find where the database's own are")
				for range 3 {
					require.Equal(t, first, facts(t, s).Database.Restored)
				}
				require.Equal(t, read, e.world.RowsRead(name), "and none after that")
			})
		}
	}
}

// Somebody cleans msdb up, or restores it: what was seen in it is not there any more.
func TestAHistoryThatWasDeletedIsNotRemembered(t *testing.T) {
	e := newEstate(t, still)
	s, _ := e.server(secondary)
	want := facts(t, s).Database.Restored
	require.NotZero(t, want.ID)
	s.known.Store(want.ID + 1000)
	require.Equal(t, want, facts(t, s).Database.Restored)
	s.known.Store(-want.ID - 1000)
	require.Equal(t, want, facts(t, s).Database.Restored)
}

// xp_fileexist on a dead file server neither ends nor can be ended.
func TestAPathThatHangsHoldsNothingElseBack(t *testing.T) {
	e := newEstate(t, nil)
	s, _ := e.server(primary)
	s.pace.extended = 300 * time.Millisecond
	require.NoError(t, e.world.SetPathsHang(primary, true))
	t.Cleanup(e.world.Mend)
	for range readers + 1 {
		f, seen, err := s.FactsAnd(t.Context(), world.Share)
		require.NoError(t, err)
		require.True(t, f.Database.Online())
		require.Contains(t, seen.Unread, "may be dead")
	}
	storage, err := s.Storage(t.Context(), "mgc")
	require.NoError(t, err)
	require.Len(t, storage.Files, 2)
	require.NotEmpty(t, storage.DataFolder)
	require.Empty(t, storage.Volumes, "nobody knows what is free")
}

// The Agent is known by its program: its display name is another in each language.
func TestTheAgentIsKnownInEveryLanguage(t *testing.T) {
	for _, tongue := range []string{"", "ru", "zh", "ja"} {
		e := newEstate(t, still)
		require.NoError(t, e.world.SetServices(secondary, tongue))
		s, _ := e.server(secondary)
		f := facts(t, s)
		require.True(t, f.Agent.Running(), tongue)
		require.NotEmpty(t, f.Agent.Account, tongue)
		require.True(t, f.Engine.Running(), tongue)
		e.world.StopAgent(secondary)
		require.Equal(t, "stopped", facts(t, s).Agent.State, tongue)
	}
}

// With the domain controllers lost nobody knows the name of an account. That is not an
// account that was deleted.
func TestAnOwnerWhomTheDomainDoesNotTellIsNotGone(t *testing.T) {
	e := newEstate(t, nil)
	s, _ := e.server(primary)
	gone := func() bool { return facts(t, s).Primary.BackupJob.Ownerless }
	require.False(t, gone())
	require.NoError(t, e.world.LendJob(primary, "LSBackup_mgc"))
	require.False(t, gone(), "it has its rights from a group")
	require.NoError(t, e.world.SetDomainAway(primary, true))
	e.world.Elapse(time.Hour)
	require.Equal(t, "failed", facts(t, s).Primary.BackupJob.Outcome)
	require.False(t, gone(), "the Agent does not know either")
	require.NoError(t, e.world.SetDomainAway(primary, false))
	require.NoError(t, e.world.OrphanJob(primary, "LSBackup_mgc"))
	e.world.Elapse(time.Hour)
	require.True(t, gone(), "the domain has told the Agent that there is no such account")
}
