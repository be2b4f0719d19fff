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
}

// source is one thing to ask: the question, and how the end of an attempt
// changes a snapshot. While attempts fail, what was read last stays.
type source struct {
	name string // for errors
	// ask puts the question. What it returns writes the answer.
	ask func(ctx context.Context) (write, error)
	// note writes how an attempt ended, whether or not it brought an answer.
	note write
}

// write changes a snapshot that is not published yet.
type write func(*status.Snapshot, ending)

func instance(place int, in site.Instance, sql SQL) source {
	return source{
		name: in.Address(),
		ask: func(ctx context.Context) (write, error) {
			facts, err := sql.Facts(ctx)
			return func(s *status.Snapshot, e ending) {
				n := &s.Nodes[place]
				n.Facts, n.Answered, n.RoundTrip = facts, e.at, e.took
			}, err
		},
		note: func(s *status.Snapshot, e ending) {
			n := &s.Nodes[place]
			n.Asked, n.Err, n.Reachable = e.asked, e.err, e.err == nil
			switch {
			case n.Reachable:
				n.Silent, n.Failures = time.Time{}, 0
			case n.Failures == 0:
				n.Silent, n.Failures = e.asked, 1
			default:
				n.Failures++
			}
		},
	}
}

func chatPool(fqdn string, from Pool) source {
	return source{
		name: fqdn,
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
		name: path,
		ask: func(ctx context.Context) (write, error) {
			share, err := from.Share(ctx)
			return func(s *status.Snapshot, e ending) {
				s.Share = share
				s.Share.Answered = e.at
			}, err
		},
		note: func(s *status.Snapshot, e ending) { s.Share.Asked, s.Share.Err = e.asked, e.err },
	}
}
