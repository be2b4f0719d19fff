package journal

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// lockFile locks an open file, for its process alone or shared with others,
// without waiting; false: another process has it. The lock ends with the file.
// It is on a byte that no file has: Windows keeps others from reading what is
// locked, and who watches is to read.
func lockFile(f *os.File, alone bool) (bool, error) {
	how := uint32(windows.LOCKFILE_FAIL_IMMEDIATELY)
	if alone {
		how |= windows.LOCKFILE_EXCLUSIVE_LOCK
	}
	at := windows.Overlapped{OffsetHigh: 1 << 30}
	err := windows.LockFileEx(windows.Handle(f.Fd()), how, 0, 1, 0, &at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return false, nil
	}
	return err == nil, os.NewSyscallError("LockFileEx", err)
}

// unlock ends the lock of a file. With the file alone it ends when Windows comes to it.
func unlock(f *os.File) {
	at := windows.Overlapped{OffsetHigh: 1 << 30}
	_ = windows.UnlockFileEx(windows.Handle(f.Fd()), 0, 1, 0, &at)
}
