package mssql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/golang-sql/sqlexp"
	mssql "github.com/microsoft/go-mssqldb"

	"pchatops/ops/chain"
)

// sheaf is the reply to one request that reads the headers of several files.
// Its rows and its errors reach the program on two ways, so each way bears
// marks of its own that say of which file is spoken: a row before the rows of
// each file, a message before its errors.
type sheaf struct {
	labels  []record
	headers [][]record
	errs    [][]mssql.Error
	whole   bool // the reply came to its end
}

func newSheaf(n int) *sheaf {
	return &sheaf{labels: make([]record, n), headers: make([][]record, n), errs: make([][]mssql.Error, n)}
}

const (
	mark = "pchatops_file" // column, and prefix of the message
	end  = -1              // mark behind the last file
)

func sheafText(n int) string {
	var b strings.Builder
	b.WriteString("SET NOCOUNT ON;")
	for i := range n {
		fmt.Fprintf(&b, "\nPRINT N'%[1]s %[2]d';SELECT %[2]d AS %[1]s;RESTORE LABELONLY FROM DISK = @f%[2]d;RESTORE HEADERONLY FROM DISK = @f%[2]d;", mark, i)
	}
	fmt.Fprintf(&b, "\nSELECT %d AS %s", end, mark)
	return b.String()
}

func (s *sheaf) read(ctx context.Context, on querier, paths []string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the answer cannot be read: %v", p)
		}
	}()
	var queue sqlexp.ReturnMessage
	args := make([]any, 0, len(paths)+1)
	for i, path := range paths {
		args = append(args, sql.Named("f"+strconv.Itoa(i), path))
	}
	rows, err := on.QueryContext(ctx, sheafText(len(paths)), append(args, &queue)...)
	if err != nil {
		return err
	}
	collected := make(chan []mssql.Error)
	go func() { collected <- s.collect(&queue) }()
	err = s.take(rows)
	if closed := rows.Close(); err == nil {
		err = closed
	}
	_ = sqlexp.ReturnMessageEnqueue(context.Background(), &queue, last{})
	deadly := <-collected
	switch {
	case err != nil:
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	case len(deadly) > 0:
		return errors.Join(errCutShort, deadly[0])
	case !s.whole:
		return errCutShort
	}
	return nil
}

var errCutShort = errors.New("the reply ended before its end")

// take sorts the rows by file.
func (s *sheaf) take(rows *sql.Rows) error {
	at := end
	for rows.NextResultSet() {
		types, err := rows.ColumnTypes()
		if err != nil {
			return err
		}
		for rows.Next() {
			r, err := scan(rows, types)
			if err != nil {
				return err
			}
			switch _, label := r["familycount"]; {
			case r[mark] != nil:
				at = int(r.int(mark, end))
				s.whole = at == end
			case at < 0 || at >= len(s.headers) || len(s.headers[at]) == maxSets:
				return errors.New("the reply does not fit the question")
			case label:
				s.labels[at] = r
			default:
				s.headers[at] = append(s.headers[at], r)
			}
		}
	}
	return rows.Err()
}

// maxSets is more than anybody appends to one file.
const maxSets = 10_000

// collect sorts the errors by file. Those that end the session belong to none.
func (s *sheaf) collect(queue *sqlexp.ReturnMessage) (deadly []mssql.Error) {
	at := 0
	for {
		switch m := queue.Message(context.Background()).(type) {
		case last:
			return deadly
		case sqlexp.MsgError:
			if errs := sqlErrors(m.Error); ended(errs) {
				deadly = append(deadly, errs...)
			} else {
				s.errs[at] = append(s.errs[at], errs...)
			}
		case sqlexp.MsgNotice:
			info, _ := m.Message.(mssql.Error)
			if n, ok := strings.CutPrefix(info.Message, mark+" "); ok {
				if i, err := strconv.Atoi(n); err == nil && i >= 0 && i < len(s.errs) {
					at = i
				}
			}
		}
	}
}

// sets are the headers of a file, with what its label says of stripes.
func (s *sheaf) sets(i int, path string) []chain.Header {
	var out []chain.Header
	for _, r := range s.headers[i] {
		h := header(path, r)
		if label := s.labels[i]; label != nil {
			h.Media, h.Parts = label.text("mediasetid"), int(label.int("familycount", 0))
		}
		if h.Parts > 1 {
			h.Part = int(s.labels[i].int("familysequencenumber", 0))
		}
		out = append(out, h)
	}
	return out
}
