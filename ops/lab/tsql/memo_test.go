package tsql

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// history fills a table of runs: so many of each of three jobs.
func history(runs int) *memory {
	m := newMemory()
	t := &Rows{Columns: []Column{{Name: "run", Kind: Int}, {Name: "job", Kind: Int}, {Name: "step", Kind: Int}}}
	for n := range runs {
		for job := range 3 {
			t.Values = append(t.Values, []any{int64(3*n + job), int64(job), int64(n % 2)})
		}
	}
	m.tables["msdb.dbo.runs"] = t
	return m
}

func TestASubqueryOfTheRowAroundItIsTrueForEachRow(t *testing.T) {
	for query, want := range map[string]string{
		"SELECT DISTINCT r.job, (SELECT MAX(i.run) FROM msdb.dbo.runs i WHERE i.job = r.job) FROM msdb.dbo.runs r ORDER BY r.job": "0|6; 1|7; 2|8",
		// The inner one looks at a row two queries out, now through what is remembered.
		`SELECT a.run, (SELECT COUNT(*) FROM msdb.dbo.runs b WHERE b.run <= (SELECT MAX(c.run) FROM msdb.dbo.runs c WHERE c.job = a.job AND c.step = b.step))
			FROM msdb.dbo.runs a WHERE a.run < 3 ORDER BY a.run`: "0|5; 1|7; 2|9",
		// What is looked at depends on the row.
		`SELECT a.run, CASE WHEN EXISTS (SELECT 1 FROM msdb.dbo.runs b WHERE (a.step = 1 OR b.job = a.job) AND b.run = 5) THEN 'y' ELSE 'n' END
			FROM msdb.dbo.runs a ORDER BY a.run`: "0|n; 1|n; 2|y; 3|y; 4|y; 5|y; 6|n; 7|n; 8|y",
		"SELECT r.job FROM msdb.dbo.runs r GROUP BY r.job HAVING MAX(r.run) > (SELECT MIN(i.run) + 6 FROM msdb.dbo.runs i WHERE i.job = r.job AND i.job > 0)": "",
		"SELECT r.job FROM msdb.dbo.runs r GROUP BY r.job HAVING COUNT(*) = (SELECT COUNT(*) FROM msdb.dbo.runs i WHERE i.job = r.job AND i.job > 1)":         "2",
	} {
		require.Equal(t, want, joined(say(history(3), query)), query)
	}
}

func TestALongHistoryOfJobsIsReadInTime(t *testing.T) {
	const newest = `SELECT j.job, h.step FROM (SELECT DISTINCT job FROM msdb.dbo.runs) AS j
		LEFT JOIN msdb.dbo.runs AS h ON h.run = (SELECT MAX(o.run) FROM msdb.dbo.runs AS o WHERE o.job = j.job) ORDER BY j.job`
	out := say(history(5000), newest) // pair by pair it would be refused: error 701
	require.Equal(t, "0|1; 1|1; 2|1", strings.Join(out, "; "))
}
