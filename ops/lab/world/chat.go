package world

import (
	"fmt"
	"slices"
	"time"

	"pchatops/ops/lab/world/media"
)

// The chat servers' account and program name.
const (
	chatLogin   = `LITWARE\svc-rtc`
	chatProgram = "Persistent Chat"
)

// Chat servers look every few seconds whether their connections still stand.
const (
	reconnectEvery = 5 * time.Second
	perServer      = 2
)

// chat is the traffic of the pool.
type chat struct {
	next int64           // id of the next message
	down map[string]bool // data centres whose chat servers are off
	idle map[string]bool // chat servers whose service is stopped
}

// startChat lets the chat servers connect and people write. The caller holds w.mu.
func (w *World) startChat() {
	w.chat = chat{next: 1, down: map[string]bool{}, idle: map[string]bool{}}
	now := w.Clock.Now()
	w.every(now, func() time.Duration { return reconnectEvery }, func(time.Time) { w.reconnect() })
	w.every(now.Add(time.Second), w.gap, w.say)
}

// gap is the time to the next message: between half and one and a half of the mean.
func (w *World) gap() time.Duration {
	return time.Duration((0.5 + w.rng.Float64()) * float64(w.cfg.MessageGap))
}

// reconnect gives every active chat server its sessions on the database that
// the pool state names, and takes away those that it should not have.
func (w *World) reconnect() {
	w.mu.Lock()
	defer w.mu.Unlock()
	live := w.liveStore()
	var serving []string
	for _, server := range chatServers {
		if !w.chat.down[server.DataCentre] && !w.chat.idle[shortHost(server.FQDN)] && w.pool.isActive(server.FQDN) {
			serving = append(serving, shortHost(server.FQDN))
		}
	}
	for _, i := range w.instances {
		if i != live {
			i.keepChat(nil)
			continue
		}
		have := i.keepChat(serving)
		for _, host := range serving {
			for n := have[host]; n < perServer; n++ {
				i.connectChat(host)
			}
		}
	}
}

// SetChatStopped stops the Persistent Chat service on a chat server, or starts it
// again. Its sessions end with it.
func (w *World) SetChatStopped(server string, stopped bool) error {
	if !slices.ContainsFunc(chatServers, func(c ChatServer) bool { return shortHost(c.FQDN) == shortHost(server) }) {
		return fmt.Errorf("%q is no chat server", server)
	}
	w.locked(func() { w.chat.idle[shortHost(server)] = stopped })
	w.reconnect()
	return nil
}

// ChatService says whether a machine has the Persistent Chat service, and whether
// it runs.
func (w *World) ChatService(machine string) (exists, runs bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range chatServers {
		if shortHost(c.FQDN) == shortHost(machine) {
			return true, !w.chat.idle[shortHost(machine)] && !w.chat.down[c.DataCentre]
		}
	}
	return false, false
}

// keepChat ends the sessions of all chat servers but some, and counts those.
func (i *Instance) keepChat(serving []string) map[string]int {
	have := map[string]int{}
	for _, s := range slices.Clone(i.sessions) {
		switch {
		case s.app != chatProgram:
		case slices.Contains(serving, s.host):
			have[s.host]++
		default:
			i.shut(s)
		}
	}
	return have
}

func (i *Instance) connectChat(host string) {
	s := i.open(i.findLogin(chatLogin), LoginRequest{App: chatProgram, Host: host, PID: 2000 + len(i.sessions)})
	if s.use(Database) != nil {
		i.shut(s)
	}
}

// say writes the next chat message, if anybody is connected to write it to.
func (w *World) say(t time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	live := w.liveStore()
	if live == nil {
		return
	}
	d := live.db(Database)
	for _, s := range d.usedBy(live, nil) {
		if s.app == chatProgram {
			r := media.Record{ID: w.chat.next, Date: t}
			w.chat.next++
			d.c.write(r)
			w.ledger.wrote(live, r.ID)
			w.ledger.chatIsBack(live, t)
			return
		}
	}
}

// liveStore is the instance whose chat database the pool uses now; nil when
// there is none that takes writes.
func (w *World) liveStore() *Instance {
	stores := []string{"primary", "mirror"}
	if w.pool.state == failedOver {
		stores = []string{"backup", "backup-mirror"}
	}
	for _, name := range stores {
		i := w.storeOf(name)
		if i == nil || !i.up {
			continue
		}
		d := i.db(Database)
		if d != nil && d.recovered() && !w.withoutQuorum(i, d) {
			return i
		}
	}
	return nil
}

// Intrude opens sessions that are in the way of exclusive access to a
// database, whatever its state. Each comes back so many times after a KILL.
func (w *World) Intrude(instance, database, program string, sessions, returns int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := w.Instance(instance); i != nil && sessions > 0; sessions-- {
		i.intrude(database, program, returns)
	}
}

func (i *Instance) intrude(database, program string, returns int) {
	s := i.open(i.findLogin(reportLogin), LoginRequest{App: program, Host: "RPT01", PID: 4711})
	s.db, s.returns, s.pooled = database, returns, true
}

const (
	reportLogin  = `LITWARE\svc-report`
	returnsAfter = 2 * time.Second
)

// comeBack lets a session that was in the way try again after a KILL.
func (w *World) comeBack(victim *Session) {
	if victim.returns == 0 {
		return
	}
	w.at(w.Clock.Now().Add(returnsAfter), func(time.Time) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if d := victim.inst.db(victim.db); d != nil && victim.inst.up && d.access != "SINGLE_USER" {
			victim.inst.intrude(victim.db, victim.app, victim.returns-1)
		}
	})
}
