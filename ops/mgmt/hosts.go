package mgmt

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// Hosts are the Windows hosts of one role, in the order of the site file. The
// first that answers is used, and used again until it does not answer any more.
type Hosts struct {
	role      site.Role
	all       []*Host
	preferred atomic.Int64 // index of the host that answered last
}

// NewHosts makes the hosts of a role from the site file. Nothing is contacted.
func NewHosts(s *site.Site, role site.Role, o Options) *Hosts {
	o = o.withDefaults()
	hosts := &Hosts{role: role}
	for _, h := range s.HostsOf(role) {
		hosts.all = append(hosts.all, NewHost(h, o))
	}
	return hosts
}

// All gives the hosts in the order of the site file.
func (s *Hosts) All() []*Host { return s.all }

// Close ends the connections of all hosts.
func (s *Hosts) Close() {
	var all sync.WaitGroup
	for _, h := range s.all {
		all.Go(h.Close)
	}
	all.Wait()
}

// Name gives the host that would be asked first.
func (s *Hosts) Name() string {
	if len(s.all) == 0 {
		return string(s.role)
	}
	return s.all[s.preferred.Load()].Name()
}

// order gives the hosts, the one that answered last first.
func (s *Hosts) order() []*Host {
	first := int(s.preferred.Load())
	var hosts []*Host
	for i := range s.all {
		hosts = append(hosts, s.all[(first+i)%len(s.all)])
	}
	return hosts
}

// first asks one host after the other until one answers, be it with an error:
// only a host that cannot be reached, or accepts and never answers, is passed over.
// What is asked changes nothing.
func (s *Hosts) first(ctx context.Context, ask func(context.Context, *Host) error) (*Host, error) {
	var silent []*fault.Error
	for _, h := range s.order() {
		err := ask(ctx, h)
		if f, away := mute(err); away && ctx.Err() == nil {
			silent = append(silent, f)
			continue
		}
		s.remember(h, err)
		return h, err
	}
	return nil, s.allSilent(silent)
}

// remember lets the next call begin with h, or behind it where it hung.
func (s *Hosts) remember(h *Host, err error) {
	for i := range s.all {
		if s.all[i] == h {
			if fault.Is(err, fault.Timeout) {
				i++
			}
			s.preferred.Store(int64(i % len(s.all)))
		}
	}
}

// unreached reports that the host itself was not reached. A host's own word
// about an unreachable file server has no cause inside.
func unreached(err error) (*fault.Error, bool) {
	f, ok := err.(*fault.Error) //nolint:errorlint // Call gives a bare fault
	return f, ok && f.Class == fault.Unreachable && f.Cause != nil
}

// mute reports that a host was not reached, or took what was asked and kept the
// answer.
func mute(err error) (*fault.Error, bool) {
	f, away := unreached(err)
	return f, away || f != nil && f.Class == fault.Timeout && f.Cause != nil
}

func (s *Hosts) allSilent(silent []*fault.Error) error {
	switch len(silent) {
	case 0:
		return &fault.Error{Class: fault.Config, Tried: "find a Windows host of role " + string(s.role), Do: "name one in the site file (hosts, role " + string(s.role) + ")"}
	case 1:
		return silent[0]
	}
	all := *silent[0]
	var names, texts []string
	for _, f := range silent {
		names = append(names, f.Target)
		texts = append(texts, f.Target+": "+f.Text)
	}
	all.Target, all.Text = strings.Join(names, ", "), fault.Said(texts...)
	return &all
}
