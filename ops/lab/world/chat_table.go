package world

import (
	"strings"
	"time"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world/media"
)

const chatTable = "tblchat"

// userTable reads mgc.dbo.tblChat, where the database can be opened.
func (s *Session) userTable(d *database, schema, name string) (*tsql.Rows, *tsql.Error, bool) {
	if name != chatTable || !strings.EqualFold(d.name, Database) || (schema != "" && schema != "dbo") {
		return nil, nil, false
	}
	if e := d.enter(s); e != nil {
		return nil, e, true
	}
	t := newTable("chatId bigint, chatDate datetime")
	for _, r := range d.c.rows {
		t.add(r.ID, r.Date)
	}
	return t.Rows, nil, true
}

// chatRows finds the table for a change, or tells why there is none.
func (s *Session) chatRows(db, schema, name string) (*database, *tsql.Error) {
	if e := s.touch(); e != nil {
		return nil, e
	}
	if db == "" {
		db = s.db
	}
	d := s.inst.db(db)
	if d == nil {
		return nil, fail(911, db)
	}
	if _, e, ok := s.userTable(d, strings.ToLower(schema), strings.ToLower(name)); !ok || e != nil {
		if e == nil {
			e = fail(208, name)
		}
		return nil, e
	}
	if !d.recovered() {
		return nil, fail(3906, d.name)
	}
	return d, nil
}

// Insert writes chat messages by hand.
func (s *Session) Insert(db, schema, table string, columns []string, values [][]any) (int, *tsql.Error) {
	w := s.inst.w
	w.mu.Lock()
	defer w.mu.Unlock()
	d, e := s.chatRows(db, schema, table)
	if e != nil {
		return 0, e
	}
	if len(columns) == 0 {
		columns = []string{"chatId", "chatDate"}
	}
	var records []media.Record
	for _, row := range values {
		r := media.Record{Date: w.Clock.Now()}
		for n, c := range columns {
			if e := setColumn(&r, c, row, n); e != nil {
				return 0, e
			}
		}
		records = append(records, r)
	}
	for _, r := range records {
		d.c.write(r)
		w.ledger.wrote(s.inst, r.ID)
		w.chat.next = max(w.chat.next, r.ID+1)
	}
	return len(records), nil
}

// setColumn fills one column of a new message.
func setColumn(r *media.Record, column string, row []any, n int) *tsql.Error {
	if n >= len(row) {
		return fail(109)
	}
	switch strings.ToLower(column) {
	case "chatid":
		id, ok := row[n].(int64)
		if !ok {
			return fail(515, "chatId", "mgc.dbo.tblChat")
		}
		r.ID = id
	case "chatdate":
		t, ok := row[n].(time.Time)
		if !ok {
			return fail(241)
		}
		r.Date = t
	default:
		return fail(207, column)
	}
	return nil
}

// Delete takes chat messages away by hand.
func (s *Session) Delete(db, schema, table string, match func(cols []tsql.Column, row []any) bool) (int, *tsql.Error) {
	w := s.inst.w
	w.mu.Lock()
	defer w.mu.Unlock()
	d, e := s.chatRows(db, schema, table)
	if e != nil {
		return 0, e
	}
	rows, _, _ := s.userTable(d, "dbo", chatTable)
	n := 0
	for _, row := range rows.Values {
		if match(rows.Columns, row) {
			id := row[0].(int64)
			d.c.write(media.Record{ID: id, Date: w.Clock.Now(), Delete: true})
			w.ledger.forget(id)
			n++
		}
	}
	return n, nil
}
