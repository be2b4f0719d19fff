package windows

import (
	"fmt"
	"slices"
	"strings"
)

// jobFaults are what can be wrong with the jobs of a host.
var jobFaults = []string{"none", "register", "launch", "batch-right", "blocked", "query", "damaged", "reboot"}

// errRPC is what a service that does not answer looks like.
var errRPC = &Win32Error{1722, "The RPC server is unavailable."}

// SetJobs lets the host's jobs fail in a way, until told otherwise: their task
// cannot be registered, is registered and not launched, its account may not log on
// as a batch job, endpoint protection ends the program before it begins, the Task
// Scheduler tells nothing, a power loss damages the result; or the host
// reboots when the next job begins.
func (h *Host) SetJobs(fault string) error {
	if !slices.Contains(jobFaults, fault) {
		return fmt.Errorf("state=%q: %s", fault, strings.Join(jobFaults, ", "))
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fault = fault
	return nil
}

// unlaunched is why a task that was registered does not come to its job; nil: it
// does. The caller holds Host.mu.
func (h *Host) unlaunched() *failure {
	switch h.fault {
	case "launch":
		return notLaunched(2, "0x80070002", errNoFile.Text)
	case "batch-right":
		return notLaunched(1385, "0x80070569", "Logon failure: the user has not been granted the requested logon type at this computer.")
	case "blocked":
		return &failure{Kind: "unbegun", Message: "PowerShell ended with 0xC0000022 before the job began. Nothing was done."}
	}
	return nil
}

func notLaunched(code int, number, words string) *failure {
	return &failure{Kind: "unbegun", Code: code, Message: "The Task Scheduler could not start the job (" + number + "). Nothing was done. " + words}
}

// untold reports whether it is not known how a job stands: what it holds open
// tells of one that runs, its result of one that has ended, and the Task Scheduler
// of all others. The caller holds Host.mu.
func (h *Host) untold(j *job) bool {
	return h.fault == "query" && (j.state == queued || j.state == killed)
}

// reboots starts the host anew when a job has begun, if it is to. The caller holds
// Host.mu.
func (h *Host) reboots() {
	if h.fault == "reboot" && h.Reboot != nil {
		h.fault = "none"
		h.Reboot()
	}
}
