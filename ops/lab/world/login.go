package world

import (
	"encoding/binary"
	"strings"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world/media"
)

// login is a server principal.
type login struct {
	name     string
	sid      []byte
	password string // SQL logins
	windows  bool
	sysadmin bool
	disabled bool
	chatUser bool // a user of the chat database
}

// LoginRequest is what a client asks for when it logs in.
type LoginRequest struct {
	User, Password string
	Trusted        bool   // a Windows account that the domain vouches for: User is DOMAIN\name
	Database       string // empty: master
	App, Host      string
	PID            int
	Address        string // the client's
	Encrypted      bool   // all of the connection
	// Killed is called, once and without locks held, when the server ends the
	// session (KILL, power cut): the connection is to be closed.
	Killed func()
}

// Login opens a session. close ends it; it may be called more than once.
func (i *Instance) Login(r LoginRequest) (host tsql.Host, close func(), failure *tsql.Error) {
	w := i.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if !i.up || w.closed {
		return nil, nil, fail(17142)
	}
	l := i.findLogin(r.User)
	if l == nil || l.windows != r.Trusted || !r.Trusted && l.password != r.Password {
		return nil, nil, fail(18456, r.User)
	}
	if l.disabled {
		return nil, nil, fail(18470, r.User)
	}
	s := i.open(l, r)
	if r.Database != "" {
		if s.use(r.Database) != nil { // whatever keeps it out, a login hears of it in the same words
			i.shut(s)
			return nil, nil, fail(4060, r.Database)
		}
	}
	return s, func() { w.mu.Lock(); defer w.mu.Unlock(); i.shut(s) }, nil
}

func (i *Instance) findLogin(name string) *login {
	for _, l := range i.logins {
		if strings.EqualFold(l.name, name) {
			return l
		}
	}
	return nil
}

// open adds a session under the lowest free id.
func (i *Instance) open(l *login, r LoginRequest) *Session {
	now := i.now()
	s := &Session{
		inst: i, spid: i.freeSPID(), login: l, db: "master", app: r.App, host: r.Host, pid: r.PID, address: r.Address, encrypted: r.Encrypted,
		connect: now, conn: i.connectionID(), loginTime: now, lastBatch: now, killed: r.Killed,
	}
	i.sessions = append(i.sessions, s)
	return s
}

// connectionID is the name of the next connection. It is not drawn, so that who
// connects changes nothing of what a seed draws.
func (i *Instance) connectionID() (id media.GUID) {
	i.connections++
	binary.BigEndian.PutUint64(id[8:], i.connections)
	copy(id[:8], i.host)
	return id
}

const firstUserSPID = 51

func (i *Instance) freeSPID() int {
	taken := map[int]bool{}
	for _, s := range i.sessions {
		taken[s.spid] = true
	}
	spid := firstUserSPID
	for taken[spid] {
		spid++
	}
	return spid
}
