package journal

import (
	"errors"
	"io/fs"
	"syscall"

	"pchatops/ops/fault"
	"pchatops/ops/private"
)

// windowsDiskFull is ERROR_DISK_FULL, which has no name in package syscall.
const windowsDiskFull = syscall.Errno(112)

// trouble names what the file system said and what to do about it.
func trouble(tried, path string, err error) error {
	f := &fault.Error{Class: fault.Other, Tried: tried + " " + path, Text: err.Error(), Cause: err}
	var shared *private.Error
	switch {
	case errors.As(err, &shared):
		f.Class, f.Text, f.Do = fault.Access, shared.Path+" "+shared.Text, shared.Do
	case full(err):
		f.Class = fault.Disk
		f.Do = "free space on that disk and start again: nothing more is sent until the journal can be written, and the new console stands where this one stood"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		f.Class = fault.Access
		f.Do = "make the folder writable for this account, or choose another one with --state-dir"
	case errors.Is(err, fs.ErrNotExist):
		f.Class = fault.NotFound
		f.Do = "check the path given with --state-dir"
	case errors.Is(err, fs.ErrExist):
		f.Class = fault.State
		f.Do = "an incident of that id exists already: start again"
	default:
		f.Do = "check the disk, then start again: nothing more is sent until the journal can be written"
	}
	return f
}

func full(err error) bool {
	var errno syscall.Errno
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) ||
		errors.As(err, &errno) && errno == windowsDiskFull && windowsHost
}
