package probe

import (
	"context"
	"time"

	"pchatops/ops/site"
	"pchatops/ops/status"
)

// SQL reads one SQL Server instance.
type SQL interface {
	Facts(ctx context.Context) (status.Facts, error)
}

// Pool reads the Persistent Chat pool.
type Pool interface {
	Pool(ctx context.Context) (status.Pool, error)
}

// Share lists the backup share and the copy folder.
type Share interface {
	Share(ctx context.Context) (status.Share, error)
}

// Sources are what there is to ask. An instance without a source is never
// asked; Pool and Share may be nil.
type Sources struct {
	SQL   map[site.Role]SQL
	Pool  Pool
	Share Share
	// Knock are the instances again, to be watched while they do not answer;
	// Outlook is the second place, nil where there is none.
	Knock   map[site.Role]Knocker
	Outlook Outlook
	// Clock is the one that verdicts go by; nil: the wall clock. A rehearsal's
	// runs faster.
	Clock Clock
}

// source is one thing to ask: the question, and how the end of an attempt
// changes a snapshot. While attempts fail, what was read last stays.
type source struct {
	name string // for errors
	// ask puts the question. What it returns writes the answer.
	ask func(ctx context.Context) (write, error)
	// note writes how an attempt ended, whether or not it brought an answer.
	note write
	// asked is when the last finished attempt began; zero: none has ended yet.
	asked func(*status.Snapshot) time.Time
}

// write changes a snapshot that is not published yet.
type write func(*status.Snapshot, ending)

func instance(place int, in site.Instance, sql SQL) source {
	return source{
		name:  in.Address(),
		asked: func(s *status.Snapshot) time.Time { return s.Nodes[place].Asked },
		ask: func(ctx context.Context) (write, error) {
			facts, err := sql.Facts(ctx)
			return func(s *status.Snapshot, e ending) {
				n := &s.Nodes[place]
				n.Unsteady = unsteady(n, facts, e)
				n.Runs(facts.ServerTime.Sub(n.Facts.ServerTime), e.at.Sub(n.Answered))
				n.Steady = !n.Unsteady && !n.Facts.ServerTime.IsZero() && !facts.ServerTime.IsZero()
				n.Facts, n.Answered, n.RoundTrip = facts, e.at, e.took
			}, err
		},
		note: func(s *status.Snapshot, e ending) {
			n := &s.Nodes[place]
			n.Asked, n.Err, n.Reachable = e.asked, e.err, e.err == nil
			switch {
			case n.Reachable:
				n.Answers()
				return
			case n.Failures == 0:
				n.Silent, n.Failures = e.asked, 1
			default:
				n.Failures++
			}
			n.Missed(e.attempt())
		},
	}
}

// unsteady reports that a server's clock, or the console's, was set between two
// answers, or that they do not run alike, as those of a rehearsal: what one said
// then cannot be told by the other now.
func unsteady(n *status.Node, facts status.Facts, e ending) bool {
	if n.Facts.ServerTime.IsZero() || facts.ServerTime.IsZero() {
		return false
	}
	off := facts.ServerTime.Sub(n.Facts.ServerTime) - e.at.Sub(n.Answered)
	return off.Abs() > time.Second+n.RoundTrip+e.took
}

func chatPool(fqdn string, from Pool) source {
	return source{
		name:  fqdn,
		asked: func(s *status.Snapshot) time.Time { return s.Pool.Asked },
		ask: func(ctx context.Context) (write, error) {
			pool, err := from.Pool(ctx)
			return func(s *status.Snapshot, e ending) {
				s.Pool = pool
				s.Pool.FQDN, s.Pool.Answered = fqdn, e.at
			}, err
		},
		note: func(s *status.Snapshot, e ending) { s.Pool.Asked, s.Pool.Err = e.asked, e.err },
	}
}

func backupShare(path string, from Share) source {
	return source{
		name:  path,
		asked: func(s *status.Snapshot) time.Time { return s.Share.Asked },
		ask: func(ctx context.Context) (write, error) {
			share, err := from.Share(ctx)
			return func(s *status.Snapshot, e ending) {
				s.Share = s.Share.Renewed(share, e.at)
			}, err
		},
		note: func(s *status.Snapshot, e ending) {
			if s.Share.Asked = e.asked; e.err != nil {
				s.Share.Err = e.err
			}
		},
	}
}

// attempt is how an attempt ended, for the verdict on the server.
func (e ending) attempt() status.Attempt {
	a := status.Attempt{Began: e.asked, End: e.at, On: e.on, Off: e.off}
	if e.err != nil {
		a.Reach = e.err.Reach
	}
	return a
}
