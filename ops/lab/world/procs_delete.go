package world

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world/media"
)

// fileProcs are what maintenance plans clean up with.
var fileProcs = map[string]procedure{
	"xp_delete_file": {home: "master", admin: true, run: deleteFiles, params: params(
		"@type int, @folder nvarchar(260), @extension nvarchar(128) = null, @before nvarchar(32) = null, @subfolders int = 0")},
}

// deleteFiles deletes the backups of a folder that have an extension and are
// older than a date. It reads each file: what is no backup stays. The account
// is that of SQL Server; what it may not see or delete stays without a word.
func deleteFiles(c *call) (int, *tsql.Error) {
	i := c.inst()
	before, err := time.Parse("2006-01-02T15:04:05", c.str("@before"))
	if c.num("@type") != 0 || c.str("@extension") == "" || err != nil {
		return 1, fail(22049)
	}
	folder, _ := i.file(Engine, strings.TrimRight(c.str("@folder"), `\`), true) // "" where it may not
	entries, _ := os.ReadDir(folder)                                            // none: nothing to delete
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		if !strings.EqualFold(strings.TrimPrefix(filepath.Ext(e.Name()), "."), c.str("@extension")) {
			continue
		}
		if _, sets, err := media.Headers(path); err == nil && i.w.local(sets[len(sets)-1].Finished).Before(before) {
			_ = os.Remove(path) // as above
		}
	}
	return 0, nil
}
