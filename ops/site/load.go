package site

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"pchatops/ops/fault"
	"pchatops/ops/private"
)

// Load reads and validates a site file. What is wrong in the file comes back
// as Errors, all at once.
func Load(path string) (*Site, error) {
	data, err := readBounded(path)
	if shared := sharedFile("read the site file", err); shared != nil {
		return nil, shared
	}
	if err != nil {
		text := err.Error()
		if errors.Is(err, fs.ErrNotExist) {
			text = "there is no file " + path
		}
		return nil, &fault.Error{
			Class: fault.Config, Tried: "read the site file", Text: text, Cause: err,
			Do: "name the file with --config, or write a first one with pchatops init",
		}
	}
	s, err := Parse(path, data)
	if err != nil {
		return nil, err
	}
	for _, file := range s.authorities() {
		if _, err := private.ReadFile(file); sharedFile("", err) != nil { // one that is missing is the server's trouble
			return nil, sharedFile("read the authority of a certificate", err)
		}
	}
	return s, nil
}

// sharedFile is the refusal of a file that others could change; nil where that
// is not what is wrong.
func sharedFile(tried string, err error) error {
	var shared *private.Error
	if !errors.As(err, &shared) {
		return nil
	}
	return &fault.Error{Class: fault.Config, Tried: tried, Text: shared.Path + " " + shared.Text, Cause: err, Do: shared.Do}
}

// authorities are the files that say which certificates are trusted.
func (s *Site) authorities() (files []string) {
	for _, i := range s.Instances {
		files = append(files, i.Trust.CAFile)
	}
	for _, h := range s.Hosts {
		files = append(files, h.Trust.CAFile)
	}
	slices.Sort(files)
	return slices.DeleteFunc(slices.Compact(files), func(f string) bool { return f == "" })
}

func readBounded(path string) ([]byte, error) {
	f, err := private.Read(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	return io.ReadAll(io.LimitReader(f, maxBytes+1))
}

// Parse validates the text of a site file. The name stands in the problems,
// and relative paths in the file start from its folder.
func Parse(name string, data []byte) (*Site, error) {
	r := &reader{file: filepath.Base(name), nodes: map[string]*yaml.Node{}}
	root := r.document(data)
	if root == nil {
		return nil, r.found
	}
	if r.newer(root) {
		return nil, r.found
	}
	s := &Site{Path: name, Version: Format, Danger: Production, Database: "mgc", Shipping: ProposedShipping()}
	r.site(s, root)
	s.fillIn()
	r.check(s)
	if len(r.found) > 0 {
		slices.SortStableFunc(r.found, func(a, b Problem) int {
			return (a.Line-b.Line)*4096 + a.Column - b.Column
		})
		return nil, r.found
	}
	return s, nil
}

// newer refuses a file of a later format in one sentence: what else is wrong
// with it is not for this program to say.
func (r *reader) newer(root *yaml.Node) bool {
	for i := 0; i+1 < len(root.Content) && root.Kind == yaml.MappingNode; i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		if v, err := strconv.Atoi(value.Value); key.Value == "version" && err == nil && v > Format {
			r.problem(value, fmt.Sprintf("the file has format %d, and this program reads formats up to %d", v, Format), "a newer pchatops, or a file of format 1")
			return true
		}
	}
	return false
}

// document gives the one YAML document of the file, or nil with the problem
// recorded.
func (r *reader) document(data []byte) *yaml.Node {
	if len(data) > maxBytes {
		r.problem(&yaml.Node{}, "the file is too large", fmt.Sprintf("at most %d bytes", maxBytes))
		return nil
	}
	r.lines = strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n")
	if !r.readable() {
		return nil
	}
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	var doc, second yaml.Node
	if err == nil {
		err = loader.Load(&doc)
	}
	if err == nil && loader.Load(&second) == nil {
		r.problem(&second, "a second document begins here", "one document in a site file")
		return nil
	}
	if errors.Is(err, io.EOF) || err == nil && len(doc.Content) == 0 {
		r.problem(&yaml.Node{}, "the file is empty", "name, product, pool and the rest of a site")
		return nil
	}
	if err != nil {
		r.syntax(err)
		return nil
	}
	return doc.Content[0]
}

// readable refuses what no text file holds, with its place: the YAML reader
// would refuse it without one.
func (r *reader) readable() bool {
	for i, line := range r.lines {
		for col, c := range []rune(line) {
			if c == utf8.RuneError || (c < ' ' && c != '\t') || c == 0x7f {
				r.problem(&yaml.Node{Line: i + 1, Column: col + 1}, "a character that is no text", "UTF-8 text")
				return false
			}
		}
	}
	return true
}

// syntax records where the YAML breaks. The library's words may quote the
// line, so they are left out where a password may stand.
func (r *reader) syntax(err error) {
	at, says := &yaml.Node{Line: 1, Column: 1}, "no valid YAML"
	var where *yaml.LoadError
	if errors.As(err, &where) && where.Mark.Line > 0 && where.Mark.Line <= len(r.lines) {
		at = &yaml.Node{Line: where.Mark.Line, Column: max(where.Mark.Column, 1)}
		if !passwordValue.MatchString(r.lines[at.Line-1]) {
			says += ": " + where.Message
		}
	}
	r.problem(at, says, "YAML: spaces for indentation, text with special characters in single quotes")
}
