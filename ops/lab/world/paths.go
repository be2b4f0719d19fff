package world

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"

	"pchatops/ops/lab/windows"
)

// Errors of the Windows file system.
var (
	errNotFound     = &windows.Win32Error{Code: 2, Text: "The system cannot find the file specified."}
	errNoPath       = &windows.Win32Error{Code: 3, Text: "The system cannot find the path specified."}
	errDenied       = &windows.Win32Error{Code: 5, Text: "Access is denied."}
	errNetworkPath  = &windows.Win32Error{Code: 53, Text: "The network path was not found."}
	errNetworkName  = &windows.Win32Error{Code: 67, Text: "The network name cannot be found."}
	errDiskFull     = &windows.Win32Error{Code: 112, Text: "There is not enough space on the disk."}
	errInvalidName  = &windows.Win32Error{Code: 123, Text: "The filename, directory name, or volume label syntax is incorrect."}
	errReadToTheEnd = &windows.Win32Error{Code: 38, Text: "Reached the end of the file."}
)

var (
	uncPath   = regexp.MustCompile(`^\\\\([^\\]+)\\([^\\]+)((?:\\[^\\]+)*)\\?$`)
	drivePath = regexp.MustCompile(`^([A-Za-z]):((?:\\[^\\]+)*)\\?$`)
)

// Resolve maps a Windows path as a host sees it to the real file. The real
// file always lies inside the lab's folder.
func (w *World) Resolve(host, path string) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	file, err := w.resolve(host, path)
	if err != nil {
		return "", err
	}
	if err := w.faults.access[opener{shortHost(host), Shell, folderOf(path)}].refuses(false); err != nil {
		return "", err
	}
	return file, w.faults.mayOpen(shortHost(host), file)
}

func (w *World) resolve(host, path string) (string, error) {
	if m := uncPath.FindStringSubmatch(path); m != nil {
		root, err := w.resolveShare(m[1], m[2])
		if err != nil {
			return "", err
		}
		return below(root, m[3])
	}
	m := drivePath.FindStringSubmatch(path)
	if m == nil {
		return "", errInvalidName
	}
	drive := strings.ToUpper(m[1])
	if !strings.Contains(drives, drive) {
		return "", errNoPath
	}
	return below(w.hostPath(shortHost(host), drive), m[2])
}

// resolveShare gives the folder behind \\server\name: the backup share, or a
// drive of a host (E$).
func (w *World) resolveShare(server, name string) (string, error) {
	machine := shortHost(server)
	if machine == "FS01" {
		switch {
		case w.faults.shareOffline:
			return "", errNetworkPath
		case !strings.EqualFold(name, "LogShip"):
			return "", errNetworkName
		case w.faults.shareDenied:
			return "", errDenied
		}
		return w.sharePath(), nil
	}
	inst := w.byHost(machine)
	if inst == nil || !inst.hostOn() {
		return "", errNetworkPath
	}
	if len(name) != 2 || name[1] != '$' || !strings.Contains(drives, strings.ToUpper(name[:1])) {
		return "", errNetworkName
	}
	return w.hostPath(machine, strings.ToUpper(name[:1])), nil
}

// below joins the rest of a Windows path, refusing what could leave the root.
func below(root, rest string) (string, error) {
	for _, part := range strings.Split(rest, `\`) {
		switch {
		case part == "":
			continue
		case part == "." || part == ".." || strings.ContainsAny(part, "/:*?\"<>|") || strings.ContainsFunc(part, unicode.IsControl) || len(part) > 255:
			return "", errInvalidName
		}
		root = filepath.Join(root, spelling(root, part))
	}
	return root, nil
}

// spelling finds a folder under the name that is on disk: Windows does not
// mind case. Files are named as their writer named them.
func spelling(folder, name string) string {
	if _, err := os.Lstat(filepath.Join(folder, name)); err == nil || filepath.Ext(name) != "" {
		return name
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return name
	}
	for _, e := range entries {
		if strings.EqualFold(e.Name(), name) {
			return e.Name()
		}
	}
	return name
}
