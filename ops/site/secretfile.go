package site

import (
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v4"

	"pchatops/ops/private"
)

// fromFile reads a secret from a file: the entry of that key when there is
// one, else the whole file. What the file holds appears in no error.
func fromFile(path, key string) (string, error) {
	data, err := readPrivate(path)
	if err != nil {
		return "", err
	}
	if key == "" {
		return strings.TrimSpace(string(data)), nil
	}
	var doc yaml.Node
	if yaml.Load(data, &doc) != nil || len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return "", fmt.Errorf("%s %w", path, errNoList)
	}
	entries := doc.Content[0].Content
	for i := 0; i+1 < len(entries); i += 2 {
		if entries[i].Value == key && entries[i+1].Kind == yaml.ScalarNode {
			return entries[i+1].Value, nil
		}
	}
	return "", &noEntryError{path, key}
}

// noEntryError is about a file of secrets that can be read and lacks one.
type noEntryError struct{ path, key string }

func (e *noEntryError) Error() string { return e.path + " has no entry " + e.key }

// readPrivate reads a file that nobody else can read, and that nobody else can put
// another in the place of.
func readPrivate(path string) ([]byte, error) {
	f, err := private.Read(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if err := guarded(info); err != nil {
		return nil, fmt.Errorf("%s %w", path, err)
	}
	return io.ReadAll(io.LimitReader(f, maxSecret+1))
}
