//go:build unix

package site

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// guarded refuses a file that is not ours alone.
func guarded(info fs.FileInfo) error {
	if info.Mode().Perm()&^0o600 != 0 {
		return fmt.Errorf("has mode %04o, so others may read it", info.Mode().Perm())
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && int(st.Uid) != os.Geteuid() {
		return errors.New("belongs to another account")
	}
	return nil
}
