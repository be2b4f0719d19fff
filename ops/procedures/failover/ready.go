package failover

import (
	"context"
	"fmt"
	"slices"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
)

// What Install-CsMirrorDatabase makes where a server has no endpoint for mirroring.
const (
	partnerPort = 5022
	witnessPort = 7022
)

const (
	mirroringEndpoint = "DATABASE_MIRRORING"
	started           = "STARTED"
)

// ready are the gates of what the cmdlet meets only after it has dropped what lies on
// the mirror: share, ports and endpoints. They are looked at when F6 is planned, which
// is after chat is back.
func (f *failover) ready(ctx context.Context) (gates []engine.Gate) {
	type on struct {
		role site.Role
		port int
		as   string
	}
	for _, o := range []on{{site.Secondary, partnerPort, "PARTNER"}, {site.SecondaryMirror, partnerPort, "PARTNER"}, {site.SecondaryWitness, witnessPort, "WITNESS"}} {
		in, ok := f.Site.Instance(o.role)
		sql := f.Shipping[o.role]
		if !ok || sql == nil {
			continue
		}
		if o.role != site.SecondaryWitness {
			gates = append(gates, f.shareSeen(ctx, in, sql))
		}
		gates = append(gates, f.endpoint(ctx, o.role, in, sql, o.port, o.as))
	}
	return gates
}

// shareSeen is the gate that the account of a SQL Server sees the share.
func (f *failover) shareSeen(ctx context.Context, in site.Instance, sql procedures.Surveyor) engine.Gate {
	g := engine.Gate{
		Name: "mirror share from " + in.Address(), Want: f.Site.ShareOfMirrors() + ", which the accounts of both SQL Servers and Agents read and write",
		Do: "make it reachable, or name another share in mirror_share of the site file: one that did not stand in the lost data centre",
	}
	seen, err := sql.Look(ctx, f.Site.ShareOfMirrors())
	switch {
	case err != nil:
		g.Seen = err.Error()
	case !seen.Folder:
		g.Seen = "its service account sees no folder " + f.Site.ShareOfMirrors()
	default:
		g.Holds, g.Seen = true, "its service account sees the folder"
	}
	return g
}

// endpoint is the gate of a server's way to its partners. An endpoint that exists is
// used with its own port, whatever its name.
func (f *failover) endpoint(ctx context.Context, r site.Role, in site.Instance, sql procedures.Surveyor, port int, as string) engine.Gate {
	g := engine.Gate{Name: "mirroring endpoint of " + in.Address(), Want: fmt.Sprintf("one that is STARTED for role %s or ALL, or none and port %d free", as, port)}
	all, err := sql.Endpoints(ctx)
	if err != nil {
		g.Seen, g.Do = err.Error(), "give the console's login the server role sysadmin, or try again"
		return g
	}
	if n := slices.IndexFunc(all, func(e procedures.Endpoint) bool { return e.Type == mirroringEndpoint }); n >= 0 {
		e := all[n]
		g.Seen = fmt.Sprintf("%s on port %d, %s, role %s", e.Name, e.Port, e.State, e.Role)
		switch {
		case e.State != started:
			g.Do = fmt.Sprintf("on %s: ALTER ENDPOINT [%s] STATE = STARTED", in.Address(), e.Name)
		case e.Role != as && e.Role != "ALL":
			g.Do = fmt.Sprintf("on %s: ALTER ENDPOINT [%s] FOR DATABASE_MIRRORING (ROLE = ALL)", in.Address(), e.Name)
		default:
			f.way(ctx, &g, r, e.Port)
		}
		return g
	}
	g.Seen = "none yet"
	for _, e := range all {
		if e.Port == port {
			g.Seen = fmt.Sprintf("none, and port %d is taken by the endpoint %s (%s)", port, e.Name, e.Type)
			g.Do = fmt.Sprintf("on %s: give %s another port, or make an endpoint for mirroring on a free one", in.Address(), e.Name)
			return g
		}
	}
	if place, reach, err := f.tryPort(ctx, r, port); err == nil && reach.Landed() {
		g.Seen = fmt.Sprintf("none, and something else answers on port %d, from %s", port, place)
		g.Do = fmt.Sprintf("on %s: find the program that listens on port %d (netstat -ano), and free it", in.Address(), port)
		return g
	}
	g.Holds, g.Seen = true, fmt.Sprintf("none yet: the cmdlet makes one on port %d, which the firewall has to let through", port)
	return g
}

// way asks whether the port of an endpoint can be reached from the other server.
func (f *failover) way(ctx context.Context, g *engine.Gate, r site.Role, port int) {
	if r == site.Secondary { // asked from this very server's data centre: it would reach itself
		g.Holds = true
		return
	}
	place, reach, err := f.tryPort(ctx, r, port)
	in, _ := f.Site.Instance(r)
	switch {
	case err != nil:
		g.Seen += "; whether its port is reached cannot be asked: " + err.Error()
		g.Override = fmt.Sprintf("port %d of %s is reached from %s", port, in.Address(), f.secondary.Address())
		g.Do = "make a Windows host of that data centre answer, or try the port by hand"
	case !reach.Landed():
		g.Seen += fmt.Sprintf("; %s does not reach that port: %s", place, reach)
		g.Do = fmt.Sprintf("let TCP port %d through between both servers (firewall)", port)
	default:
		g.Holds, g.Seen = true, g.Seen+"; reached from "+place
	}
}

func (f *failover) tryPort(ctx context.Context, r site.Role, port int) (place string, reach fault.Reach, err error) {
	if f.Reach == nil {
		return "", "", &fault.Error{Class: fault.Config, Tried: "try a port", Text: "the site file names no Windows host in " + f.secondary.DataCentre, Do: "add one"}
	}
	ctx, cancel := context.WithTimeout(ctx, f.answer())
	defer cancel()
	return f.Reach(ctx, r, port)
}

// shareTried is the fact that both accounts have used the mirror share in this
// incident: which one.
const shareTried = "mirror share tried"

// trial is the action that tries the share as the two service accounts: one writes a
// small backup there, the other reads it, and it is deleted again. The cmdlet finds
// out only after it has dropped what lies on the mirror.
func (f *failover) trial() []engine.Action {
	here, there := f.Shipping[site.Secondary], f.Shipping[site.SecondaryMirror]
	if here == nil || there == nil || f.Recall(shareTried) == f.Site.ShareOfMirrors() {
		return nil
	}
	p := procedures.Probe{Folder: f.Site.ShareOfMirrors(), Extension: procedures.ProbeExtension(f.Site.Name, f.db, f.secondary.Address(), "mirror")}
	write, read, clean := here.WriteProbe(p, true), there.ReadProbe(p), here.DeleteProbe(p)
	a := write
	a.ID, a.Trial = "try "+f.Site.ShareOfMirrors(), true
	a.Text = fmt.Sprintf("%s\n-- on %s:\n%s\n-- on %s:\n%s", write.Text, read.Target, read.Text, clean.Target, clean.Text)
	a.Do = func(ctx context.Context, r engine.Reporter) error {
		if err := write.Do(ctx, r); err != nil {
			return err
		}
		err := read.Do(ctx, r)
		if left := clean.Do(context.WithoutCancel(ctx), r); left != nil {
			r.Log("the probe is left in " + p.Folder + ": " + left.Error())
		}
		if err != nil {
			return err
		}
		return r.Keep(engine.Fact{Name: shareTried, Value: f.Site.ShareOfMirrors()})
	}
	return []engine.Action{a}
}
