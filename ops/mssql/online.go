package mssql

import (
	"context"
	"fmt"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/pause"
	"pchatops/ops/status"
)

const (
	alreadyRecovered = 3153
	onlineTries      = 50 // sessions come back at once, so a few rounds are normal
)

// BringOnline is RESTORE DATABASE … WITH RECOVERY, after which no further log
// can be applied. It is done when the database is ONLINE, not when the
// statement has ended. By hand it is sent only to a database that has come to an
// LSN; the zero one: nobody can say how far it has to come.
func (s *Server) BringOnline(database string, expects chain.LSN) engine.Action {
	st := statement{text: "RESTORE DATABASE @database WITH RECOVERY", args: []arg{{"database", name(database)}}}
	a := s.action("bring "+database+" online", st, func(ctx context.Context, r engine.Reporter) error {
		return s.bringOnline(ctx, r, database, st)
	})
	a.Hand = onlineByHand(st, expects)
	a.Text += "\n-- sessions that are in its way (error 3101) are ended with KILL, and it is sent again"
	a.Settle = func(ctx context.Context) (bool, error) {
		d, err := s.restoring(ctx, database)
		return d.Online(), err
	}
	return a
}

func (s *Server) bringOnline(ctx context.Context, r engine.Reporter, database string, st statement) error {
	tried := "bring " + database + " online"
	for try := 1; ; try++ {
		err := s.write(ctx, r, tried, st)
		switch {
		case err == nil, numberOf(err) == alreadyRecovered:
			return s.awaitOnline(ctx, r, database, tried)
		case !fault.Is(err, fault.InUse) || try == onlineTries:
			return err
		}
		r.Log(fmt.Sprintf("%s is in use (try %d): ending the sessions that hold it", database, try))
		if err := s.clear(ctx, r, database); err != nil {
			return err
		}
		if pause.For(ctx, s.pace.settle) != nil {
			return err
		}
	}
}

// clear ends every session that holds the database, apart from the console's
// own and those of the system.
func (s *Server) clear(ctx context.Context, r engine.Reporter, database string) error {
	sessions, err := s.Sessions(ctx, database)
	if err != nil {
		return err
	}
	for _, one := range sessions {
		if one.Own || one.System {
			continue
		}
		st := killStatement(one)
		r.Log(st.String())
		// One that has gone or changed meanwhile is no longer in the way.
		if err := s.kill(ctx, r, one, st); err != nil && !fault.Is(err, fault.Refused) {
			return err
		}
	}
	return nil
}

// awaitOnline waits for the end of recovery. The restore has taken effect by
// now, so when nothing more can be read, the outcome is unknown.
func (s *Server) awaitOnline(ctx context.Context, r engine.Reporter, database, tried string) error {
	var d status.Database
	ok, err := s.until(ctx, func(ctx context.Context) (online bool, err error) {
		d, err = s.restoring(ctx, database)
		return d.Online(), err
	})
	switch {
	case err != nil:
		return s.lostFault(tried, nil, err)
	case !ok:
		return s.fault(fault.State, tried, 0, "the database is "+d.State,
			"recovery may still be running: look at the SQL Server error log, then verify the step")
	}
	r.Observe("state of "+database, d.State)
	return nil
}
