package lab

import (
	"context"
	"fmt"
	"time"

	"pchatops/ops/lab/world"
)

// ctlJobs lets the detached jobs of a Windows host fail.
func (l *Lab) ctlJobs(v map[string]string) (any, error) {
	n := l.node(v["host"])
	if n == nil || n.windows == nil {
		return nil, fmt.Errorf("no Windows host %q", v["host"])
	}
	return nil, n.windows.SetJobs(v["state"])
}

// rebooting is how long a host is away that reboots, of the lab's time.
const rebooting = 20 * time.Second

// rebootEach switches machines that are to reboot off and on again.
func (l *Lab) rebootEach(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case name := <-l.reboots:
			l.turn(name, "false")
			if l.world.Wait(ctx, rebooting) == nil {
				l.turn(name, "true")
			}
		}
	}
}

// turn switches the power of a machine that is there.
func (l *Lab) turn(name, on string) {
	_, _ = l.ctlPower(map[string]string{"target": l.machine(name), "on": on, "how": string(world.Refuses)})
}

// machine is the name under which a host's power is switched: the instance on it,
// if there is one.
func (l *Lab) machine(name string) string {
	for _, i := range l.world.Instances() {
		if i.Host() == name {
			return i.Name()
		}
	}
	return name
}
