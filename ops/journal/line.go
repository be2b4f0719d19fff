package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// MaxLine is the longest line, in bytes, that is written or read.
const MaxLine = 1 << 20

// types gives each known type as one shared string, so that reading a line
// makes no new one.
var types = func() map[string]Type {
	m := map[string]Type{}
	for _, t := range []Type{Open, Driver, Plan, Intent, Action, Step, Note, Resume, Seen, Skip, Close, Aside} {
		m[string(t)] = t
	}
	return m
}()

// encode gives the bytes of a line, without its newline.
func encode(l Line) ([]byte, error) {
	raw, err := json.Marshal(l)
	if err != nil {
		return nil, fmt.Errorf("the %s line cannot be written as JSON: %w", l.Type, err)
	}
	if len(raw) >= MaxLine {
		return nil, fmt.Errorf("the %s line has %d bytes, more than the %d a journal line may have", l.Type, len(raw), MaxLine)
	}
	return raw, nil
}

// hash gives what the next line has to name as its predecessor.
func hash(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// decode reads one line. want is the hash that the line should name; a line
// in this package's own shape that names it is read without reflection.
func decode(raw []byte, want string) (Line, error) {
	if l, ok := decodeOwn(raw, want); ok {
		return l, nil
	}
	var l Line
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return Line{}, Ours(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Line{}, errors.New("something follows the object")
	}
	return l, nil
}

// decodeOwn reads a line as encode writes it: members in a fixed order, the
// hash last. It is not ok for anything else, however valid.
func decodeOwn(raw []byte, want string) (l Line, ok bool) {
	rest, ok := bytes.CutPrefix(raw, []byte(`{"seq":`))
	if !ok {
		return l, false
	}
	seq, rest, ok := bytes.Cut(rest, []byte(`,"time":"`))
	if !ok || len(seq) == 0 || seq[0] == '0' {
		return l, false
	}
	n, err := strconv.ParseUint(string(seq), 10, 64)
	if err != nil {
		return l, false
	}
	at, rest, ok := bytes.Cut(rest, []byte(`","type":"`))
	if !ok || l.Time.UnmarshalText(at) != nil {
		return l, false
	}
	kind, rest, ok := bytes.Cut(rest, []byte(`"`))
	if l.Type = types[string(kind)]; !ok || l.Type == "" {
		return l, false
	}
	if by, found := bytes.CutPrefix(rest, []byte(`,"by":"`)); found {
		if by, rest, ok = bytes.Cut(by, []byte(`"`)); !ok || !plain(by) {
			return l, false
		}
		l.By = string(by)
	}
	rest, ok = cutEnd(rest, want)
	if !ok {
		return l, false
	}
	if data, found := bytes.CutPrefix(rest, []byte(`,"data":`)); found {
		l.Data, rest = data, nil // not looked into: see follow
	}
	l.Seq, l.Prev = n, want
	return l, len(rest) == 0
}

// cutEnd cuts `,"prev":"want"}` off the end.
func cutEnd(b []byte, want string) ([]byte, bool) {
	b, a := bytes.CutSuffix(b, []byte(`"}`))
	if !a || len(b) < len(want) || string(b[len(b)-len(want):]) != want {
		return nil, false
	}
	return bytes.CutSuffix(b[:len(b)-len(want)], []byte(`,"prev":"`))
}

// plain reports whether a string's JSON form is the string itself.
func plain(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' || c == '\\' {
			return false
		}
	}
	return true
}
