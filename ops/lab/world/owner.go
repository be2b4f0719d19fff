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

// Member is an account of the domain that has its rights from a group, and no login
// of its own.
const Member = `LITWARE\carol`

var memberSID = append([]byte{1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0}, bytes.Repeat([]byte{7}, 16)...)

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
	member := bytes.Equal(j.owner, memberSID)
	if i.loginOf(j.owner) != nil || member && !i.alone {
		return outcome{}, false
	}
	code := 0x534 // no such account
	if i.alone {
		code = 0x54b // no domain controller answers
	}
	return outcome{failed: true, message: fmt.Sprintf("The job failed.  Unable to determine if the owner (%#X) of job %s has server access "+
		"(reason: Could not obtain information about Windows NT group/user, error code %#x. [SQLSTATE 42000] (Error 15404)).", j.owner, j.name, code)}, true
}

// OrphanJob lets a job belong to an account that has been deleted from the
// domain, as happens when whoever set log shipping up leaves.
func (w *World) OrphanJob(instance, name string) error {
	return w.giveJob(instance, name, func(i *Instance) []byte { return principalSID(true, len(i.logins)) })
}

// LendJob lets a job belong to Member.
func (w *World) LendJob(instance, name string) error {
	return w.giveJob(instance, name, func(*Instance) []byte { return memberSID })
}

func (w *World) giveJob(instance, name string, to func(*Instance) []byte) error {
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
	j.owner = to(i)
	return nil
}
