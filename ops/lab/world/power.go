package world

import "fmt"

// PowerOff switches off an instance, or everything in a data centre ("dc1"):
// sessions end, statements and jobs are cut short, mirroring partners notice.
// Whoever connects is refused.
func (w *World) PowerOff(target string) error { return w.power(target, false, Refuses) }

// PowerOn switches it on again, with what its disks hold.
func (w *World) PowerOn(target string) error { return w.power(target, true, "") }

func (w *World) power(target string, on bool, how Death) error {
	w.mu.Lock()
	touched, centre := w.targets(target)
	var ended []func()
	var names []string
	for _, i := range touched {
		if i.up == on && !i.stopped {
			continue
		}
		i.stopped = false
		names = append(names, i.Name())
		if on {
			i.powerOn()
		} else {
			i.death = how
			ended = append(ended, i.powerOff()...)
		}
	}
	if centre {
		w.chat.down[target] = !on
	}
	w.mu.Unlock()
	if len(touched) == 0 {
		return fmt.Errorf("the lab has no instance and no data centre %q", target)
	}
	for _, name := range names {
		if w.cfg.OnPower != nil {
			w.cfg.OnPower(name, on) // before the sessions end: a machine without power says no farewell
		}
	}
	for _, f := range ended {
		f()
	}
	return nil
}

// StopService stops SQL Server and its Agent on a machine that stays on:
// whoever connects is refused by the host.
func (w *World) StopService(instance string) error {
	w.mu.Lock()
	i := w.Instance(instance)
	var ended []func()
	if i != nil && i.up {
		i.stopped, i.death = true, Refuses
		ended = i.powerOff()
	}
	w.mu.Unlock()
	if i == nil {
		return fmt.Errorf("no instance %q", instance)
	}
	for _, f := range ended {
		f()
	}
	if w.cfg.OnPower != nil {
		w.cfg.OnPower(i.Name(), false)
	}
	return nil
}

// StartService starts SQL Server again, on a machine that is on.
func (w *World) StartService(instance string) error {
	i := w.Instance(instance)
	if i == nil || !i.HostOn() {
		return fmt.Errorf("no instance %q on a machine that is on", instance)
	}
	return w.PowerOn(i.Name())
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
	i.up, i.started = true, i.now()
	i.systemSessions()
	i.startUp()
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
