package tsql

import (
	"context"
	"math"
	"strings"
	"time"
)

// options are the SET options that change what statements do.
type options struct {
	noCount   bool
	xactAbort bool
	rowLimit  int
	noExec    bool
	parseOnly bool
	fmtOnly   bool
	implicit  bool // IMPLICIT_TRANSACTIONS
	unquoted  bool // QUOTED_IDENTIFIER OFF
	dateFirst int  // Monday is 1
	textSize  int  // bytes of a max value that a SELECT sends
	waits     Waits
}

// Defaults of a session in us_english.
const (
	sunday          = 7
	defaultTextSize = 4096 // what SET TEXTSIZE 0 goes back to
)

func newOptions() options {
	return options{dateFirst: sunday, textSize: math.MaxInt32, waits: Waits{Timeout: -1}}
}

// priorities are the words of DEADLOCK_PRIORITY.
var priorities = map[string]int{"LOW": -5, "NORMAL": 0, "HIGH": 5}

// dry reports that statements are not run for good.
func (o *options) dry() bool { return o.noExec || o.fmtOnly }

// optionStmt is SET of options that are ON or OFF. Those whose values make no
// difference in the lab are taken and forgotten.
type optionStmt struct {
	line
	names []string
	on    bool
}

func (s *optionStmt) run(_ context.Context, f *frame) (flow, *Error) {
	o := &f.s.options
	for _, name := range s.names {
		switch name {
		case "NOCOUNT":
			o.noCount = s.on
		case "XACT_ABORT":
			o.xactAbort = s.on
		case "IMPLICIT_TRANSACTIONS", "ANSI_DEFAULTS":
			o.implicit = s.on
		}
		s.mode(o, name)
	}
	f.quiet()
	return goOn, nil
}

// mode sets what decides whether statements run at all.
func (s *optionStmt) mode(o *options, name string) {
	switch name {
	case "NOEXEC":
		o.noExec = s.on
	case "FMTONLY":
		o.fmtOnly = s.on
	}
}

// settingStmt is SET of an option with a value.
type settingStmt struct {
	line
	name string
	x    expr
}

func (s *settingStmt) run(ctx context.Context, f *frame) (flow, *Error) {
	v, err := f.eval(ctx, s.x)
	if err != nil {
		return goOn, err
	}
	o := &f.s.options
	n, whole := v.int()
	switch s.name {
	case "LANGUAGE", "DATEFORMAT":
		if !played(s.name, v) {
			return goOn, Unplayed("SET " + s.name + " " + v.String())
		}
		if s.name == "LANGUAGE" {
			o.dateFirst = sunday
		}
	case "DATEFIRST":
		if !whole || n < 1 || n > sunday {
			return goOn, refuse(2744, "The specified value %s for DATEFIRST is out of range (1 to 7).", clip(v.String(), maxIdentifier))
		}
		o.dateFirst = int(n)
	case "TEXTSIZE":
		o.textSize = int(n)
		switch {
		case n == 0:
			o.textSize = defaultTextSize
		case n < 0 || n > math.MaxInt32:
			o.textSize = math.MaxInt32
		}
	case "LOCK_TIMEOUT":
		o.waits.Timeout = time.Duration(n) * time.Millisecond
	case "DEADLOCK_PRIORITY":
		o.waits.Priority = int(n)
		if word, ok := priorities[strings.ToUpper(v.String())]; ok {
			o.waits.Priority = word
		}
	case "ROWCOUNT":
		if !whole || n < 0 {
			return goOn, syntax(1060, s.where(), "The number of rows provided for a TOP or FETCH clauses row count parameter must be an integer.")
		}
		o.rowLimit = int(n)
	}
	f.quiet()
	return goOn, nil
}

// played reports whether the lab does what an option's value asks for: it
// speaks one language, and reads dates as that language does.
func played(option string, v value) bool {
	switch said := strings.ToLower(v.String()); option {
	case "LANGUAGE":
		return said == "us_english" || said == "english"
	case "DATEFORMAT":
		return said == "mdy"
	}
	return true
}

// cutText cuts max values to TEXTSIZE, as they are sent.
func (f *frame) cutText(rows *Rows) {
	limit := f.s.options.textSize
	if limit == math.MaxInt32 {
		return
	}
	for i, c := range rows.Columns {
		if c.Size != 0 || c.Kind != NVarChar && c.Kind != VarBinary {
			continue
		}
		for _, row := range rows.Values {
			switch x := row[i].(type) {
			case string:
				row[i] = clip(x, limit/2)
			case []byte:
				row[i] = x[:min(len(x), limit)]
			}
		}
	}
}

// implicit begins the transaction that IMPLICIT_TRANSACTIONS asks for before a
// statement that reads or changes a table.
func (f *frame) implicit(st stmt) {
	if !f.s.options.implicit || f.s.transactions > 0 {
		return
	}
	switch st := st.(type) {
	case *selectStmt:
		for _, part := range st.query.parts {
			if part.from != nil {
				f.s.Begin("")
				return
			}
		}
	case *insertStmt, *deleteStmt, *dropStmt:
		f.s.Begin("")
	case *createStmt:
		if !strings.HasPrefix(st.name, "@") {
			f.s.Begin("")
		}
	case *transactionStmt:
		if st.what == "BEGIN" {
			f.s.Begin("") // its own comes on top of it
		}
	}
}
