package lab

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"time"

	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/tds"
	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/windows"
	"pchatops/ops/lab/world"
	"pchatops/ops/lab/wsman"
)

// The accounts and names of the simulated Windows domain.
const (
	netbios  = "LITWARE"
	operator = "ops"
	loopback = "127.0.0.1:0"
	validity = 365 * 24 * time.Hour
)

// management are the hosts with the Management Shell.
var management = []struct{ name, dataCentre string }{{"FE01", "dc1"}, {"FE11", "dc2"}}

func (l *Lab) addNodes() error {
	for _, i := range l.world.Instances() {
		if err := l.addInstance(i); err != nil {
			return err
		}
	}
	for _, m := range management {
		module := "Lync"
		if l.world.Config().Product != "lync-2013" {
			module = "SkypeForBusiness"
		}
		if err := l.addHost(m.name, m.dataCentre, "management", module); err != nil {
			return err
		}
	}
	for _, role := range []string{world.Primary, world.Mirror, world.Secondary, world.SecondaryMirror} {
		i := l.world.Instance(role)
		if err := l.addHost(i.Host(), i.DataCentre(), role); err != nil {
			return err
		}
	}
	return nil
}

// addInstance puts an instance on the network.
func (l *Lab) addInstance(i *world.Instance) error {
	link, certificate, err := l.listen(i.FQDN())
	if err != nil {
		return err
	}
	server := &tds.Server{
		Name: i.Name(), Version: i.Version().Product, TLS: certificate, Tap: l.tap, Say: i.Said,
		Partner:    func(database string) string { return l.partner(i, database) },
		Integrated: func() tds.Negotiation { return &windowsLogon{l.acceptor(i.Host())} },
		Authenticate: func(_ context.Context, who tds.Login) (tsql.Host, func(), *tsql.Error) {
			return i.Login(world.LoginRequest{
				User: who.User, Password: who.Password, Trusted: who.Trusted, Database: who.Database,
				App: who.App, Host: who.Host, PID: who.PID, Address: who.Address.String(), Encrypted: who.Encrypted, Killed: who.Disconnect,
			})
		},
	}
	l.nodes = append(l.nodes, &node{
		name: i.Name(), machine: i.Host(), dataCentre: i.DataCentre(), link: link,
		serve: func(ctx context.Context) error { return server.Serve(ctx, link) },
	})
	host, port := endpoint(link)
	l.description.Instances = append(l.description.Instances, InstanceEndpoint{
		Role: i.Role(), Name: i.Name(), Host: host, Port: port, User: "sa", Password: i.Password("sa"),
	})
	return nil
}

// partner is the address of a database's mirror as clients dial it. A real
// server names the instance; the lab's have no names that resolve.
func (l *Lab) partner(i *world.Instance, database string) string {
	mirror := i.Partner(database)
	if mirror == nil {
		return ""
	}
	host, port := endpoint(l.node(mirror.Name()).link)
	return fmt.Sprintf("%s,%d", host, port)
}

// addHost puts a Windows host on the network.
func (l *Lab) addHost(name, dataCentre, role string, modules ...string) error {
	link, certificate, err := l.listen(strings.ToLower(name) + "." + world.Domain)
	if err != nil {
		return err
	}
	host := windows.New(windows.Config{
		Name: name, Domain: netbios, DNSDomain: world.Domain, DataCentre: dataCentre, Estate: l.world, Users: l.users, Modules: modules,
		Free:     func(folder string) int64 { return l.free(name, folder) },
		Logon:    l.logon,
		Manners:  func() windows.Manners { return l.mannersOf(name) },
		Reboot:   func() { l.reboots <- name },
		CopyRate: l.world.ShareRate,
		Ahead:    func() time.Duration { return l.world.Skew(name) },
		Tick:     func() time.Time { return time.Now().Add(l.world.Skew(name)) },
	})
	server := &wsman.Server{
		Names: names(name), Users: l.users, Runner: host, TLS: certificate, Basic: true, Tap: l.tap,
	}
	l.nodes = append(l.nodes, &node{
		name: name, machine: name, dataCentre: dataCentre, link: link, windows: host, shells: server.CloseShells,
		serve: func(ctx context.Context) error { return server.Serve(ctx, link) },
	})
	address, port := endpoint(link)
	l.description.Hosts = append(l.description.Hosts, HostEndpoint{
		Role: role, Name: name, Scheme: "https", Host: address, Port: port,
		User: world.Operator, Password: l.password, dataCentre: dataCentre,
	})
	return nil
}

// free is the space on a host's volumes: half a terabyte, unless something was
// said about the one that a folder is on.
func (l *Lab) free(machine, folder string) int64 {
	if free, known := l.world.Free(machine, folder); known {
		return free
	}
	return 500e9
}

// listen opens a link with a certificate of the lab's authority.
func (l *Lab) listen(fqdn string) (*faults.Link, *tls.Config, error) {
	now := time.Now()
	certificate, err := l.authority.Issue(now.Add(-validity), now.Add(validity), "127.0.0.1", fqdn)
	if err != nil {
		return nil, nil, fmt.Errorf("make a certificate for %s: %w", fqdn, err)
	}
	link, err := faults.ListenOn(l.listener, loopback)
	if err != nil {
		return nil, nil, fmt.Errorf("listen for %s: %w", fqdn, err)
	}
	return link, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, GetConfigForClient: l.shows}, nil
}

func endpoint(l *faults.Link) (string, int) {
	a := l.Addr().(*net.TCPAddr)
	return a.IP.String(), a.Port
}
