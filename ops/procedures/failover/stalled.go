package failover

import (
	"context"
	"fmt"
	"slices"
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/inventory"
	"pchatops/ops/procedures"
)

const (
	// alone is how long one file may take that is asked for by itself, after a
	// request of many was not answered in time.
	alone = 10 * time.Second
	// briefly is how long one is that has another name than this database's files.
	briefly = alone / 2
	// manyStalled files are no matter of a file any more.
	manyStalled = 4
	// enough is how long headers of files are waited for whose names are not this
	// database's: a tail taken by hand may be among them, and other products may
	// have left thousands, or one with which nobody comes to an end.
	enough = 30 * time.Second
	// askAgain is after how long such a file is asked for once more.
	askAgain = 5 * time.Minute
)

// headersOf reads headers. Files under other names than this database's are asked for
// by themselves: they hold up none of its own, and are waited for a short while only.
func (f *failover) headersOf(ctx context.Context, paths []string) ([]procedures.Media, error) {
	out := make([]procedures.Media, len(paths))
	var own, others []int
	for i, path := range paths {
		switch s, slow := f.library.stalls(path); {
		case inventory.Own(f.db, chain.Base(path)):
			own = append(own, i)
		case slow && f.Now().Sub(s.at) < askAgain:
			out[i].Err = s.why
		default:
			others = append(others, i)
		}
	}
	for _, some := range []struct {
		of   []int
		read func(context.Context, []string) ([]procedures.Media, error)
	}{{own, f.ownHeaders}, {others, f.otherHeaders}} {
		if len(some.of) == 0 {
			continue
		}
		ask := make([]string, len(some.of))
		for k, i := range some.of {
			ask[k] = paths[i]
		}
		media, err := some.read(ctx, ask)
		if err != nil {
			return nil, err
		}
		for k, i := range some.of {
			out[i] = media[k]
		}
	}
	return out, nil
}

// ownHeaders reads headers in one request where the server answers that. Where it does
// not, one file may be to blame: each is asked for alone, so that the others are known.
func (f *failover) ownHeaders(ctx context.Context, paths []string) ([]procedures.Media, error) {
	if !slices.ContainsFunc(paths, func(path string) bool { _, slow := f.library.stalls(path); return slow }) {
		media, err := f.sql.HeadersOf(ctx, paths)
		if !fault.Is(err, fault.Timeout) || ctx.Err() != nil {
			return media, err
		}
	}
	out, stalled := make([]procedures.Media, len(paths)), 0
	for i, path := range paths {
		one, late, err := f.oneHeader(ctx, path, alone)
		if err != nil {
			return nil, err
		}
		out[i] = one
		if late == nil {
			continue
		}
		if stalled++; stalled == manyStalled || stalled > 1 && stalled == len(paths) {
			return nil, late
		}
	}
	return out, nil
}

// otherHeaders reads those of files under other names, for as long as that is worth.
// What there was no time for is said to be unread, and is not asked for at once again.
func (f *failover) otherHeaders(ctx context.Context, paths []string) ([]procedures.Media, error) {
	began := f.Now()
	if len(paths) > 1 {
		short, cancel := context.WithTimeout(ctx, alone)
		media, err := f.sql.HeadersOf(short, paths)
		over := short.Err() != nil
		cancel()
		if err == nil || ctx.Err() != nil || !over && !fault.Is(err, fault.Timeout) {
			return media, err
		}
	}
	out := make([]procedures.Media, len(paths))
	for i, path := range paths {
		left := min(enough-f.Now().Sub(began), briefly)
		if left <= 0 {
			out[i].Err = &fault.Error{
				Class: fault.Timeout, Tried: "read the header of " + chain.Base(path), Target: f.secondary.Address(),
				Text: fmt.Sprintf("it was not tried: others took all of %s", enough), Do: "move away what the server does not come to an end with",
			}
			f.library.stall(path, stall{f.Now(), out[i].Err})
			continue
		}
		var err error
		if out[i], _, err = f.oneHeader(ctx, path, left); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// oneHeader asks for one file. Late is what the server said of one with which it did
// not come to an end, though it answers all else; an error is no matter of the file.
func (f *failover) oneHeader(ctx context.Context, path string, patience time.Duration) (m procedures.Media, late, err error) {
	short, cancel := context.WithTimeout(ctx, patience)
	one, err := f.sql.HeadersOf(short, []string{path})
	over := short.Err() != nil
	cancel()
	switch {
	case err == nil:
		return one[0], nil, nil
	case ctx.Err() != nil, !over && !fault.Is(err, fault.Timeout), !f.answers(ctx):
		return m, nil, err
	}
	m.Err = &fault.Error{
		Class: fault.Timeout, Tried: "read the header of " + chain.Base(path), Target: f.secondary.Address(),
		Text: fmt.Sprintf("the server does not come to an end with this file within %s", patience),
		Do:   "copy the file anew from where it is whole",
	}
	f.library.stall(path, stall{f.Now(), m.Err})
	return m, err, nil
}

// answers reports whether the server answers anything else.
func (f *failover) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, alone)
	defer cancel()
	_, err := f.sql.Applied(ctx, f.db)
	return err == nil
}
