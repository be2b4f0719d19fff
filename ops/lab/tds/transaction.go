package tds

import (
	"errors"

	"pchatops/ops/lab/tsql"
)

// Requests to the transaction manager.
const (
	transactionBegin    = 5
	transactionCommit   = 7
	transactionRollback = 8
	transactionSave     = 9
)

// beginNext is the flag of a commit or rollback that begins a new transaction.
const beginNext = 0x01

// transaction answers a request to the transaction manager, which drivers send
// instead of BEGIN TRANSACTION.
func (c *conn) transaction(body []byte, r *reply) error {
	in := cursor{b: body}
	in.headers(c.protocol)
	what := in.u16()
	var refused *tsql.Error
	switch what {
	case transactionBegin:
		c.beginTransaction(&in)
	case transactionCommit, transactionRollback:
		name := in.byteText()
		next := in.u8()&beginNext != 0
		if what == transactionCommit {
			refused = c.session.Commit()
		} else {
			refused = c.session.Rollback(name)
		}
		if next && refused == nil {
			r.settleChanges()
			c.beginTransaction(&in)
		}
	case transactionSave:
		refused = c.session.Save(in.byteText())
	default:
		return errors.New("an unknown request to the transaction manager")
	}
	if in.err != nil {
		return in.err
	}
	if refused != nil {
		r.Message(refused)
	}
	r.Done(-1, false)
	return nil
}

// beginTransaction reads the isolation level and the name of a transaction that
// is to begin.
func (c *conn) beginTransaction(in *cursor) {
	level, name := int(in.u8()), in.byteText()
	if level > 0 && level <= snapshot {
		c.session.Isolate(level)
	}
	c.session.Begin(name)
}

// snapshot is the highest isolation level on the wire; 0 leaves it as it is.
const snapshot = 5

// settleChanges tells of the end of a transaction before another begins.
func (r *reply) settleChanges() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.changes()
}
