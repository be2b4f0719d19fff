package lab

import (
	"fmt"
	"slices"

	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/world"
)

// power lets links and Windows hosts follow the power of the instances. A
// management host has power as long as any instance of its data centre has.
func (l *Lab) power(string, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, n := range l.nodes {
		death, dead := l.death(n)
		if n.off == dead {
			continue
		}
		n.off = dead
		l.reach(n, death)
		switch {
		case n.windows == nil:
		case dead:
			n.windows.PowerOff()
			n.shells()
		default:
			n.windows.PowerOn()
		}
	}
}

// reach gives the way to a node the state that its power and the network have.
// A machine that has been switched on again knows none of its old connections.
func (l *Lab) reach(n *node, death world.Death) {
	switch {
	case n.apart, n.off && death == world.Silent:
		_ = n.link.Swallow() // the address was ours a moment ago
	case n.off && death == world.Deaf:
		n.link.Hang(true)
	case n.off:
		n.link.Down()
	default:
		if n.fell {
			n.link.Cut()
		}
		n.link.Hang(false)
		_ = n.link.Up() // the address was ours a moment ago
	}
	n.fell = n.off
}

// death tells whether a node is without power, and how that looks.
func (l *Lab) death(n *node) (how world.Death, dead bool) {
	if how, dark := l.dark[n.name]; dark {
		return how, true
	}
	for _, i := range l.world.Instances() {
		if i.Host() != n.machine && (l.world.Instance(n.machine) != nil || i.DataCentre() != n.dataCentre) {
			continue
		}
		if i.On() || n.windows != nil && i.HostOn() {
			return "", false
		}
		how = i.Death()
	}
	return how, true
}

// sever cuts a data centre off from the console, or joins it again.
func (l *Lab) sever(dataCentre string, on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, n := range l.nodes {
		if n.dataCentre == dataCentre && n.apart != on {
			n.apart = on
			death, _ := l.death(n)
			l.reach(n, death)
		}
	}
}

// mend joins every line that is cut, hung or slow. What has no power stays dead.
func (l *Lab) mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, n := range l.nodes {
		n.apart = false
		n.link.SetDelay(0)
		death, _ := l.death(n)
		l.reach(n, death)
		l.world.Sever(n.dataCentre, false)
	}
}

// ctlPartition cuts a data centre off: from the console, from the other data
// centre, or from both.
func (l *Lab) ctlPartition(v map[string]string) (any, error) {
	on, err := flag(v, "on")
	if err != nil {
		return nil, err
	}
	dc, from := v["target"], v["from"]
	known := map[string]bool{}
	for _, i := range l.world.Instances() {
		known[i.DataCentre()] = true
	}
	if !known[dc] {
		return nil, fmt.Errorf("target=%q: a data centre, such as dc1", dc)
	}
	if from != "console" && from != "others" && from != "all" {
		return nil, fmt.Errorf("from=%q: console, others (data centres) or all", from)
	}
	if from != "others" {
		l.sever(dc, on)
	}
	if from != "console" {
		l.world.Sever(dc, on)
	}
	return nil, nil
}

// hostPower switches a Windows host off or on by itself; false: there is none of
// that name that is no SQL Server's.
func (l *Lab) hostPower(name string, on bool, how world.Death) bool {
	n := l.node(name)
	if n == nil || n.windows == nil || l.world.Instance(name) != nil {
		return false
	}
	l.mu.Lock()
	if delete(l.dark, name); !on {
		l.dark[name] = how
	}
	l.mu.Unlock()
	l.power(name, on)
	return true
}

// ctlService stops or starts SQL Server on a machine that stays on.
func (l *Lab) ctlService(v map[string]string) (any, error) {
	on, err := flag(v, "on")
	if err != nil {
		return nil, err
	}
	if on {
		return nil, l.world.StartService(v["instance"])
	}
	return nil, l.world.StopService(v["instance"])
}

func (l *Lab) ctlPower(v map[string]string) (any, error) {
	on, err := flag(v, "on")
	if err != nil {
		return nil, err
	}
	target, how := v["target"], world.Death(or(v["how"], string(world.Refuses)))
	switch {
	case how != "drawn" && !slices.Contains(world.Deaths, how):
		return nil, fmt.Errorf("how=%q: refused, silent, deaf or drawn", how)
	case l.hostPower(target, on, how):
		return nil, nil
	case on:
		return nil, l.world.PowerOn(target)
	case how == "drawn":
		return nil, l.world.Perish(target)
	}
	return nil, l.world.Fell(target, how)
}

// network lets a link behave as a state of ctlNetwork says; false: there is no
// such state.
func network(link *faults.Link, state string) (out any, known bool, err error) {
	switch state {
	case "up":
		link.Hang(false)
		err = link.Up()
	case "down":
		link.Down()
	case "silent":
		err = link.Swallow()
	case "hang":
		link.Hang(true)
	case "half-open":
		out = map[string]int{"cut": link.Strand()}
	case "cut":
		out = map[string]int{"cut": link.Cut()}
	default:
		return nil, false, nil
	}
	return out, true, err
}
