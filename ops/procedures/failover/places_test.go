package failover

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// misnamed is an estate whose site file names other folders than log shipping
// works with: one copied backup and one on the share lie there only.
func misnamed(t *testing.T, source, destination string) *estate {
	t.Helper()
	e := newEstate(t)
	e.secondary.facts.Secondary.Source, e.secondary.facts.Secondary.Destination = source, destination
	e.folders.elsewhere = map[string][]procedures.Backup{}
	move := func(from *[]procedures.Backup, to string, keep int) {
		for _, b := range (*from)[keep:] {
			h := e.secondary.files[copyFolder+`\`+b.Name]
			h.File = to + `\` + b.Name
			e.secondary.files[h.File] = h
			e.folders.elsewhere[to] = append(e.folders.elsewhere[to], b)
		}
		*from = (*from)[:keep]
	}
	if source != share {
		move(&e.folders.share, source, 0)
	}
	if destination != copyFolder {
		move(&e.folders.copied, destination, 3)
		e.folders.share = e.folders.share[:min(3, len(e.folders.share))]
	}
	return e
}

func TestF1KeepsTheOnlyOneThatNamesTheFoldersOfLogShipping(t *testing.T) {
	for name, c := range map[string]struct{ source, destination, says string }{
		"another share":              {`\\FS02\Ship`, copyFolder, `\\FS02\Ship`},
		"another copy folder":        {share, `F:\Ship`, `F:\Ship`},
		"both":                       {`\\FS02\Ship`, `F:\Ship`, `\\FS02\Ship and F:\Ship`},
		"the same, in other letters": {`\\fs01\logship\`, `e:\LOGSHIP`, ""},
		"nothing told":               {"", "", ""},
	} {
		e := newEstate(t)
		e.secondary.facts.Secondary.Source, e.secondary.facts.Secondary.Destination = c.source, c.destination
		g, gated := unmet(e.plan(t, "F1"))["the folders of log shipping"]
		require.Equal(t, c.says != "", gated, name)
		require.Contains(t, g.Override, c.says, name)
	}
	e := newEstate(t)
	e.Seen = func(r site.Role) (status.Node, bool) {
		return status.Node{Facts: status.Facts{Primary: &status.ShippingPrimary{BackupShare: `\\FS03\Ship`}}}, r == site.Mirror
	}
	require.Contains(t, unmet(e.plan(t, "F1"))["the folders of log shipping"].Seen, `\\FS03\Ship`, "the mirror's, as it was last seen")
}

// What lies in the folders that the servers named is known after F1 has removed
// what named them, and is part of the loss.
func TestBackupsInTheFoldersThatServersNameAreKnown(t *testing.T) {
	for name, c := range map[string]struct{ source, destination, file string }{
		"on their share":       {`\\FS02\Ship`, copyFolder, fileName(5)},
		"in their copy folder": {share, `F:\Ship`, fileName(4)},
	} {
		e := misnamed(t, c.source, c.destination)
		_, err := e.run(t, "F1")
		require.NoError(t, err)
		require.Nil(t, e.secondary.facts.Secondary)
		if len(unmet(e.plan(t, "F3"))) == 0 { // there is something to apply first
			_, err = e.run(t, "F3")
			require.NoError(t, err)
		}
		g := unmet(e.plan(t, "F3"))["every backup readable and whole"]
		place := map[bool]string{true: c.source, false: c.destination}[c.source != share]
		require.Contains(t, g.Seen, c.file+": in another place: it lies in "+place, name)
		require.Contains(t, g.Do, "copy the backups that lie in "+place, name)
		require.False(t, e.proven(t, "F3").Holds, name)
		p := e.plan(t, "F4b")
		require.Contains(t, p.Lost, c.file, name)
		require.Contains(t, unmet(p), "no backup left behind", name)
	}
}

// Only .trn files on the share itself are looked at. What else lies there is said.
func TestWhatOfTheShareIsNotLookedIntoIsSaid(t *testing.T) {
	e := newEstate(t)
	require.NotContains(t, e.proven(t, "F2").Says, "not looked into")
	e.folders.others = []string{"mgc_full.bak", "old", "x\x07", "tail.bak"}
	_, err := e.run(t, "F2")
	require.NoError(t, err)
	for _, says := range []string{e.proven(t, "F2").Says, e.plan(t, "F2").Already} {
		require.Contains(t, says, `not looked into: "mgc_full.bak", "old", "x\a", 1 more`)
	}
	require.Empty(t, e.proven(t, "F2").Unread, "it is no loss that is known")
}

func TestAFolderThatAServerNamesAndNobodyCanReadIsSaid(t *testing.T) {
	e := misnamed(t, `\\FS02\Ship`, copyFolder)
	e.folders.elsewhereErr = &fault.Error{Class: fault.Access, Tried: "list", Text: "access is denied"}
	require.Contains(t, unmet(e.plan(t, "F4b"))["nothing given up"].Seen, `\\FS02\Ship`)
	e = misnamed(t, `\\FS02\Ship`, copyFolder)
	e.secondary.unread[`\\FS02\Ship\`+fileName(5)] = &fault.Error{Class: fault.Access, Text: "access is denied"}
	require.Contains(t, unmet(e.plan(t, "F4b"))["no backup left behind"].Seen, chain.Base(fileName(5)))
	for _, shut := range []bool{false, true} { // a tail may lie there under any name
		e = misnamed(t, `\\FS02\Ship`, copyFolder)
		e.folders.elsewhere[`\\FS02\Ship`] = append(e.folders.elsewhere[`\\FS02\Ship`], procedures.Backup{Name: "last words.trn"})
		e.secondary.unread[`\\FS02\Ship\last words.trn`] = &fault.Error{Class: fault.Access, Text: "access is denied"}
		if shut {
			e.secondary.unread[`\\FS02\Ship\`+fileName(5)] = &fault.Error{Class: fault.Access, Text: "access is denied"}
		}
		require.Equal(t, shut, strings.Contains(e.plan(t, "F4b").Loss, `on \\FS02\Ship 1 file under another name not looked at`))
	}
}
