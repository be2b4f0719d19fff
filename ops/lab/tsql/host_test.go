package tsql

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// noon is the time on the wall of the test server.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// memory is a Host that holds a few tables and remembers what it was asked.
type memory struct {
	db      string
	tables  map[string]*Rows
	refuse  map[string]*Error // by table
	asked   []string
	restore func(Restore, Sink) *Error
}

func newMemory() *memory {
	return &memory{db: "master", refuse: map[string]*Error{}, tables: map[string]*Rows{
		"master.sys.databases": {
			Columns: []Column{{Name: "database_id", Kind: Int}, {Name: "name", Kind: NVarChar, Size: 128}, {Name: "state", Kind: TinyInt}, {Name: "state_desc", Kind: NVarChar, Size: 60}, {Name: "create_date", Kind: DateTime}, {Name: "is_in_standby", Kind: Bit}},
			Values: [][]any{
				{int64(1), "master", int64(0), "ONLINE", noon.AddDate(-10, 0, 0), false},
				{int64(2), "tempdb", int64(0), "ONLINE", noon, false},
				{int64(5), "mgc", int64(1), "RESTORING", noon.Add(-time.Hour), false},
				{int64(6), "mgccomp", int64(1), nil, nil, nil},
			},
		},
		"master.sys.master_files": {
			Columns: []Column{{Name: "database_id", Kind: Int}, {Name: "file_id", Kind: Int}, {Name: "redo_start_lsn", Kind: Numeric, Size: 25}},
			Values:  [][]any{{int64(1), int64(1), nil}, {int64(5), int64(1), "1821957000104764400001"}, {int64(5), int64(2), "1821957000104764400009"}},
		},
		"msdb.dbo.jobs": {
			Columns: []Column{{Name: "job_id", Kind: UniqueIdentifier}, {Name: "name", Kind: NVarChar, Size: 128}, {Name: "enabled", Kind: TinyInt}},
			Values:  [][]any{{[16]byte{1, 2, 3, 4}, "LSCopy_mgc", int64(1)}, {[16]byte{5}, "LSRestore_mgc", int64(0)}},
		},
		"mgc.dbo.tblchat": {
			Columns: []Column{{Name: "chatId", Kind: BigInt}, {Name: "chatDate", Kind: DateTime}},
		},
	}}
}

func (m *memory) SPID() int        { return 57 }
func (m *memory) Database() string { return m.db }

func (m *memory) Use(db string) *Error {
	if db != "master" && db != "msdb" && db != "mgc" {
		return refuse(911, "Database '%s' does not exist. Make sure that the name is entered correctly.", db)
	}
	m.db = db
	return nil
}

func (m *memory) key(db, schema, name string) string {
	if db == "" {
		db = m.db
	}
	if schema == "" {
		schema = "dbo"
	}
	if schema == "sys" {
		db = "master"
	}
	return strings.ToLower(db + "." + schema + "." + name)
}

func (m *memory) View(db, schema, name string) (*Rows, *Error, bool) {
	k := m.key(db, schema, name)
	m.asked = append(m.asked, "view "+k)
	rows, ok := m.tables[k]
	return rows, m.refuse[k], ok
}

func (m *memory) Scalar(name string, args []any) (any, Kind, *Error, bool) {
	switch name {
	case "GETDATE", "GETUTCDATE":
		return noon, DateTime, nil, true
	case "@@VERSION":
		return "Microsoft SQL Server 2012", NVarChar, nil, true
	case "DB_ID":
		if len(args) == 1 && args[0] == "mgc" {
			return int64(5), Int, nil, true
		}
		return nil, Int, nil, true
	case "SERVERPROPERTY":
		if len(args) == 1 && args[0] == "EngineEdition" {
			return int64(2), Int, nil, true
		}
		return nil, NVarChar, nil, true
	}
	return nil, 0, nil, false
}

func (m *memory) HasProc(_, _, name string) bool {
	return strings.EqualFold(name, "sp_addup") || strings.EqualFold(name, "sp_fails")
}

