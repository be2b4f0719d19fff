package tsql

import "context"

// Marked is what a Host may implement too: it keeps the session's CONTEXT_INFO,
// and gives up what a session loses when a pool hands its connection on.
type Marked interface {
	Mark(info []byte)
	Reset()
}

// maxContext is the length of CONTEXT_INFO.
const maxContext = 128

// contextStmt is SET CONTEXT_INFO.
type contextStmt struct {
	line
	x expr
}

// setContext parses what follows SET CONTEXT_INFO: a binary constant or variable.
func (p *parser) setContext(at line) stmt {
	if k := p.peek().kind; k != tokenBinary && k != tokenVariable {
		p.fail()
	}
	return &contextStmt{line: at, x: p.expr()}
}

func (s *contextStmt) run(ctx context.Context, f *frame) (flow, *Error) {
	v, err := f.eval(ctx, s.x)
	if err != nil {
		return goOn, err
	}
	info, ok := v.v.([]byte)
	if !ok || len(info) > maxContext {
		return goOn, refuse(2740, "SET CONTEXT_INFO failed because argument data was not of type varbinary(128), or was NULL.")
	}
	if m, ok := f.s.host.(Marked); ok {
		m.Mark(append(make([]byte, 0, maxContext), info...)[:maxContext])
	}
	f.quiet()
	return goOn, nil
}
