package mssql

import (
	"context"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/pause"
)

// action makes what the engine sends, of a statement and of what is done with
// it. The text that is shown is made from the statement itself.
func (s *Server) action(id string, st statement, do func(context.Context, engine.Reporter) error) engine.Action {
	return engine.Action{ID: id, Kind: engine.SQL, Target: s.Address(), Text: st.String(), Hand: st.byHand(), Do: do}
}

// until asks again and again whether something is so, for as long as patience
// lasts; false: it is not.
func (s *Server) until(ctx context.Context, so func(context.Context) (bool, error)) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, s.pace.patience)
	defer cancel()
	for {
		ok, err := so(ctx)
		if ok || (err != nil && ctx.Err() == nil && !fault.Is(err, fault.Busy)) {
			return ok, err
		}
		if pause.For(ctx, s.pace.settle) != nil {
			return false, nil
		}
	}
}
