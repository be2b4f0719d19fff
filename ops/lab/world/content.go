package world

import (
	"slices"

	"pchatops/ops/lab/world/media"
)

// content is what a database holds: its rows and its log. The two sides of a
// connected mirroring session share one, which is what being synchronised means.
type content struct {
	rows []media.Record // chat messages, oldest first
	log  []media.Record // since logStart

	next       media.LSN // of the record that is written next
	logStart   media.LSN // where the next log backup begins; none until a full backup
	fullLSN    media.LSN // checkpoint of the last full backup
	chainBegun bool      // a log backup has been taken since the chain began

	family, fork, previousFork media.GUID
	forkPoint                  media.LSN // where fork left previousFork
}

// write appends records to the log and applies them.
func (c *content) write(r media.Record) {
	c.next += 2
	r.LSN = c.next
	c.next++
	if c.logStart != 0 {
		c.log = append(c.log, r)
	}
	c.apply(r)
}

func (c *content) apply(r media.Record) {
	if r.Delete {
		c.rows = slices.DeleteFunc(c.rows, func(m media.Record) bool { return m.ID == r.ID })
		return
	}
	c.rows = append(c.rows, r)
}

// clone is what a partner keeps when the session ends: from here on the two
// differ.
func (c *content) clone() *content {
	d := *c
	d.rows, d.log = slices.Clone(c.rows), slices.Clone(c.log)
	return &d
}

// branch starts a new recovery fork at the end of the log.
func (c *content) branch(fork media.GUID) {
	c.previousFork, c.fork, c.forkPoint = c.fork, fork, c.next
}

// forksFrom gives the fork on which a log backup from lsn begins.
func (c *content) forksFrom(lsn media.LSN) (first media.GUID, point media.LSN) {
	if !c.previousFork.IsZero() && lsn <= c.forkPoint {
		return c.previousFork, c.forkPoint
	}
	return c.fork, 0
}

// The lab gives every message a size, so that backups of many take longer.
const (
	bytesPerMessage = 48 << 10
	bytesOfLog      = 96 << 10
	bytesOfDatabase = 24 << 20
	pageBytes       = 8 << 10
)

func logBytes(records int) int64      { return bytesOfLog + int64(records)*bytesPerMessage }
func databaseBytes(records int) int64 { return bytesOfDatabase + int64(records)*bytesPerMessage }
