package themes

import (
	"embed"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed *.yaml
var files embed.FS

// mostBytes bounds a theme file; a full one takes under 1 KiB.
const mostBytes = 64 << 10

// Names lists the built-in themes, then the user's own.
func Names() []string { return slices.Concat(BuiltIn(), Own()) }

// BuiltIn lists the themes that every console has.
func BuiltIn() []string { return list(files) }

// Own lists the user's own themes, which have been found but not read yet.
func Own() []string {
	return slices.DeleteFunc(list(os.DirFS(Folder())), func(name string) bool { return slices.Contains(BuiltIn(), name) })
}

// Folder is where the user's own themes lie: themes beside the configuration.
func Folder() string {
	config := os.Getenv("XDG_CONFIG_HOME")
	if config == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "" // an account without a home has no themes of its own
		}
		config = filepath.Join(home, ".config")
	}
	return filepath.Join(config, "pchatops", "themes")
}

// Load gives a theme by name: a built-in one, or one of the user's, which is
// read afresh. The names of the built-in ones cannot be taken, so that a
// mistake in a file never costs the console its colours.
func Load(name string) (Theme, error) {
	if slices.Contains(BuiltIn(), name) {
		data, err := files.ReadFile(name + ".yaml")
		if err != nil {
			return Theme{}, err
		}
		return Parse(name+".yaml", data)
	}
	if !slices.Contains(Names(), name) {
		return Theme{}, fmt.Errorf("theme %q: there is no such theme; choose one of %s", name, strings.Join(Names(), ", "))
	}
	path := filepath.Join(Folder(), name+".yaml")
	data, err := read(path)
	if err != nil {
		return Theme{}, err
	}
	return Parse(path, data)
}

func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read a theme: %w", err)
	}
	defer func() { _ = f.Close() }() // only read
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: a theme must be a file", path)
	}
	data, err := io.ReadAll(io.LimitReader(f, mostBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read a theme: %w", err)
	}
	if len(data) > mostBytes {
		return nil, fmt.Errorf("%s: a theme may have at most %d KiB", path, mostBytes>>10)
	}
	return data, nil
}

// list gives the names of the theme files in a folder; none where there is no
// such folder.
func list(folder fs.FS) []string {
	found, _ := fs.Glob(folder, "*.yaml")
	for i := range found {
		found[i] = strings.TrimSuffix(found[i], ".yaml")
	}
	return found
}
