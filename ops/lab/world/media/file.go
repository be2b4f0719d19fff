package media

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"slices"
)

// What is wrong with a file, in the order in which a reader meets it.
var (
	ErrEmpty     = errors.New("the volume is empty")
	ErrForeign   = errors.New("not a backup file")
	ErrMalformed = errors.New("the media family is incorrectly formed")
	ErrShort     = errors.New("the end of the file was reached")
	ErrDamaged   = errors.New("a page does not match its checksum")
	ErrNoSet     = errors.New("no such backup set in the file")
	ErrUnended   = errors.New("the backup set was never finished")
)

const (
	magic     = "LABTAPE\x01"
	pageSize  = 4096
	maxHeader = 64 << 10
	maxSets   = 1000
)

// Append writes a set at the end of a file, which is created (or emptied when
// init) with the label.
func Append(path string, label Label, set *Set, init bool) error {
	flags := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if init {
		flags |= os.O_TRUNC
	}
	f, err := os.OpenFile(path, flags, 0o644)
	if err != nil {
		return err
	}
	write := func() error { return WriteSet(f, set) }
	if info, err := f.Stat(); err == nil && info.Size() == 0 {
		write = func() error { return Write(f, label, set) }
	}
	return errors.Join(write(), f.Close())
}

// Write writes a whole file: the label and one set.
func Write(w io.Writer, label Label, set *Set) error {
	head, err := frame(label)
	if err != nil {
		return err
	}
	block, err := encode(set)
	if err != nil {
		return err
	}
	_, err = w.Write(slices.Concat([]byte(magic), head, block))
	return err
}

// WriteSet writes a set behind what is there already.
func WriteSet(w io.Writer, set *Set) error {
	block, err := encode(set)
	if err != nil {
		return err
	}
	_, err = w.Write(block)
	return err
}

// frame is a JSON value behind its length and before its checksum.
func frame(v any) ([]byte, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	out = append(out, body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(body)), nil
}

// encode is header, length of the content, and the content in pages that each
// end with their checksum.
func encode(set *Set) ([]byte, error) {
	out, err := frame(set.Header)
	if err != nil {
		return nil, err
	}
	var content bytes.Buffer
	lines := json.NewEncoder(&content)
	for _, r := range set.Records {
		if err := lines.Encode(r); err != nil {
			return nil, err
		}
	}
	out = binary.BigEndian.AppendUint64(out, uint64(content.Len()))
	for content.Len() > 0 {
		page := content.Next(pageSize)
		out = append(out, page...)
		out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(page))
	}
	return out, nil
}

// Headers reads the label and the header of every set, without the pages.
func Headers(path string) (Label, []Header, error) {
	r, err := open(path)
	if err != nil {
		return Label{}, nil, err
	}
	defer r.close()
	var headers []Header
	for len(headers) < maxSets {
		h, err := r.header()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return r.label, headers, err
		}
		h.Position = len(headers) + 1
		headers = append(headers, h)
		if h.Incomplete {
			break // nothing can follow it
		}
		if err := r.skip(); err != nil {
			break // the headers so far are readable; only a restore reads the rest
		}
	}
	if len(headers) == 0 {
		return r.label, nil, ErrMalformed
	}
	return r.label, headers, nil
}

// ReadLabel reads only the label.
func ReadLabel(path string) (Label, error) {
	r, err := open(path)
	if err != nil {
		return Label{}, err
	}
	defer r.close()
	return r.label, nil
}

// Read reads set n (from 1) with its content, and checks every page. A set
// whose content cannot be read is returned with its header and the error.
func Read(path string, n int) (*Set, error) {
	r, err := open(path)
	if err != nil {
		return nil, err
	}
	defer r.close()
	for i := 1; ; i++ {
		h, err := r.header()
		switch {
		case errors.Is(err, io.EOF):
			return nil, ErrNoSet
		case err != nil:
			return nil, err
		case i == n && h.Incomplete:
			return &Set{Header: h}, ErrUnended
		case i == n:
			h.Position = i
			records, err := r.records()
			return &Set{Header: h, Records: records}, err
		}
		if err := r.skip(); err != nil {
			return nil, err
		}
	}
}

// Malformed is the content of a file in the format of another product, which
// begins as a backup does.
func Malformed() []byte {
	return append([]byte(magic), "\x00\x00\x00\x10of another product, not SQL Server's"...)
}
