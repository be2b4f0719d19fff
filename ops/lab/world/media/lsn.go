// Package media is the lab's own backup file format: real files with a media
// label and backup sets, each with a header, pages and checksums, so that a
// file that is cut short, overwritten or swapped has the effect it would have
// on a SQL Server. It knows files only: no databases, no clock.
package media

import "fmt"

// LSN is a position in a transaction log. The zero LSN is none (NULL).
type LSN uint64

// The printed form is virtual log file, block and slot; the first file number
// is high enough that no LSN fits a 64-bit integer, as in production.
const (
	firstFile    = 1_821_957
	blocksInFile = 200_000
)

// String gives the form of numeric(25,0): file, block to ten digits, slot to five.
func (l LSN) String() string {
	return fmt.Sprintf("%d%010d%05d", firstFile+uint64(l)/blocksInFile, 16+uint64(l)%blocksInFile*8, 1)
}

// Value is the column value of an LSN: nil for none.
func (l LSN) Value() any {
	if l == 0 {
		return nil
	}
	return l.String()
}
