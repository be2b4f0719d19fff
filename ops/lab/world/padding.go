package world

import (
	"fmt"
	"strings"
	"time"

	"pchatops/ops/lab/tsql"
)

// SetOthers gives msdb so many rows of backups and restores of other databases, older
// than the site's own. They are not kept, only counted: a query that an index does not
// answer reads them all, and takes its time over them.
func (w *World) SetOthers(instance string, rows int) error {
	if rows < 0 || rows > 100_000_000 {
		return fmt.Errorf("%d rows: at most a hundred million", rows)
	}
	return w.trait(instance, func(t *traits) { t.others = rows })
}

// RowsRead is how many of those rows have been read since the instance is there.
func (w *World) RowsRead(instance string) (n int64) {
	w.locked(func() {
		if i := w.Instance(instance); i != nil {
			n = i.rowsRead
		}
	})
	return n
}

// perRow is how long a server takes over a row that is in memory.
const perRow = 4 * time.Microsecond

// keys are the columns that the indexes of msdb lead with.
var keys = map[string][]string{
	"backupset":         {"backup_set_id", "backup_set_uuid", "media_set_id", "backup_finish_date"},
	"backupmediafamily": {"media_set_id", "media_family_id"},
	"restorehistory":    {"restore_history_id", "backup_set_id"},
}

// Indexed implements tsql.Padded.
func (s *Session) Indexed(parts []string) []string {
	s.inst.w.mu.Lock()
	defer s.inst.w.mu.Unlock()
	if s.inst.others == 0 {
		return nil
	}
	return keys[strings.ToLower(parts[len(parts)-1])]
}

// Seek implements tsql.Padded: what lies behind a number is read.
func (s *Session) Seek(_ []string, from any) {
	if n, is := from.(int64); is {
		s.inst.w.locked(func() { s.inst.rowsRead += max(0, int64(s.inst.others)-n) })
	}
}

// Scan implements tsql.Padded.
func (s *Session) Scan([]string) *tsql.Error {
	var n int
	s.inst.w.locked(func() { n = s.inst.others; s.inst.rowsRead += int64(n) })
	time.Sleep(time.Duration(n) * perRow)
	return nil
}
