package media

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"os"
)

// maxContent bounds what one set may hold; a longer length is damage.
const maxContent = 1 << 30

type reader struct {
	file  *os.File
	in    *bufio.Reader
	size  int64
	label Label
}

// open reads the label. Errors of the file system come back as they are.
func open(path string) (*reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r := &reader{file: f, in: bufio.NewReader(f)}
	if err := r.readLabel(); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

func (r *reader) close() { _ = r.file.Close() } // opened for reading: nothing to lose

func (r *reader) readLabel() error {
	info, err := r.file.Stat()
	if err != nil {
		return err
	}
	r.size = info.Size()
	if r.size == 0 {
		return ErrEmpty
	}
	mark := make([]byte, len(magic))
	if _, err := io.ReadFull(r.in, mark); err != nil || string(mark) != magic {
		return ErrForeign
	}
	if err := r.frame(&r.label); err != nil {
		return ErrMalformed
	}
	return nil
}

// frame reads what frame wrote; io.EOF means that nothing more follows.
func (r *reader) frame(v any) error {
	var head [4]byte
	_, err := io.ReadFull(r.in, head[:])
	length := binary.BigEndian.Uint32(head[:])
	switch {
	case length == 0 && (err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)):
		return io.EOF // the end of the file, or padding up to it, however short
	case err != nil, length > maxHeader:
		return ErrMalformed
	}
	body := make([]byte, length)
	var sum uint32
	if _, err := io.ReadFull(r.in, body); err != nil {
		return ErrMalformed
	}
	if binary.Read(r.in, binary.BigEndian, &sum) != nil || sum != crc32.ChecksumIEEE(body) {
		return ErrMalformed
	}
	if json.Unmarshal(body, v) != nil {
		return ErrMalformed
	}
	return nil
}

func (r *reader) header() (Header, error) {
	var h Header
	err := r.frame(&h)
	return h, err
}

func (r *reader) length() (int64, error) {
	var n uint64
	if binary.Read(r.in, binary.BigEndian, &n) != nil {
		return 0, ErrShort
	}
	if n > maxContent {
		return 0, ErrDamaged
	}
	return int64(n), nil
}

// skip passes over the pages of a set.
func (r *reader) skip() error {
	n, err := r.length()
	if err != nil {
		return err
	}
	pages := (n + pageSize - 1) / pageSize
	if _, err := io.CopyN(io.Discard, r.in, n+4*pages); err != nil {
		return ErrShort
	}
	return nil
}

// records reads and checks the pages of a set.
func (r *reader) records() ([]Record, error) {
	n, err := r.length()
	if err != nil {
		return nil, err
	}
	if n > r.size {
		return nil, ErrShort
	}
	content := make([]byte, 0, n)
	for int64(len(content)) < n {
		page := make([]byte, min(pageSize, n-int64(len(content))))
		var sum uint32
		if _, err := io.ReadFull(r.in, page); err != nil {
			return nil, ErrShort
		}
		if err := binary.Read(r.in, binary.BigEndian, &sum); err != nil {
			return nil, ErrShort
		}
		if sum != crc32.ChecksumIEEE(page) {
			return nil, ErrDamaged
		}
		content = append(content, page...)
	}
	return decode(content)
}

func decode(content []byte) ([]Record, error) {
	var records []Record
	for in := json.NewDecoder(bytes.NewReader(content)); in.More(); {
		var rec Record
		if err := in.Decode(&rec); err != nil {
			return nil, ErrDamaged
		}
		records = append(records, rec)
	}
	return records, nil
}
