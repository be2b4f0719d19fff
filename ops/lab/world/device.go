package world

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/windows"
	"pchatops/ops/lab/world/media"
)

// backupFolder is where a backup device without a folder lies.
const backupFolder = `C:\Backup`

// device finds the real file of a backup device as the service account of the
// instance sees it.
func (i *Instance) device(name string, write bool) (string, *tsql.Error) {
	path := name
	if !strings.Contains(path, `\`) {
		path = backupFolder + `\` + path
	}
	file, err := i.file(Engine, path, write)
	if err != nil {
		return "", fail(3201, name, osText(err))
	}
	return file, nil
}

// osText is an operating system error as SQL Server writes it: 5(Access is denied.).
func osText(err error) string {
	var win *windows.Win32Error
	if !errors.As(err, &win) {
		win = &windows.Win32Error{Code: 21, Text: "The device is not ready."}
	}
	return fmt.Sprintf("%d(%s)", win.Code, win.Text)
}

// fileError is the Windows error behind an error of the real file system.
func fileError(path string, err error) *windows.Win32Error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, e := os.Stat(filepath.Dir(path)); e != nil {
			return errNoPath
		}
		return errNotFound
	case strings.Contains(err.Error(), "no space"):
		return errDiskFull
	}
	return errDenied // a folder, or no right to it
}

// mediaError is what SQL Server says when set n of a device cannot be read, of
// which the header may be known.
func mediaError(device, path string, n int, set *media.Set, err error) *tsql.Error {
	switch {
	case errors.Is(err, media.ErrEmpty):
		return fail(3254, device)
	case errors.Is(err, media.ErrForeign):
		return fail(3242, device)
	case errors.Is(err, media.ErrMalformed):
		return fail(3241, device)
	case errors.Is(err, media.ErrShort):
		return fail(3203, device, osText(errReadToTheEnd))
	case errors.Is(err, media.ErrDamaged):
		database := ""
		if set != nil {
			database = set.Database
		}
		return fail(3183, 1, 64, database)
	case errors.Is(err, media.ErrNoSet):
		return fail(4038, n, device)
	case errors.Is(err, media.ErrUnended):
		return fail(3256, device)
	}
	return fail(3201, device, osText(fileError(path, err)))
}

// volume names the disk that a real file lies on, for the fault of a full one.
func (w *World) volume(path string) string {
	if w.onShare(path) {
		return "share"
	}
	rel, err := filepath.Rel(filepath.Join(w.cfg.Dir, "hosts"), path)
	if err != nil {
		return ""
	}
	host, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
	return host
}

func (w *World) onShare(path string) bool { return filepath.Dir(path) == w.sharePath() }
