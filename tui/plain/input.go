package plain

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
)

// maxLine is how much of a line is kept, in bytes.
const maxLine = 4096

// read passes the operator's lines on, and closes the channel at their end. A
// line counts with its line end only: what a dying connection leaves of one
// must not confirm anything.
func read(ctx context.Context, in io.Reader, to chan<- string) {
	defer close(to)
	r := bufio.NewReaderSize(in, maxLine)
	for {
		l, err := line(r)
		if err != nil {
			return
		}
		select {
		case to <- l:
		case <-ctx.Done():
			return
		}
	}
}

// line reads one line; of one that is too long the beginning is kept.
func line(r *bufio.Reader) (string, error) {
	part, err := r.ReadSlice('\n')
	text := string(part)
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = r.ReadSlice('\n')
	}
	return strings.TrimSpace(text), err
}
