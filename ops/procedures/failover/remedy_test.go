package failover

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/inventory"
)

// The remedy fits what is the matter: a right is asked for where one is missing,
// and a file where that is.
func TestTheRemedyFitsTheTrouble(t *testing.T) {
	unread := func(err *fault.Error) inventory.Backup {
		return inventory.Backup{Name: "mgc_3.trn", Kind: inventory.Unread, Folder: &inventory.File{Name: "mgc_3.trn"}, Err: err}
	}
	lacks := inventory.Backup{Name: "mgc_3.trn", Kind: inventory.Unusable, Folder: &inventory.File{Name: "mgc_3.trn"}, Lacks: "2"}
	perhaps := lacks
	perhaps.Perhaps = []string{`E:\LogShip\x.trn`}
	f := &failover{Estate: newEstate(t).Estate, db: "mgc"}
	f.secondary, _ = f.Site.Instance("secondary")
	const right, another = `let the account of SQL Server on SQL11\RTC read E:\LogShip\mgc_3.trn`, `move it away, wherever it lies, and put an intact copy of it into E:\LogShip under its name`
	for name, c := range map[string]struct {
		backup inventory.Backup
		says   string
	}{
		"denied":              {unread(&fault.Error{Class: fault.Access, Number: 3201}), right},
		"not found":           {unread(&fault.Error{Class: fault.NotFound, Number: 3201}), right},
		"held":                {unread(&fault.Error{Class: fault.InUse, Number: 3201}), `end what holds E:\LogShip\mgc_3.trn open`},
		"empty":               {unread(&fault.Error{Class: fault.Media, Number: 3254, Do: "copy it again"}), another},
		"garbled":             {unread(&fault.Error{Class: fault.Media, Number: 3242}), another},
		"nobody knows":        {unread(&fault.Error{Class: fault.Other, Number: 99}), another},
		"encrypted":           {unread(&fault.Error{Class: fault.Media, Number: 33111, Do: "restore the certificate"}), `E:\LogShip\mgc_3.trn: restore the certificate`},
		"part missing":        {lacks, `bring part 2 of the striped backup mgc_3.trn into E:\LogShip`},
		"part perhaps unread": {perhaps, `can read E:\LogShip\x.trn, which may be part 2 of mgc_3.trn`},
		"its name":            {inventory.Backup{Name: `mgc_\a.trn`, Kind: inventory.Unread, Folder: &inventory.File{Strange: "a bell"}}, "a name that Windows takes"},
	} {
		says := f.mend([]inventory.Backup{c.backup})
		require.Contains(t, says, c.says, name)
		if c.says != right {
			require.NotContains(t, says, "let the account", name)
		}
	}
	two := f.mend([]inventory.Backup{unread(&fault.Error{Class: fault.Access}), unread(&fault.Error{Class: fault.Media}), unread(&fault.Error{Class: fault.Access})})
	require.Contains(t, two, right)
	require.Contains(t, two, another)
}

// What is behind a hole is there: what is asked for is the log before it, once, and
// not where a backup that is named already leads there.
func TestTheRemedyForWhatIsBehindAHoleNamesTheLogBeforeIt(t *testing.T) {
	head := func(n int) *chain.Header { return &chain.Header{First: number(n - 1), Last: number(n)} }
	behind := func(n int) inventory.Backup {
		return inventory.Backup{Name: fileName(n), Kind: inventory.Unusable, Stranded: true, Folder: &inventory.File{Name: fileName(n)}, Header: head(n)}
	}
	gone := inventory.Backup{Name: fileName(5), Kind: inventory.Gone, Header: head(5)}
	damaged := inventory.Backup{Name: fileName(5), Kind: inventory.Unusable, Folder: &inventory.File{Name: fileName(5)}, Header: head(5)}
	older := inventory.Backup{Name: fileName(4), Kind: inventory.Gone, Header: head(4)}
	f := &failover{Estate: newEstate(t).Estate, db: "mgc"}
	f.secondary, _ = f.Site.Instance("secondary")
	before := "find the log before " + fileName(6)
	for name, c := range map[string]struct {
		lost      []inventory.Backup
		says, not []string
	}{
		"a hole":                         {[]inventory.Backup{behind(6), behind(7)}, []string{before}, []string{"intact copy", fileName(7)}},
		"behind one that is gone":        {[]inventory.Backup{gone, behind(6)}, []string{"bring " + fileName(5) + " back"}, []string{before}},
		"behind one that is damaged":     {[]inventory.Backup{damaged, behind(6)}, []string{"put an intact copy of " + fileName(5)}, []string{before}},
		"a hole behind one that is gone": {[]inventory.Backup{older, behind(6)}, []string{"bring " + fileName(4) + " back", before}, nil},
		"what is not listed":             {[]inventory.Backup{{Name: "tail.bak", Kind: inventory.Unread, Header: head(5)}}, []string{`put tail.bak into E:\LogShip as a .trn file`}, []string{"bring"}},
	} {
		says := f.mend(c.lost)
		for _, s := range c.says {
			require.Contains(t, says, s, name)
		}
		for _, s := range c.not {
			require.NotContains(t, says, s, name)
		}
	}
}

// The same file in both places is named once where its trouble is the same there, and
// else by where it lies; and so is what is to be done about it.
func TestAFileThatIsBrokenInBothPlacesIsNotNamedTwice(t *testing.T) {
	f := &failover{Estate: newEstate(t).Estate, db: "mgc"}
	f.secondary, _ = f.Site.Instance("secondary")
	file := &inventory.File{Name: "mgc_3.trn"}
	copied := func(why string, class fault.Class) inventory.Backup {
		return inventory.Backup{Name: "mgc_3.trn", Kind: inventory.Unread, Folder: file, Why: why, Err: &fault.Error{Class: class, Text: why}}
	}
	shared := func(why string, class fault.Class) inventory.Backup {
		b := copied(why, class)
		b.Folder, b.Share = nil, file
		return b
	}
	same := []inventory.Backup{copied("3242: no format", fault.Media), shared("3242: no format", fault.Media)}
	g := f.stuckGate(same, nil, nil, "15m of chat")
	require.Equal(t, 1, strings.Count(g.Seen, "3242"))
	require.Contains(t, g.Seen, `mgc_3.trn in E:\LogShip and on \\FS01\LogShip: `)
	require.Equal(t, "go on without mgc_3.trn", g.Override)
	differ := []inventory.Backup{copied("held", fault.InUse), shared("denied", fault.Access)}
	g = f.stuckGate(differ, nil, nil, "15m of chat")
	require.Contains(t, g.Seen, `E:\LogShip\mgc_3.trn: unread: held`)
	require.Contains(t, g.Seen, `\\FS01\LogShip\mgc_3.trn: unread: denied`)
	require.Equal(t, 1, strings.Count(g.Do, "may be moved out of the folder"))
}
