package windows

import (
	"errors"
	"io/fs"
	"syscall"
)

// Win32 errors that the hosts themselves meet. The texts are Windows' own.
var (
	errNoFile       = &Win32Error{2, "The system cannot find the file specified."}
	errNoPath       = &Win32Error{3, "The system cannot find the path specified."}
	errDenied       = &Win32Error{5, "Access is denied."}
	errFault        = &Win32Error{31, "A device attached to the system is not functioning."}
	errNetName      = &Win32Error{64, "The specified network name is no longer available."}
	errDiskFull     = &Win32Error{112, "There is not enough space on the disk."}
	errLogonFailure = &Win32Error{1326, "The user name or password is incorrect."}
)

// win32 translates what the real file system said.
func win32(err error) *Win32Error {
	if w := new(Win32Error); errors.As(err, &w) {
		return w
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errNoFile
	case errors.Is(err, fs.ErrPermission):
		return errDenied
	case errors.Is(err, syscall.ENOSPC):
		return errDiskFull
	default:
		return errFault
	}
}

// folderError is win32 for folders: a missing folder is a missing path.
func folderError(err error) *Win32Error {
	if errors.Is(err, fs.ErrNotExist) {
		return errNoPath
	}
	return win32(err)
}
