package main

import (
	"sync"
	"sync/atomic"

	"pchatops/ops/lab/memnet"
	"pchatops/ops/lease"
)

// living are the consoles that run in this process, by their number, each as a
// process of one simulated machine.
var living sync.Map

var bornSoFar atomic.Uint32

// kinOn makes a console on a host a process of its own, until it ends or its host
// is killed.
func kinOn(host *memnet.Host) (on *machine, end func()) {
	me := lease.Process{Machine: [16]byte{1}, ID: bornSoFar.Add(1), Start: 1}
	living.Store(me.ID, host)
	gone := func(p lease.Process) bool {
		on, lives := living.Load(p.ID)
		return p.Machine == me.Machine && (!lives || !on.(*memnet.Host).Alive())
	}
	return &machine{func() lease.Process { return me }, gone, host.Dial}, func() { living.Delete(me.ID) }
}
