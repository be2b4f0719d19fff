package failover

import (
	"testing"

	"github.com/stretchr/testify/require"

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
	const right, another = `let the account of SQL Server on SQL11\RTC read E:\LogShip\mgc_3.trn`, `put an intact copy of it into E:\LogShip under another name`
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
