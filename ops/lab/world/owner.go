package world

import (
	"bytes"
	"fmt"
)

// Operator is the Windows account of the administrators: sysadmin everywhere.
const Operator = `LITWARE\ops`

// saSID is the security identifier of sa on every server.
var saSID = []byte{1}

// principalSID makes the identifier of the n-th login of a server.
func principalSID(windows bool, n int) []byte {
	switch {
	case n == 0:
		return saSID
	case windows:
		return append([]byte{1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0}, byte(n), 4, 0, 0)
	}
	return append(bytes.Repeat([]byte{0x4c}, 15), byte(n))
}

// loginOf finds a login by its identifier; nil when it is gone.
func (i *Instance) loginOf(sid []byte) *login {
	for _, l := range i.logins {
		if bytes.Equal(l.sid, sid) {
			return l
		}
	}
	return nil
}

func (i *Instance) ownerName(j *job) string {
	if l := i.loginOf(j.owner); l != nil {
		return l.name
	}
	return ""
}

// ownerRefused is what the Agent says instead of running a job whose owner it
// cannot find.
func (i *Instance) ownerRefused(j *job) (outcome, bool) {
	i.w.mu.Lock()
	defer i.w.mu.Unlock()
	if i.loginOf(j.owner) != nil {
		return outcome{}, false
	}
	return outcome{failed: true, message: fmt.Sprintf("The job failed.  Unable to determine if the owner (%#X) of job %s has server access "+
		"(reason: Could not obtain information about Windows NT group/user, error code 0x534. [SQLSTATE 42000] (Error 15404)).", j.owner, j.name)}, true
}

// OrphanJob lets a job belong to an account that has been deleted from the
// domain, as happens when whoever set log shipping up leaves.
func (w *World) OrphanJob(instance, name string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.Instance(instance)
	if i == nil {
		return fmt.Errorf("no instance %q", instance)
	}
	j := i.findJob(name)
	if j == nil {
		return fmt.Errorf("no job %q on %s", name, i.Name())
	}
	j.owner = principalSID(true, len(i.logins))
	return nil
}
