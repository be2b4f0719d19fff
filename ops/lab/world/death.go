package world

import (
	"context"
	"strings"
	"time"
)

// Death is how a server that is down looks to whoever connects to it.
type Death string

// The deaths. What was connected is reset by a server that refuses, and hears
// nothing any more from the others.
const (
	Refuses Death = "refused" // its host answers: nothing listens
	Silent  Death = "silent"  // nobody answers the SYN
	Deaf    Death = "deaf"    // connections are accepted, and nothing is ever answered
)

// Deaths are all of them.
var Deaths = []Death{Refuses, Silent, Deaf}

// Fell is PowerOff with the death that is wanted.
func (w *World) Fell(target string, how Death) error { return w.power(target, false, how) }

// Perish is PowerOff with a death that the seed draws from those that nobody can
// take for life.
func (w *World) Perish(target string) error {
	return w.Fell(target, []Death{Refuses, Silent}[w.cfg.Seed%2])
}

// Death is how the instance looks while it is down.
func (i *Instance) Death() Death {
	i.w.mu.Lock()
	defer i.w.mu.Unlock()
	return i.death
}

// Sever cuts a data centre off from the others, or joins it again. The console
// is no part of this world.
func (w *World) Sever(dataCentre string, on bool) {
	w.locked(func() { w.faults.severed[dataCentre] = on })
}

// The socket errors of Windows.
const (
	socketTimedOut = 10060
	socketRefused  = 10061
	hostNotFound   = 11001
)

// Connect is an attempt to connect from a data centre to SQL Server on a
// machine, in the lab's time: 0, or the number of the socket error. A machine
// has one instance, which has all its ports: the console's may be a proxy's.
func (w *World) Connect(ctx context.Context, from, machine string, patience time.Duration) (int, error) {
	number := w.connect(from, machine)
	if number == socketTimedOut {
		return number, w.Wait(ctx, patience)
	}
	return number, nil
}

func (w *World) connect(from, machine string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	i, severed := w.byHost(shortHost(machine)), w.faults.severed
	switch {
	case i == nil || strings.Contains(machine, ".") && !strings.EqualFold(machine, i.FQDN()):
		return hostNotFound
	case from != i.dataCentre && (severed[from] || severed[i.dataCentre]):
		return socketTimedOut
	case i.up || i.death == Deaf:
		return 0
	case i.death == Silent:
		return socketTimedOut
	}
	return socketRefused
}
