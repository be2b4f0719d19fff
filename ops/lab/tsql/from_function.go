package tsql

import "strings"

// functionSource is a table-valued function of the server.
type functionSource struct {
	parts []string
	args  []expr
	alias string
	line  int32
}

// tableFunction parses the arguments of a function in FROM.
func (p *parser) tableFunction(parts []string, line int32) source {
	p.need("(")
	s := &functionSource{parts: parts, line: line}
	if !p.peek().is(")") {
		s.args = p.exprs()
	}
	p.need(")")
	s.alias = p.tableAlias()
	return s
}

func (s *functionSource) bind(e *env) (*relation, *Error) {
	args, err := evaluate(e, s.args)
	if err != nil {
		return nil, err
	}
	values := make([]any, len(args))
	for i, a := range args {
		values[i] = a.v
	}
	host, ok := e.frame.s.host.(TableFunctions)
	var rows *Rows
	if ok {
		rows, err, ok = host.Function(s.parts, values)
	}
	if !ok {
		return nil, refuseAt(208, s.line, "Invalid object name '%s'.", strings.Join(s.parts, "."))
	}
	if err != nil {
		return nil, err
	}
	names := s.parts
	if s.alias != "" {
		names = []string{s.alias}
	}
	return named(names, rows), nil
}
