package journal

import (
	"context"
	"errors"
	"io"
	"time"
)

// Tail follows the journal that another process writes: first what is there,
// then each line as it comes, until ctx ends or each fails. tick says when to
// look again; idle, where not nil, is called whenever all is read. A line that
// is still being written is left until it is whole. Line.Data is only good
// until each returns.
func Tail(ctx context.Context, path string, tick <-chan time.Time, each func(Line) error, idle func()) error {
	f, err := Read(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	var end End
	var seen int64 // size when it was last read
	for {
		st, err := f.Stat()
		if err != nil {
			return trouble("follow the journal", path, err)
		}
		if st.Size() < end.Bytes {
			return trouble("follow the journal", path, errors.New("lines that were there are gone"))
		}
		if size := st.Size(); size != seen {
			if err := end.follow(io.NewSectionReader(f, end.Bytes, size-end.Bytes), each); err != nil {
				return err
			}
			seen = size
		}
		if idle != nil {
			idle()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick:
		}
	}
}
