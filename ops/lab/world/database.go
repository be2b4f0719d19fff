package world

import (
	"strings"
	"time"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world/media"
)

// The states of sys.databases that the lab knows, by state_desc.
const (
	online    = "ONLINE"
	restoring = "RESTORING"
	offline   = "OFFLINE"
	pending   = "RECOVERY_PENDING"
)

var stateCodes = map[string]int{online: 0, restoring: 1, "RECOVERING": 2, pending: 3, "SUSPECT": 4, "EMERGENCY": 5, offline: 6}

// The recovery models and user access of sys.databases.
var (
	recoveryCodes = map[string]int{"FULL": 1, "BULK_LOGGED": 2, "SIMPLE": 3}
	accessCodes   = map[string]int{"MULTI_USER": 0, "SINGLE_USER": 1, "RESTRICTED_USER": 2}
)

// database is a database of one instance.
type database struct {
	id       int
	name     string
	created  time.Time
	state    string
	standby  string // the undo file, when the database is in STANDBY
	recovery string
	access   string
	single   *Session // who has it, in SINGLE_USER

	c           *content
	redo        media.LSN  // where the next log must begin; none when recovered
	redoFork    media.GUID // the recovery path it must be on
	interrupted media.GUID // the set whose restore was interrupted
	busyWith    string     // BACKUP or RESTORE that is under way
	laying      bool       // a RESTORE creates its files
	deadlock    func()     // makes the RESTORE that is under way the victim of a deadlock

	data, log string // physical files
}

// recovered reports whether the database takes writes.
func (d *database) recovered() bool { return d.state == online && d.standby == "" }

// rollsForward reports whether log backups can be applied.
func (d *database) rollsForward() bool { return d.state == restoring || d.standby != "" }

// db finds a database of an instance; nil when there is none.
func (i *Instance) db(name string) *database {
	for _, d := range i.databases {
		if strings.EqualFold(d.name, name) {
			return d
		}
	}
	return nil
}

// addDatabase makes an empty online database.
func (i *Instance) addDatabase(name, recovery string) *database {
	d := &database{
		id: i.nextID(), name: name, created: i.w.Clock.Now(), state: online, recovery: recovery, access: "MULTI_USER",
		data: dataFolder + `\` + name + ".mdf", log: dataFolder + `\` + name + "_log.ldf",
		c: &content{next: 1000, family: i.w.guid(), fork: i.w.guid()},
	}
	i.databases = append(i.databases, d)
	return d
}

const dataFolder = `E:\SQLData`

func (i *Instance) nextID() int {
	id := 1
	for _, d := range i.databases {
		id = max(id, d.id+1)
	}
	return id
}

func (i *Instance) drop(d *database) {
	for n, other := range i.databases {
		if other == d {
			i.databases = append(i.databases[:n], i.databases[n+1:]...)
			return
		}
	}
}

// enter tells why a session cannot have the database as its current one.
func (d *database) enter(s *Session) *tsql.Error {
	w := s.inst.w
	switch {
	case !s.login.sysadmin && !s.login.chatUser && !system(d.name):
		return fail(916, s.login.name, d.name)
	case d.state == offline:
		return fail(942, d.name)
	case d.state == restoring && w.pairOf(s.inst, d) != nil:
		return fail(954, d.name)
	case d.state == restoring:
		return fail(927, d.name)
	case d.state == pending:
		return fail(945, d.name)
	case d.state != online:
		return fail(952, d.name)
	case w.withoutQuorum(s.inst, d):
		return fail(955, d.name)
	case d.access == "SINGLE_USER" && d.single != nil && d.single != s:
		return fail(924, d.name)
	}
	return nil
}

func system(name string) bool {
	switch strings.ToLower(name) {
	case "master", "tempdb", "model", "msdb":
		return true
	}
	return false
}

// usedBy are the sessions that keep others from having the database to
// themselves.
func (d *database) usedBy(i *Instance, except *Session) []*Session {
	var users []*Session
	for _, s := range i.sessions {
		if s != except && strings.EqualFold(s.db, d.name) {
			users = append(users, s)
		}
	}
	return users
}
