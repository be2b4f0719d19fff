package failover

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/inventory"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
)

// A tail taken by hand may be among files that nobody has looked at: they are
// counted until somebody has, in this run or an earlier one of the incident.
func TestFilesUnderOtherNamesThatNobodyLookedAtAreUnread(t *testing.T) {
	facts := map[string]string{}
	newSurvey := func() *survey {
		f := &failover{library: newLibrary(), db: "mgc", Estate: &procedures.Estate{
			Site: &site.Site{BackupShare: `\\FS01\LogShip`}, Recall: func(name string) string { return facts[name] },
		}}
		s := &survey{failover: f}
		for i := range 50 {
			s.listing.Share = append(s.listing.Share, procedures.Backup{Name: fmt.Sprintf("erp%d.trn", i)})
		}
		s.seen = inventory.Observed{Database: "mgc", Share: inventory.Listing{Files: s.listing.Share}, Read: s.read}
		return s
	}
	s := newSurvey()
	inv := inventory.Take(s.seen)
	s.library.meet(s.listing.Share[:9])
	require.Equal(t, "41 files under other names not looked at: what the database needs of them is unknown", s.notMet(inv)[0].Why)
	for _, fact := range s.metFacts(inv) {
		facts[fact.Name] = fact.Value
	}
	s = newSurvey()
	require.Equal(t, 41, s.unmet(inv), "another process knows it of the journal")
	s.library.meet(s.listing.Share)
	require.Empty(t, s.notMet(inv))
	s = newSurvey()
	s.listing.Share = append(s.listing.Share, procedures.Backup{Name: "aaa.trn"})
	s.seen.Share.Files = s.listing.Share
	require.Equal(t, 51, s.unmet(inventory.Take(s.seen)), "there are others now than were looked at")
}

// A tail taken by hand may be held open when it is met.
func TestAStrangerThatCouldNotBeReadIsReadOnceItCan(t *testing.T) {
	for _, others := range []int{0, 100} {
		e := newEstate(t)
		tail := e.secondary.files[share+`\`+fileName(5)]
		tail.First, tail.Last, tail.SetGUID = number(5), number(6), "tail"
		e.shared("last words.trn", tail)
		path := share + `\last words.trn`
		e.secondary.unread[path] = errors.New("in use")
		for i := range others {
			name := fmt.Sprintf("erp%d.trn", i)
			e.shared(name, tail)
			h := e.secondary.files[share+`\`+name]
			h.Database = "erp"
			e.secondary.files[share+`\`+name] = h
		}
		for _, id := range []string{"F1", "F2", "F3"} {
			_, err := e.run(t, id)
			require.NoError(t, err)
		}
		require.Empty(t, unmet(e.plan(t, "F4b")), "it blocks nothing")
		delete(e.secondary.unread, path)
		copied := e.secondary.files[path]
		copied.File = copyFolder + `\last words.trn`
		e.secondary.files[copied.File] = copied
		require.Contains(t, unmet(e.plan(t, "F4b")), "all known backups applied")
		_, err := e.run(t, "F2")
		require.NoError(t, err)
		_, err = e.run(t, "F3")
		require.NoError(t, err)
		require.Equal(t, number(6), e.secondary.facts.Database.RedoLSN)
		require.Empty(t, unmet(e.plan(t, "F4b")))
	}
}