func (m *memory) Call(_ context.Context, _, _, name string, args []Param, s Sink) (int, []Param, *Error) {
	if strings.EqualFold(name, "sp_fails") {
		s.Message(refuse(32009, "A log shipping primary entry already exists."))
		return 1, nil, nil
	}
	sum := int64(0)
	for _, a := range args {
		n, _ := a.Value.(int64)
		sum += n
	}
	s.Message(&Error{Number: 14243, Class: 0, State: 1, Message: "added"})
	s.Rows(&Rows{Columns: []Column{{Name: "n", Kind: Int}}, Values: [][]any{{int64(len(args))}}})
	return int(sum), []Param{{Name: "@sum", Kind: Int, Value: sum, Output: true}}, nil
}

func (m *memory) Backup(_ context.Context, b Backup, _ Sink) *Error {
	m.asked = append(m.asked, fmt.Sprintf("backup %+v", b))
	return nil
}

func (m *memory) Restore(_ context.Context, r Restore, s Sink) *Error {
	m.asked = append(m.asked, fmt.Sprintf("restore %+v", r))
	if m.restore != nil {
		return m.restore(r, s)
	}
	return nil
}

func (m *memory) Drop(database string) *Error {
	m.asked = append(m.asked, "drop "+database)
	return nil
}

func (m *memory) Kill(k Kill, _ Sink) *Error {
	if k.SPID == m.SPID() {
		return refuse(6104, "Cannot use KILL to kill your own process.")
	}
	m.asked = append(m.asked, fmt.Sprintf("kill %+v", k))
	return nil
}

func (m *memory) Alter(_ context.Context, a AlterDatabase, _ Sink) *Error {
	m.asked = append(m.asked, fmt.Sprintf("alter %q", append([]string{a.Database}, a.Set...)))
	return nil
}

func (m *memory) Insert(db, schema, table string, _ []string, values [][]any) (int, *Error) {
	rows, ok := m.tables[m.key(db, schema, table)]
	if !ok {
		return 0, refuse(208, "Invalid object name '%s'.", table)
	}
	rows.Values = append(rows.Values, values...)
	return len(values), nil
}

func (m *memory) Delete(db, schema, table string, match func([]Column, []any) bool) (int, *Error) {
	rows, ok := m.tables[m.key(db, schema, table)]
	if !ok {
		return 0, refuse(208, "Invalid object name '%s'.", table)
	}
	t := localTable{*rows}
	n := t.delete(match)
	rows.Values = t.Values
	return n, nil
}

// transcript is an Output that writes down what a client would see, a line each.
type transcript struct {
	lines  []string
	errors []*Error

	described []string // the columns of result sets without a row
}

func (t *transcript) Message(err *Error) {
	if err.Class <= 10 {
		t.lines = append(t.lines, "info "+err.Message)
		return
	}
	t.errors = append(t.errors, err)
	t.lines = append(t.lines, fmt.Sprintf("error %d line %d", err.Number, err.Line))
}

func (t *transcript) Rows(rows *Rows) {
	if rows.Values == nil {
		line := "columns"
		for _, c := range rows.Columns {
			line += " " + c.Name
		}
		t.described = append(t.described, line)
	}
	for _, row := range rows.Values {
		var cells []string
		for i, v := range row {
			cell := value{typeOf(rows.Columns[i]), v}.String()
			if v == nil {
				cell = "NULL"
			}
			cells = append(cells, cell)
		}
		t.lines = append(t.lines, strings.Join(cells, "|"))
	}
}

func (t *transcript) Done(int, bool)  {}
func (t *transcript) Returned(rc int) { t.lines = append(t.lines, fmt.Sprintf("rc %d", rc)) }

// say runs batches in one session and returns what the client saw.
func say(m *memory, batches ...string) []string {
	t := &transcript{}
	s := NewSession(m)
	for _, b := range batches {
		s.Batch(context.Background(), b, t)
	}
	return t.lines
}

// sayIn runs a batch in a session that goes on.
func sayIn(s *Session, batch string) []string {
	t := &transcript{}
	s.Batch(context.Background(), batch, t)
	return append(t.described, t.lines...)
}

func joined(lines []string) string { return strings.Join(lines, "; ") }
