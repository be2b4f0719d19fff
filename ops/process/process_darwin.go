package process

import (
	"os"

	"golang.org/x/sys/unix"
)

// machine names this machine, and the time since it was started.
func machine() (words []string, numbers, boot string) {
	host, err := os.Hostname()
	if err != nil {
		return nil, "", ""
	}
	id, err := unix.Sysctl("kern.uuid")
	if err != nil || id == "" {
		return nil, "", ""
	}
	boot, _ = unix.Sysctl("kern.bootsessionuuid") // without it the numbers and times of processes decide
	return []string{host, id}, "", boot
}

// began reads when a process was started. One that has ended and is not yet asked
// for its exit code is absent.
func began(id int) (uint64, presence) {
	const zombie = 5
	info, err := unix.SysctlKinfoProc("kern.proc.pid", id)
	switch {
	case err != nil || info.Proc.P_pid != int32(id): //nolint:gosec // it came from one
		return 0, unknown
	case info.Proc.P_stat == zombie:
		return 0, absent
	}
	return uint64(info.Proc.P_starttime.Nano()), present //nolint:gosec // since 1970
}
