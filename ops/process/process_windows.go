package process

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// machine names this machine. When it was started needs no name: the times at
// which its processes began are those of a clock.
func machine() (words []string, numbers, boot string) {
	host, err := os.Hostname()
	if err != nil {
		return nil, "", ""
	}
	k, err := registry.OpenKey(registry.LOCAL_MACHINE, `SOFTWARE\Microsoft\Cryptography`, registry.QUERY_VALUE|registry.WOW64_64KEY)
	if err != nil {
		return nil, "", ""
	}
	defer k.Close() //nolint:errcheck // read only
	id, _, err := k.GetStringValue("MachineGuid")
	if err != nil || id == "" {
		return nil, "", ""
	}
	return []string{host, id}, "", ""
}

// look asks for the process of a number, and when it began. One that has ended
// while somebody still has a handle of it is absent.
func look(id int) (start uint64, p presence) {
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(id)) //nolint:gosec // it came from one
	if errors.Is(err, windows.ERROR_INVALID_PARAMETER) {
		return 0, absent
	}
	if err != nil {
		return 0, unknown
	}
	defer windows.CloseHandle(h) //nolint:errcheck // read only
	const running = 259          // STILL_ACTIVE
	var code uint32
	if windows.GetExitCodeProcess(h, &code) == nil && code != running {
		return 0, absent
	}
	var created, ended, kernel, user windows.Filetime
	if windows.GetProcessTimes(h, &created, &ended, &kernel, &user) != nil {
		return 0, unknown
	}
	return uint64(created.Nanoseconds()), present //nolint:gosec // since 1970
}
