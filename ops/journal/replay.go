package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// End is where a journal ends and what its chain has come to.
type End struct {
	Lines uint64 // whole, chained lines; also the sequence number of the last
	Bytes int64  // their length
	Hash  string // of the last line: what the next one has to name
	Torn  int64  // bytes after the last whole line, of a line that was never finished
}

// Replay reads a journal from its beginning, checks every link of the chain
// and hands each line to each. Line.Data is only good until each returns. A
// line that is broken is an error that names it, except at the very end:
// there it is a torn line, of which End tells.
func Replay(r io.Reader, each func(Line) error) (End, error) {
	var end End
	err := end.follow(r, each)
	return end, err
}

// follow reads on from where end stands.
func (end *End) follow(r io.Reader, each func(Line) error) error {
	in := bufio.NewReaderSize(r, 64<<10)
	end.Torn = 0
	for {
		raw, err := next(in)
		switch {
		case errors.Is(err, io.EOF):
			end.Torn = int64(len(raw))
			return nil
		case errors.Is(err, bufio.ErrBufferFull):
			return end.broken(fmt.Errorf("longer than %d bytes", MaxLine))
		case err != nil:
			return fmt.Errorf("read the journal after line %d: %w", end.Lines, err)
		}
		line, err := end.link(raw[:len(raw)-1])
		// What was changed in a line shows in the hash that the next one names;
		// only the last line has no next, so only its data is looked into.
		if err == nil && in.Buffered() == 0 && line.Data != nil && !json.Valid(line.Data) {
			err = fmt.Errorf("%w: its data is no JSON", errForm)
		}
		if err != nil {
			length := int64(len(raw))
			if _, more := in.Peek(1); errors.Is(err, errForm) && errors.Is(more, io.EOF) {
				end.Torn = length
				return nil
			}
			return end.broken(err)
		}
		if line.Seq == 1 && line.Type == Open {
			if _, err := openingOf(line); err != nil {
				return err
			}
		}
		if err := each(line); err != nil {
			return fmt.Errorf("journal line %d: %w", line.Seq, err)
		}
		end.Lines, end.Bytes, end.Hash = line.Seq, end.Bytes+int64(len(raw)), hash(raw[:len(raw)-1])
	}
}

// next reads a line with its newline, or what there is before the end. A
// line longer than MaxLine is bufio.ErrBufferFull.
func next(in *bufio.Reader) ([]byte, error) {
	raw, err := in.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return raw, err
	}
	long := bytes.Clone(raw)
	for errors.Is(err, bufio.ErrBufferFull) && len(long) < MaxLine {
		raw, err = in.ReadSlice('\n')
		long = append(long, raw...)
	}
	if len(long) > MaxLine {
		return nil, bufio.ErrBufferFull
	}
	return long, err
}

// errForm marks a line that is no line at all, as a write that was cut short leaves.
var errForm = errors.New("not a journal line")

// link decodes the line and holds it against the chain so far.
func (end *End) link(raw []byte) (Line, error) {
	line, err := decode(raw, end.Hash)
	switch {
	case err != nil:
		return Line{}, fmt.Errorf("%w: %w", errForm, err)
	case line.Prev != end.Hash:
		return Line{}, errors.New("it does not follow from the line before: one of the two was changed, or lines between them are missing")
	case line.Seq != end.Lines+1:
		return Line{}, fmt.Errorf("it has the number %d", line.Seq)
	}
	return line, nil
}

func (end *End) broken(why error) error {
	return fmt.Errorf("journal line %d is broken: %w", end.Lines+1, why)
}
