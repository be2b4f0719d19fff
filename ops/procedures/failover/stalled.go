package failover

import (
	"context"
	"fmt"
	"slices"
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
)

const (
	// alone is how long one file may take that is asked for by itself, after a
	// request of many was not answered in time.
	alone = 10 * time.Second
	// manyStalled files are no matter of a file any more.
	manyStalled = 4
)

// headersOf reads headers, in one request where the server answers that. Where it
// does not, one file may be to blame: each is asked for alone, so that the others
// are known.
func (f *failover) headersOf(ctx context.Context, paths []string) ([]procedures.Media, error) {
	if slices.ContainsFunc(paths, f.library.stalls) {
		return f.oneByOne(ctx, paths)
	}
	media, err := f.sql.HeadersOf(ctx, paths)
	if !fault.Is(err, fault.Timeout) || ctx.Err() != nil {
		return media, err
	}
	return f.oneByOne(ctx, paths)
}

func (f *failover) oneByOne(ctx context.Context, paths []string) ([]procedures.Media, error) {
	out, stalled := make([]procedures.Media, len(paths)), 0
	var late error
	for i, path := range paths {
		short, cancel := context.WithTimeout(ctx, alone)
		one, err := f.sql.HeadersOf(short, []string{path})
		over := short.Err() != nil
		cancel()
		switch {
		case err == nil:
			out[i] = one[0]
		case ctx.Err() != nil, !over && !fault.Is(err, fault.Timeout):
			return nil, err
		case !f.answers(ctx): // that is no matter of a file
			return nil, err
		default:
			f.library.stall(path)
			late, stalled = err, stalled+1
			out[i].Err = &fault.Error{
				Class: fault.Timeout, Tried: "read the header of " + chain.Base(path), Target: f.secondary.Address(),
				Text: fmt.Sprintf("the server does not come to an end with this file within %s", alone),
				Do:   "copy the file anew from where it is whole",
			}
		}
		if stalled == manyStalled {
			return nil, late
		}
	}
	if stalled > 1 && stalled == len(paths) {
		return nil, late
	}
	return out, nil
}

// answers reports whether the server answers anything else.
func (f *failover) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, alone)
	defer cancel()
	_, err := f.sql.Applied(ctx, f.db)
	return err == nil
}
