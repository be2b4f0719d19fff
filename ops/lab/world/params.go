package world

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world/media"
)

// param is a parameter of a procedure.
type param struct {
	name     string
	kind     tsql.Kind
	size     int
	required bool
	value    any // default
}

// params reads parameters as a CREATE PROCEDURE would list them:
// "@database sysname, @backup_threshold int = 60, @primary_id uniqueidentifier = null".
func params(list string) []param {
	var all []param
	for _, item := range strings.Split(list, ",") {
		declared, standard, optional := strings.Cut(strings.TrimSpace(item), " = ")
		name, kind, ok := strings.Cut(declared, " ")
		if !ok {
			panic("world: parameter without a type: " + item)
		}
		c := column(name, kind)
		p := param{name: name, kind: c.Kind, size: c.Size, required: !optional}
		if optional && standard != "null" {
			p.value = parseDefault(c.Kind, standard)
		}
		all = append(all, p)
	}
	return all
}

func parseDefault(kind tsql.Kind, s string) any {
	if kind == tsql.NVarChar {
		return s
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		panic("world: the default of a parameter is no number: " + s)
	}
	return n
}

// bind gives the arguments to the parameters, by name or by position.
func (c *call) bind(params []param, args []tsql.Param) *tsql.Error {
	c.args = map[string]any{}
	if len(args) > len(params) {
		return fail(8144, c.name)
	}
	given := map[string]bool{}
	for n, a := range args {
		p := params[n]
		if a.Name != "" {
			found, ok := findParam(params, a.Name)
			if !ok {
				return fail(8145, a.Name, c.name)
			}
			p = found
		}
		v, e := coerce(a.Value, p.kind)
		if e != nil {
			return e
		}
		v = cutTo(v, p)
		given[p.name] = true
		c.wants[p.name] = a.Output
		c.args[p.name] = v
	}
	for _, p := range params {
		switch {
		case given[p.name]:
		case p.required:
			return fail(201, c.name, p.name)
		default:
			c.args[p.name] = p.value
		}
	}
	return nil
}

// cutTo cuts a text to the size of its parameter, without a word.
func cutTo(v any, p param) any {
	if s, ok := v.(string); ok && p.kind == tsql.NVarChar && p.size > 0 && utf8.RuneCountInString(s) > p.size {
		return string([]rune(s)[:p.size])
	}
	return v
}

func findParam(params []param, name string) (param, bool) {
	for _, p := range params {
		if strings.EqualFold(p.name, name) {
			return p, true
		}
	}
	return param{}, false
}

// coerce turns an argument into the type of its parameter: numbers and bits
// are int64, texts and identifiers string.
func coerce(v any, kind tsql.Kind) (any, *tsql.Error) {
	if v == nil {
		return nil, nil
	}
	if kind == tsql.NVarChar || kind == tsql.UniqueIdentifier {
		return asText(v, kind)
	}
	switch v := v.(type) {
	case int64:
		return v, nil
	case bool:
		return int64(bit(v)), nil
	case float64:
		return int64(v), nil
	case string:
		if n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64); err == nil {
			return n, nil
		}
	}
	return nil, fail(8114, "nvarchar", "int")
}

func asText(v any, kind tsql.Kind) (any, *tsql.Error) {
	var s string
	switch v := v.(type) {
	case string:
		s = v
	case [16]byte:
		s = media.GUID(v).String()
	case []byte:
		s = string(v)
	default:
		s = fmt.Sprint(v)
	}
	if kind == tsql.UniqueIdentifier && s != "" {
		g, err := media.ParseGUID(s)
		if err != nil {
			return nil, fail(8114, "nvarchar", "uniqueidentifier")
		}
		s = g.String()
	}
	return s, nil
}
