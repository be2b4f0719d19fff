package world_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world"
)

// view reads a view as rows by column name.
func (c *client) view(db, schema, name string) []map[string]any {
	c.t.Helper()
	rows, e, ok := c.host.View(db, schema, name)
	require.True(c.t, ok, "%s.%s", schema, name)
	require.Nil(c.t, e, "%s.%s: %v", schema, name, e)
	return named(rows)
}

func named(rows *tsql.Rows) []map[string]any {
	var all []map[string]any
	for _, r := range rows.Values {
		row := map[string]any{}
		for n, col := range rows.Columns {
			row[col.Name] = r[n]
		}
		all = append(all, row)
	}
	return all
}

func (c *client) column(db, schema, view, column string) []any {
	c.t.Helper()
	var all []any
	for _, r := range c.view(db, schema, view) {
		all = append(all, r[column])
	}
	return all
}

// row is the row of the chat database in a view with database_id.
func (c *client) row(view string) map[string]any {
	c.t.Helper()
	id, _, _, _ := c.host.Scalar("DB_ID", []any{world.Database})
	for _, r := range c.view("", "sys", view) {
		if r["database_id"] == id {
			return r
		}
	}
	c.t.Fatalf("no row for %s in %s", world.Database, view)
	return nil
}

func (c *client) state() string {
	c.t.Helper()
	return fmt.Sprint(c.row("databases")["state_desc"])
}

// copyRest copies to the copy folder what only the share has.
func copyRest(t *testing.T, w *world.World) {
	t.Helper()
	onShare, err := w.Backups(world.Share)
	require.NoError(t, err)
	for _, name := range onShare {
		require.NoError(t, copyFile(w.SharePath(), w.FolderPath(), name))
	}
}

// pending are the copied backups that are not restored yet, oldest first.
func pending(t *testing.T, w *world.World) []string {
	t.Helper()
	c := admin(t, w, world.Secondary)
	defer c.end()
	redo := c.row("master_files")["redo_start_lsn"].(string)
	names, err := w.Backups(world.Folder)
	require.NoError(t, err)
	var later []string
	for _, name := range names {
		require.Zero(t, c.restore("HEADERONLY", world.Folder+`\`+name))
		if named(c.sets[0])[0]["LastLSN"].(string) > redo {
			later = append(later, name)
		}
	}
	return later
}
