package failover

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
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
	s.library.meet(s.listing.Share[:9], nil)
	require.Equal(t, "41 files under other names not looked at: what the database needs of them is unknown", s.notMet(inv)[0].Why)
	for _, fact := range s.metFacts(inv) {
		facts[fact.Name] = fact.Value
	}
	s = newSurvey()
	require.Equal(t, 41, s.unmet(inv), "another process knows it of the journal")
	s.library.meet(s.listing.Share, nil)
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

// An account that may not read the share has looked at no file there: what it is
// asked for is no bad file, of which nobody says more.
func TestStrangersOnAShareThatIsShutAreNotLookedAt(t *testing.T) {
	denied := &fault.Error{Class: fault.Access, Text: "Operating system error 5"}
	for name, c := range map[string]struct {
		others int
		shut   func(path string) bool
		looked bool
	}{
		"shut to all":                  {0, func(string) bool { return true }, false},
		"shut to all, with many files": {100, func(string) bool { return true }, false},
		"own backups open":             {0, func(path string) bool { return !inventory.Own("mgc", chain.Base(path)) }, true},
		"the others bar everybody":     {100, func(path string) bool { return !inventory.Own("mgc", chain.Base(path)) }, true},
		"one own backup is barred": {0, func(path string) bool {
			return !strings.HasSuffix(path, fileName(3)) && !inventory.Own("mgc", chain.Base(path))
		}, true},
		"no own backup there, nothing opens":  {-1, func(string) bool { return true }, false},
		"no own backup there, another opens":  {-2, func(path string) bool { return chain.Base(path) == "last words.trn" }, true},
		"no own backup there, and in no file": {-2, func(string) bool { return true }, false},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t)
			foreign := func(name string) {
				h := e.secondary.files[share+`\`+e.shared(name, chain.Header{}).Name]
				h.Database = "erp"
				e.secondary.files[h.File] = h
			}
			if c.others < 0 {
				e.folders.copied, e.folders.share = e.folders.share, nil
				if c.others == -2 {
					foreign("erp.trn")
				}
			}
			tail := e.secondary.files[share+`\`+fileName(5)]
			tail.First, tail.Last, tail.SetGUID = number(5), number(6), "tail"
			e.shared("last words.trn", tail)
			for i := range c.others {
				foreign(fmt.Sprintf("erp%d.trn", i))
			}
			for _, b := range e.folders.share {
				if path := share + `\` + b.Name; c.shut(path) {
					e.secondary.unread[path] = denied
				}
			}
			for _, id := range []string{"F1", "F2", "F3"} {
				_, err := e.run(t, id)
				require.NoError(t, err)
			}
			p := e.proven(t, "F2")
			require.True(t, p.Holds, "it blocks nothing")
			require.Equal(t, !c.looked, strings.Contains(fmt.Sprint(p.Unread), "not looked at"), p.Unread)
			require.Equal(t, c.looked, strings.Contains(fmt.Sprint(p.Unread), "last words.trn cannot be read"), p.Unread)
			require.Empty(t, unmet(e.plan(t, "F4b")))
			_, err := e.run(t, "F4b")
			require.NoError(t, err)
			require.NotEmpty(t, e.proven(t, "F4b").Unread)
			e.procedure, e.remembered = nil, map[string]string{}
			// One that has no memory of it does not look at so many any more.
			require.Equal(t, c.others > 0, len(e.proven(t, "F4b").Unread) == 0, "another console that has no memory of it")
		})
	}
}

// Files under other names that were looked at and cannot be read are named with their
// number, however many there are, and by later processes, too; these look once more.
func TestManyFilesThatCannotBeReadStayNamed(t *testing.T) {
	for _, n := range []int{3, 32, 33, 200} {
		e := newEstate(t)
		for i := range n {
			e.secondary.unread[share+`\`+e.shared(fmt.Sprintf("zz%03d.trn", i), chain.Header{}).Name] = errors.New("sealed")
		}
		remember := func(p *engine.Proof) {
			for _, f := range p.Facts {
				e.remembered[f.Name] = f.Value
			}
		}
		for _, id := range []string{"F1", "F2", "F3"} {
			_, err := e.run(t, id)
			require.NoError(t, err)
			remember(e.proven(t, id))
		}
		says := fmt.Sprintf(".trn, %d more", n-4)
		if n == 3 {
			says = "; nor can zz001.trn, zz002.trn"
		}
		check := func(why string) {
			t.Helper()
			p := e.proven(t, "F2")
			require.True(t, p.Holds, "it blocks nothing")
			require.Len(t, p.Unread, 1, why)
			require.Contains(t, p.Unread[0].Why, "cannot be read", why)
			require.Contains(t, p.Unread[0].Why, says, why)
			remember(p)
			plan := e.plan(t, "F4b")
			require.Empty(t, unmet(plan))
			require.Contains(t, plan.Loss, says, why)
		}
		check("the same process")
		for range 3 {
			e.procedure = nil
			check("another process")
		}
		clear(e.secondary.unread)
		_, err := e.run(t, "F2")
		require.NoError(t, err)
		remember(e.proven(t, "F2"))
		require.Empty(t, e.proven(t, "F2").Unread, "they can be read by now")
	}
}
