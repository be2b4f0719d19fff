package site

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"go.yaml.in/yaml/v4"
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
		return "", fmt.Errorf("%s holds no list of `key: secret` lines", path)
	}
	entries := doc.Content[0].Content
	for i := 0; i+1 < len(entries); i += 2 {
		if entries[i].Value == key && entries[i+1].Kind == yaml.ScalarNode {
			return entries[i+1].Value, nil
		}
	}
	return "", fmt.Errorf("%s has no entry %s", path, key)
}

// readPrivate reads a file that nobody else can read. The file is checked
// before it is opened (a pipe would block) and again once it is open (it could
// have been exchanged in between).
func readPrivate(path string) ([]byte, error) {
	before, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if err := private(path, before); err != nil {
		return nil, err
	}
	f, err := os.Open(path) //nolint:gosec // the site file names it, and it is checked
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	after, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !os.SameFile(before, after) {
		return nil, fmt.Errorf("%s was exchanged while it was opened", path)
	}
	return io.ReadAll(io.LimitReader(f, maxSecret+1))
}

func private(path string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file", path)
	}
	if err := guarded(info); err != nil {
		return fmt.Errorf("%s %w", path, err)
	}
	return nil
}
