// Package truth is for tests: it finds Microsoft's own parsers and client where
// they are.
package truth

import (
	"os"
	"path/filepath"
)

// Dir is a folder with those in bin: that of the environment, or one beside the
// repository. "": there is none.
func Dir() string {
	for _, path := range []string{os.Getenv("PCHATOPS_TRUTH"), filepath.Join(Root(), "..", "shared", "truth")} {
		if path, err := filepath.Abs(path); err == nil {
			if _, err := os.Stat(filepath.Join(path, "bin", "pwsh")); err == nil {
				return path
			}
		}
	}
	return ""
}

// Root is the folder of the repository.
func Root() string {
	dir, err := os.Getwd()
	for ; err == nil && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
	}
	return "."
}
