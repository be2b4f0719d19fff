// Package settings reads console.yaml, in which an operator says how the
// console looks and which keys it listens to. It knows nothing of the site: no
// setting of it can make a production site look or act otherwise.
package settings

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"pchatops/ops/fault"
	"pchatops/ops/site"
	"pchatops/tui/actions"
)

// Settings are what the file says.
type Settings struct {
	Theme  string      // a theme by name; "": dark or light, as the terminal is
	Glyphs string      // "unicode" or "ascii"; "": as the terminal can
	Keys   actions.Map // the keys of this console
}

// Format is the format of the files that this program reads.
const Format = 1

const maxBytes = 64 << 10

// Load reads the file. One that is not there says nothing; mistakes come back
// as site.Errors with their lines, all at once.
func Load(path string) (Settings, error) {
	f, err := os.Open(path) //nolint:gosec // the operator's own file
	if errors.Is(err, fs.ErrNotExist) {
		return Settings{Keys: actions.Default()}, nil
	}
	var data []byte
	if err == nil {
		defer f.Close() //nolint:errcheck // only read
		data, err = io.ReadAll(io.LimitReader(f, maxBytes+1))
	}
	if err != nil {
		return Settings{}, &fault.Error{
			Class: fault.Config, Tried: "read the console's settings", Text: err.Error(), Cause: err,
			Do: "make " + path + " readable, or remove it",
		}
	}
	return Parse(filepath.Base(path), data)
}

// Parse reads the text of the file; name stands in the mistakes.
func Parse(name string, data []byte) (Settings, error) {
	p := &parser{file: name, text: strings.Split(string(data), "\n"), keys: map[actions.ID][]string{}, at: map[place]*yaml.Node{}}
	if len(data) > maxBytes {
		p.wrong(&yaml.Node{}, "the file is too large", fmt.Sprintf("at most %d bytes", maxBytes))
		return Settings{}, p.found
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		p.wrong(&yaml.Node{}, err.Error(), "")
		return Settings{}, p.found
	}
	p.Keys = actions.Default()
	if len(doc.Content) > 0 {
		p.settings(doc.Content[0])
	}
	if len(p.found) > 0 {
		slices.SortStableFunc(p.found, func(a, b site.Problem) int { return cmp.Or(a.Line-b.Line, a.Column-b.Column) })
		return Settings{}, p.found
	}
	return p.Settings, nil
}
