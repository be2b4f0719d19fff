package tsql

import (
	"hash/fnv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// sessionFunctions answer from the session itself.
var sessionFunctions = map[string]builtin{
	"@@SPID": {result: gives(typ{kind: SmallInt}), run: func(e *env, _ []value) (any, *Error) {
		return int64(e.frame.s.host.SPID()), nil
	}},
	"@@ROWCOUNT":     sessionInt(func(e *env) int { return e.frame.s.rowCount }),
	"ROWCOUNT_BIG":   sessionInt(func(e *env) int { return e.frame.s.rowCount }),
	"@@ERROR":        sessionInt(func(e *env) int { return int(e.frame.s.lastError) }),
	"@@TRANCOUNT":    sessionInt(func(e *env) int { return e.frame.s.transactions }),
	"@@NESTLEVEL":    sessionInt(func(e *env) int { return e.frame.depth }),
	"@@DATEFIRST":    sessionInt(func(e *env) int { return e.frame.s.options.dateFirst }),
	"@@LOCK_TIMEOUT": sessionInt(func(e *env) int { return int(max(e.frame.s.options.waits.Timeout, -time.Millisecond).Milliseconds()) }),
	"@@TEXTSIZE":     sessionInt(func(e *env) int { return e.frame.s.options.textSize }),
	"XACT_STATE": sessionInt(func(e *env) int {
		if e.frame.s.doomed {
			return -1
		}
		return min(e.frame.s.transactions, 1)
	}),
	"NEWID": {result: gives(typ{kind: UniqueIdentifier}), run: func(*env, []value) (any, *Error) {
		return [16]byte(uuid.New()), nil
	}},
	"OBJECT_ID": {least: 1, most: 2, result: gives(typ{kind: Int}), run: objectID},
	"PARSENAME": {least: 2, most: 2, result: gives(text(maxIdentifier)), run: parseName},
}

func sessionInt(f func(*env) int) builtin {
	return builtin{result: gives(typ{kind: Int}), run: func(e *env, _ []value) (any, *Error) {
		return int64(f(e)), nil
	}}
}

// objectID tells that an object exists by a number made of its name.
func objectID(e *env, a []value) (any, *Error) {
	parts := nameParts(a[0].String())
	if parts == nil || len(parts) > 3 {
		return nil, nil
	}
	db, schema, name, err := qualified(parts)
	if err != nil {
		return nil, err
	}
	if !e.frame.exists(db, schema, name) {
		return nil, nil
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(fold(name)))
	return int64(h.Sum32() & 0x7FFFFFFF), nil
}

// exists tells whether there is a table, a view or a procedure of the name.
func (f *frame) exists(db, schema, name string) bool {
	if isLocalTable(name) {
		return f.find(name) != nil
	}
	if f.s.host.HasProc(db, schema, name) {
		return true
	}
	_, err, ok := f.s.host.View(db, schema, name)
	return ok && err == nil
}

// nameParts splits a name that is given as a string; nil: it is none.
func nameParts(s string) []string {
	tokens, _, err := lex(s, true)
	if err != nil {
		return nil
	}
	var parts []string
	wanted := true
	for _, t := range tokens[:len(tokens)-1] {
		switch {
		case t.is("."):
			if wanted {
				parts = append(parts, "")
			}
			wanted = true
		case wanted && (t.kind == tokenWord || t.kind == tokenQuoted):
			parts = append(parts, t.text)
			wanted = false
		default:
			return nil
		}
	}
	if wanted {
		return nil
	}
	return parts
}

func parseName(_ *env, a []value) (any, *Error) {
	parts := nameParts(a[0].String())
	n := len(parts) - argument(a, 1, 0)
	if n < 0 || n >= len(parts) || parts[n] == "" {
		return nil, nil
	}
	return parts[n], nil
}

// errorFunctions tell what a CATCH block has caught.
var errorFunctions = map[string]builtin{
	"ERROR_NUMBER":   caught(typ{kind: Int}, func(err *Error) any { return int64(err.Number) }),
	"ERROR_SEVERITY": caught(typ{kind: Int}, func(err *Error) any { return int64(err.Class) }),
	"ERROR_STATE":    caught(typ{kind: Int}, func(err *Error) any { return int64(err.State) }),
	"ERROR_LINE":     caught(typ{kind: Int}, func(err *Error) any { return int64(err.Line) }),
	"ERROR_MESSAGE":  caught(text(maxChars), func(err *Error) any { return err.Message }),
	"ERROR_PROCEDURE": caught(text(maxIdentifier), func(err *Error) any {
		if err.Proc == "" {
			return nil
		}
		return strings.ToLower(err.Proc)
	}),
}

func caught(t typ, f func(*Error) any) builtin {
	return builtin{result: gives(t), run: func(e *env, _ []value) (any, *Error) {
		if e.frame.s.caught == nil {
			return nil, nil
		}
		return f(e.frame.s.caught), nil
	}}
}
