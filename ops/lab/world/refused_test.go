package world_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world"
)

// What the lab offers is not among what it refuses by its name.
func TestNothingIsRefusedThatIsOffered(t *testing.T) {
	c := admin(t, site(t), world.Secondary)
	var both []string
	for _, name := range tsql.RefusedProcedures() {
		if c.host.HasProc("msdb", "dbo", name) || c.host.HasProc("master", "sys", name) {
			both = append(both, name)
		}
	}
	for _, name := range tsql.RefusedViews() {
		_, _, sys := c.host.View("master", "sys", name)
		_, _, msdb := c.host.View("msdb", "dbo", name)
		if sys || msdb {
			both = append(both, name)
		}
	}
	require.Empty(t, both)
}

// What an administrator asks first in a drill.
func TestAnAdministratorsFirstQuestionsAreAnswered(t *testing.T) {
	w := site(t)
	c := admin(t, w, world.Primary)
	for _, q := range []struct {
		batch, want string
		rows        int
	}{
		{"EXEC sp_readerrorlog", "Log was backed up. Database: mgc", 0},
		{"EXEC xp_readerrorlog 0, 1, N'Starting up', N'mgc'", "Starting up database 'mgc'.", 2},
		{"EXEC sp_readerrorlog 0, 2", "SQLServerAgent", 0},
		{"EXEC msdb.dbo.sp_help_jobhistory @mode = 'FULL'", "(Job outcome)", 0},
		{"EXEC msdb.dbo.sp_help_jobhistory @job_name = N'LSBackup_mgc'", "LSBackup_mgc", 0},
		{"EXEC sp_spaceused", "32.00 MB", 0},
		{"USE mgc; SELECT name, type_desc FROM sys.database_files", "mgc_log|LOG", 2},
		{"SELECT name FROM mgc.sys.tables", "tblChat", 1},
		{"SELECT name FROM mgc..sysobjects WHERE xtype = 'U'", "tblChat", 1},
		{"DBCC SQLPERF(LOGSPACE)", "mgc|8|", 0},
		{"DBCC SQLPERF ( LOGSPACE ) ; DBCC OPENTRAN", "No active open transactions.", 0},
		{"BEGIN TRAN; DBCC OPENTRAN ('mgc'); ROLLBACK", "Oldest active transaction:", 0},
		{"EXEC sp_configure 'max server memory'", "max server memory (MB)", 0},
		{"EXEC sp_databases", "msdb|32768", 0},
	} {
		t.Run(q.batch, func(t *testing.T) {
			a := c.ask(q.batch)
			require.Empty(t, a.errors)
			text, rows := strings.Join(a.said, "\n"), 0
			for _, set := range a.sets {
				for _, row := range set.Values {
					rows++
					cells := make([]string, len(row))
					for i, v := range row {
						cells[i] = fmt.Sprint(v)
					}
					text += strings.Join(cells, "|") + "\n"
				}
			}
			require.Contains(t, text, q.want)
			if q.rows > 0 {
				require.Equal(t, q.rows, rows)
			}
		})
	}
}
