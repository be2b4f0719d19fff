package world

import (
	"strconv"
	"strings"

	"pchatops/ops/lab/tsql"
)

// alterPartner is ALTER DATABASE … SET PARTNER ….
func (s *Session) alterPartner(d *database, words []string) ([]func(), *tsql.Error) {
	if len(words) == 0 {
		return nil, fail(102, "PARTNER")
	}
	w, i := s.inst.w, s.inst
	p := w.pairOf(i, d)
	if strings.HasPrefix(strings.ToUpper(words[0]), "TCP://") {
		return nil, w.setPartner(i, d, words[0])
	}
	if p == nil {
		return nil, fail(1416, d.name)
	}
	switch words[0] {
	case "OFF":
		w.part(p)
		return nil, nil
	case "SUSPEND":
		p.suspended = true
		w.settle(p)
		return nil, nil
	case "FORCE_SERVICE_ALLOW_DATA_LOSS":
		return nil, w.forceService(p, i)
	case "FAILOVER":
		return w.failOver(p, i)
	}
	return nil, w.alterPrincipal(p, i, words)
}

// alterPrincipal are the options that only the principal takes.
func (w *World) alterPrincipal(p *pair, i *Instance, words []string) *tsql.Error {
	value := ""
	if len(words) > 1 {
		value = words[1]
	}
	switch {
	case p.principal != i:
		return fail(1470, p.database)
	case words[0] == "RESUME":
		if !p.connected() {
			return fail(1447, p.database)
		}
		p.suspended = false
		w.settle(p)
	case words[0] == "SAFETY" && (value == "FULL" || value == "OFF"):
		if !p.connected() {
			return fail(1447, p.database)
		}
		p.full = value == "FULL"
		p.safety++
	case words[0] == "TIMEOUT":
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 || n > 32767 {
			return fail(102, value)
		}
		p.timeout = max(n, 5)
	default:
		return fail(102, words[0])
	}
	return nil
}

// setPartner is the two halves of setting mirroring up: first the mirror names
// the principal, then the principal names the mirror.
func (w *World) setPartner(i *Instance, d *database, address string) *tsql.Error {
	partner := w.byHost(shortHost(address))
	switch {
	case w.pairOf(i, d) != nil:
		return fail(1405, d.name)
	case d.recovery != "FULL":
		return fail(1465, d.name)
	case d.access == "SINGLE_USER":
		return fail(1488, d.name)
	case partner == nil || !partner.up || partner == i:
		return fail(1418, address)
	}
	if d.state == restoring {
		i.names = partner
		return nil
	}
	remote := partner.db(d.name)
	switch {
	case remote == nil || remote.state != restoring:
		return fail(1464, d.name)
	case partner.names != i:
		return fail(1418, address)
	case remote.c.family != d.c.family:
		return fail(1407, d.name)
	case remote.c.fork != d.c.fork:
		return fail(1412, d.name)
	case d.c.logStart == 0 || remote.redo < d.c.logStart:
		return fail(1408, d.name)
	}
	partner.names = nil
	w.join(i, partner, d.name)
	return nil
}

// failOver is SET PARTNER FAILOVER.
func (w *World) failOver(p *pair, i *Instance) ([]func(), *tsql.Error) {
	switch {
	case p.principal != i:
		return nil, fail(1470, p.database)
	case !p.full:
		return nil, fail(1477, p.database)
	case p.state(w.Clock.Now()) != stateSynchronized:
		return nil, fail(1422, p.database)
	}
	return w.swap(p), nil
}

// forceService is SET PARTNER FORCE_SERVICE_ALLOW_DATA_LOSS on the mirror.
func (w *World) forceService(p *pair, i *Instance) *tsql.Error {
	switch {
	case p.mirror != i:
		return fail(1455, p.database)
	case p.principal.up:
		return fail(1455, p.database)
	case p.witness != nil && !p.witness.up:
		return fail(1406, p.database)
	}
	w.swap(p) // its sessions went with the instance
	p.suspended, p.apart = true, true
	d := i.db(p.database)
	d.c.branch(w.guid())
	return nil
}

// alterWitness is ALTER DATABASE … SET WITNESS ….
func (s *Session) alterWitness(d *database, words []string) *tsql.Error {
	w := s.inst.w
	p := w.pairOf(s.inst, d)
	switch {
	case len(words) != 1:
		return fail(102, "WITNESS")
	case p == nil:
		return fail(1416, d.name)
	case p.principal != s.inst:
		return fail(1470, d.name)
	case words[0] == "OFF" && p.witness == nil:
		return fail(1439, d.name)
	case words[0] == "OFF":
		p.witness = nil
		return nil
	}
	witness := w.byHost(shortHost(words[0]))
	switch {
	case witness == nil || witness == p.principal || witness == p.mirror:
		return fail(1418, words[0])
	case !witness.up || p.state(w.Clock.Now()) != stateSynchronized:
		return fail(1426)
	}
	p.witness = witness
	return nil
}
