package world

import "fmt"

// PowerOff switches off an instance, or everything in a data centre ("dc1"):
// sessions end, statements and jobs are cut short, mirroring partners notice.
func (w *World) PowerOff(target string) error { return w.power(target, false) }

// PowerOn switches it on again, with what its disks hold.
func (w *World) PowerOn(target string) error { return w.power(target, true) }

func (w *World) power(target string, on bool) error {
	w.mu.Lock()
	touched, centre := w.targets(target)
	var ended []func()
	var names []string
	for _, i := range touched {
		if i.up == on {
			continue
		}
		names = append(names, i.Name())
		if on {
			i.powerOn()
		} else {
			ended = append(ended, i.powerOff()...)
		}
	}
	if centre {
		w.chat.down[target] = !on
	}
	w.mu.Unlock()
	for _, f := range ended {
		f()
	}
	if len(touched) == 0 {
		return fmt.Errorf("the lab has no instance and no data centre %q", target)
	}
	for _, name := range names {
		if w.cfg.OnPower != nil {
			w.cfg.OnPower(name, on)
		}
	}
	return nil
}

func (w *World) targets(target string) (list []*Instance, centre bool) {
	for _, i := range w.instances {
		if i.dataCentre == target {
			list, centre = append(list, i), true
		}
	}
	if i := w.Instance(target); !centre && i != nil {
		list = append(list, i)
	}
	return list, centre
}

func (i *Instance) powerOff() []func() {
	i.up = false
	i.stopAgent()
	var ended []func()
	for len(i.sessions) > 0 {
		ended = append(ended, i.kick(i.sessions[0]))
	}
	i.w.watch(i)
	return ended
}

func (i *Instance) powerOn() {
	i.up, i.started = true, i.w.Clock.Now()
	i.systemSessions()
	i.startAgent(i.started)
	for _, p := range i.w.pairs {
		i.w.settle(p)
	}
}

// StopAgent stops the SQL Server Agent of an instance; its jobs are cut short.
func (w *World) StopAgent(instance string) { w.agentPower(instance, (*Instance).stopAgent) }

// StartAgent starts it again.
func (w *World) StartAgent(instance string) {
	w.agentPower(instance, func(i *Instance) { i.startAgent(w.Clock.Now()) })
}

func (w *World) agentPower(instance string, do func(*Instance)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if i := w.Instance(instance); i != nil {
		do(i)
	}
}
