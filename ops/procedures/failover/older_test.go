package failover

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/procedures"
)

// old puts n backups of the days before into the copy folder: log that the
// secondary has long applied.
func (e *estate) old(n int) (added []procedures.Backup) {
	for i := range n {
		at := disaster.Add(-6*time.Hour - time.Duration(i)*15*time.Minute)
		added = append(added, e.named("mgc_"+at.Format("20060102150405")+".trn", at, chain.Header{First: number(0), Last: number(1)}))
	}
	return added
}

// named puts a file into the copy folder under a name of its own.
func (e *estate) named(name string, written time.Time, h chain.Header) procedures.Backup {
	h.File, h.Position, h.Type, h.Database, h.SetGUID = copyFolder+`\`+name, 1, 2, "mgc", name
	e.secondary.files[h.File] = h
	b := procedures.Backup{Name: name, Bytes: 100, Modified: written}
	e.folders.copied = append(e.folders.copied, b)
	return b
}

// shared puts a file on the share under a name of its own.
func (e *estate) shared(name string, h chain.Header) procedures.Backup {
	h.File, h.Position, h.Type, h.Database, h.SetGUID = share+`\`+name, 1, 2, "mgc", name
	e.secondary.files[h.File] = h
	b := procedures.Backup{Name: name, Bytes: 100, Modified: disaster}
	e.folders.share = append(e.folders.share, b)
	return b
}

// inHistory lets the server have restored files before all others it knows.
func (e *estate) inHistory(files []procedures.Backup) {
	var before []chain.Header
	for _, b := range files {
		before = append(before, chain.Header{File: b.Name})
	}
	e.secondary.applied = append(before, e.secondary.applied...)
}

// restart forgets all that a console has in memory.
func (e *estate) restart() {
	e.procedure, e.secondary.reads = nil, nil
}

func TestWhatTheServerHasRestoredIsNotReadAgain(t *testing.T) {
	e := newEstate(t)
	e.inHistory(e.old(300))
	e.folders.share = nil
	sent, err := e.run(t, "F3")
	require.NoError(t, err)
	require.Equal(t, []string{"restore " + fileName(4)}, sent)
	require.LessOrEqual(t, len(e.secondary.reads), 8, "those of the last hour, whose order the clocks do not tell")

	e.restart()
	require.Contains(t, e.plan(t, "F3").Already, "no backup in")
	require.True(t, e.proven(t, "F3").Holds)
	require.LessOrEqual(t, len(e.secondary.reads), 8)
}

func TestAFileWhoseNameLiesIsFound(t *testing.T) {
	next := chain.Header{First: number(4), Last: number(5)}
	for name, lie := range map[string]func(*estate){
		"an old name that the server does not know": func(e *estate) {
			e.named("mgc_20200101000000.trn", disaster, next)
		},
		"a name without a time, written long ago": func(e *estate) {
			e.named("tail of mgc.trn", disaster.AddDate(-1, 0, 0), next)
		},
		"the name of a restored backup, written over since": func(e *estate) {
			over := e.folders.copied[len(e.folders.copied)-1]
			e.folders.copied = e.folders.copied[:len(e.folders.copied)-1]
			e.named(over.Name, disaster, next)
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t)
			e.inHistory(e.old(300))
			lie(e)
			_, err := e.run(t, "F3")
			require.NoError(t, err)
			require.Equal(t, number(5), e.secondary.facts.Database.RedoLSN)
			require.LessOrEqual(t, len(e.secondary.reads), 9)
			require.True(t, e.proven(t, "F3").Holds)
		})
	}
}

// signs counts what an action says of its progress.
type signs struct {
	notes
	last engine.Progress
}

func (s *signs) Progress(p engine.Progress) { s.last = p }

func TestManyOldFilesAreASearchThatTellsHowFarItIsAndIsRemembered(t *testing.T) {
	e := newEstate(t)
	e.old(1000)
	liar := e.named("mgc_20200101000000.trn", disaster, chain.Header{First: number(4), Last: number(5)})
	p := e.plan(t, "F3")
	require.Len(t, p.Actions, 2)
	require.Equal(t, "look through the older backups", p.Actions[1].ID)
	require.Less(t, len(e.secondary.reads), 10, "the plan reads none of them")
	require.Contains(t, fmt.Sprint(p.Notes), "1001 older files")
	require.False(t, e.proven(t, "F3").Holds, "nobody knows yet")

	require.NoError(t, p.Actions[0].Do(t.Context(), notes{e.remembered}))
	s := &signs{notes: notes{e.remembered}}
	require.NoError(t, p.Actions[1].Do(t.Context(), s))
	require.Equal(t, int64(1001), s.last.Done)
	require.Equal(t, int64(1001), s.last.Total)
	found, err := p.More(t.Context())
	require.NoError(t, err)
	require.Equal(t, "restore "+liar.Name, found.ID)
	require.NoError(t, found.Do(t.Context(), notes{e.remembered}))

	e.restart()
	require.True(t, e.proven(t, "F3").Holds)
	require.NotEmpty(t, e.plan(t, "F3").Already)
	require.Less(t, len(e.secondary.reads), 10, "a console that starts again need not search again")
	e.named("mgc_20200102000000.trn", disaster, chain.Header{First: number(5), Last: number(6)})
	require.False(t, e.proven(t, "F3").Holds, "one more file is looked at")
}

func TestAServerWithoutHistoryIsNotReadFromTheFirstFileOn(t *testing.T) {
	e := newEstate(t)
	e.secondary.applied, e.folders.copied = nil, nil
	for n := 1; n <= 2000; n++ {
		e.folders.copied = append(e.folders.copied, e.backup(n))
	}
	e.secondary.facts.Database.RedoLSN = number(1990)
	p := e.plan(t, "F3")
	require.Equal(t, "restore "+fileName(1991), p.Actions[0].ID)
	require.Len(t, p.Actions, 11, "ten backups, and then a look at all the others")
	require.Less(t, len(e.secondary.reads), 40)
	_, err := e.run(t, "F3")
	require.NoError(t, err)
	require.Equal(t, number(2000), e.secondary.facts.Database.RedoLSN)
	require.True(t, e.proven(t, "F3").Holds)
}
