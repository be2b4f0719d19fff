package tsql

import "context"

// prepared is a statement that a client has prepared.
type prepared struct{ params, text string }

// maxPrepared bounds the statements that a session keeps.
const maxPrepared = 10_000

func (f *frame) prepare(_ context.Context, args []Param) (result, *Error) {
	params, err := textArgument("sp_prepare", args, 1, "@params")
	if err != nil {
		return result{}, err
	}
	text, err := textArgument("sp_prepare", args, 2, "@stmt")
	if err != nil {
		return result{}, err
	}
	if len(f.s.prepared) >= maxPrepared {
		return result{}, tooBig()
	}
	f.s.handles++
	f.s.prepared[f.s.handles] = prepared{params, text}
	handle := Param{Name: args[0].Name, Kind: Int, Value: int64(f.s.handles), Output: true}
	return result{outs: []Param{handle}}, nil
}

func (f *frame) prepareExecute(ctx context.Context, args []Param) (result, *Error) {
	first, err := f.prepare(ctx, args)
	if err != nil {
		return first, err
	}
	r, err := f.parameterised(ctx, f.s.prepared[f.s.handles], args[3:])
	r.outs = append(first.outs, r.outs...)
	return r, err
}

// handle finds a prepared statement by the first argument.
func (f *frame) handle(args []Param) (int, prepared, *Error) {
	n := int64(-1)
	if len(args) > 0 {
		n, _ = args[0].Value.(int64)
	}
	st, ok := f.s.prepared[int(n)]
	if !ok {
		return 0, st, refuse(8179, "Could not find prepared statement with handle %d.", n)
	}
	return int(n), st, nil
}

func (f *frame) execute(ctx context.Context, args []Param) (result, *Error) {
	_, st, err := f.handle(args)
	if err != nil {
		return result{}, err
	}
	return f.parameterised(ctx, st, args[1:])
}

func (f *frame) unprepare(_ context.Context, args []Param) (result, *Error) {
	n, _, err := f.handle(args)
	if err == nil {
		delete(f.s.prepared, n)
	}
	return result{}, err
}
