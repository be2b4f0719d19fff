//go:build linux || darwin

package process

import (
	"errors"

	"golang.org/x/sys/unix"
)

// look asks for the process of a number, and when it began, in the machine's own
// counting.
func look(id int) (start uint64, p presence) {
	if errors.Is(unix.Kill(id, 0), unix.ESRCH) {
		return 0, absent
	}
	return began(id)
}
