package process

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// machine names this machine, those of its processes that have numbers in common, and
// the time since it was started. A machine that nothing names but its host name
// may be any: then only what runs since the same start is of the same one.
func machine() (words []string, numbers, boot string) {
	host, err := os.Hostname()
	if err != nil {
		return nil, "", ""
	}
	numbers, err = os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return nil, "", ""
	}
	raw, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return nil, "", ""
	}
	boot = strings.TrimSpace(string(raw))
	id, _ := os.ReadFile("/etc/machine-id") // many containers have none
	name := strings.TrimSpace(string(id))
	if name == "" {
		name = boot
	}
	return []string{host, name}, numbers, boot
}

// began reads the clock ticks from the machine's start to that of a process. One
// that has ended and is not yet asked for its exit code is absent.
func began(id int) (uint64, presence) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", id))
	if err != nil {
		return 0, unknown
	}
	text := string(raw)
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:]) // its name may hold anything
	const state, start = 0, 19
	if len(fields) <= start {
		return 0, unknown
	}
	if strings.Contains("ZXx", fields[state]) {
		return 0, absent
	}
	ticks, err := strconv.ParseUint(fields[start], 10, 64)
	if err != nil {
		return 0, unknown
	}
	return ticks, present
}
