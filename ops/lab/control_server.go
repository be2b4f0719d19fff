package lab

import (
	"crypto/tls"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/world"
)

// serverCommands are faults of the servers themselves, which were there before any
// disaster.
var serverCommands = map[string]command{
	"certificate": {
		`node=SQL11\RTC|FE11|… kind=good|expired|early|other-name|no-name|sha1|foreign [tls=1.0|1.1|1.2]: the certificate that a server shows, and the newest TLS that it speaks`,
		(*Lab).ctlCertificate,
	},
	"endpoint": {`instance=SQL12\RTC state=STARTED|STOPPED|none|taken [role=ALL|PARTNER|WITNESS] [encryption=true|false] [name=Hadr_endpoint] [port=5023]: its database mirroring endpoint; taken: it has none, and Service Broker listens on its port`, (*Lab).ctlEndpoint},
	"folder":   {`instance=SQL12\RTC there=true|false: the default folder for data and log files`, (*Lab).ctlFolder},
	"setup": {
		"host=FE11 [without=RTCUniversalServerAdmins] (a group that the accounts of jobs are not in) [module=absent|there] [cmdlet=NAME/PARAMETER] (which it lacks; NAME/: the cmdlet) " +
			"[stuck=share|copy-folder|mirror-share] (a folder on which a probe hangs) [whatif=ignored|heeded]: what is wrong with how a Windows host was set up",
		(*Lab).ctlSetup,
	},
	"release": {`instance=SQL11\RTC version=2008r2|2012|2014|2016: another release of SQL Server`, (*Lab).ctlRelease},
}

func init() { // a table of its own, so that the first stays readable
	maps.Copy(commands, serverCommands)
}

// certificates make what a server may show, by kind.
var certificates = map[string]func(a *faults.Authority, now time.Time, name string) (tls.Certificate, error){
	"good": func(a *faults.Authority, now time.Time, name string) (tls.Certificate, error) {
		return a.Issue(now.Add(-validity), now.Add(validity), "127.0.0.1", name)
	},
	"expired": func(a *faults.Authority, now time.Time, name string) (tls.Certificate, error) {
		return a.Issue(now.Add(-2*validity), now.Add(-24*time.Hour), "127.0.0.1", name)
	},
	"early": func(a *faults.Authority, now time.Time, name string) (tls.Certificate, error) {
		return a.Issue(now.Add(24*time.Hour), now.Add(validity), "127.0.0.1", name)
	},
	"other-name": func(a *faults.Authority, now time.Time, _ string) (tls.Certificate, error) {
		return a.Issue(now.Add(-validity), now.Add(validity), "old-name."+world.Domain)
	},
	"no-name": func(a *faults.Authority, now time.Time, name string) (tls.Certificate, error) {
		return a.IssueNameless(now.Add(-validity), now.Add(validity), name)
	},
	"sha1": func(a *faults.Authority, now time.Time, name string) (tls.Certificate, error) {
		return a.IssueSHA1(now.Add(-validity), now.Add(validity), "127.0.0.1", name)
	},
	"foreign": func(_ *faults.Authority, now time.Time, name string) (tls.Certificate, error) {
		other, err := faults.NewAuthority("somebody else", now)
		if err != nil {
			return tls.Certificate{}, err
		}
		return other.Issue(now.Add(-validity), now.Add(validity), "127.0.0.1", name)
	},
}

var tlsVersions = map[string]uint16{"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12}

// ctlCertificate lets a server show another certificate, or speak an older TLS,
// from the next connection on.
func (l *Lab) ctlCertificate(v map[string]string) (any, error) {
	n := l.node(v["node"])
	newest, known := tlsVersions[or(v["tls"], "1.2")]
	make, made := certificates[or(v["kind"], "good")]
	switch {
	case n == nil:
		return nil, fmt.Errorf("no node %q", v["node"])
	case !known:
		return nil, fmt.Errorf("tls=%q: 1.0, 1.1 or 1.2", v["tls"])
	case !made:
		return nil, fmt.Errorf("kind=%q: %s", v["kind"], strings.Join(slices.Sorted(maps.Keys(certificates)), ", "))
	}
	fqdn := strings.ToLower(n.machine) + "." + world.Domain
	c, err := make(l.authority, time.Now(), fqdn)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shown == nil {
		l.shown = map[string]*tls.Config{}
	}
	l.shown[n.link.Addr().String()] = &tls.Config{
		Certificates: []tls.Certificate{c}, MinVersion: tls.VersionTLS10, MaxVersion: newest, SessionTicketsDisabled: true, //nolint:gosec // that is the fault
	}
	return nil, nil
}

// shows is what a server shows to who connects where it listens; nil: what it
// always did.
func (l *Lab) shows(hello *tls.ClientHelloInfo) (*tls.Config, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.shown[hello.Conn.LocalAddr().String()], nil
}

func (l *Lab) ctlEndpoint(v map[string]string) (any, error) {
	port, err := strconv.Atoi(or(v["port"], "0"))
	if err != nil {
		return nil, fmt.Errorf("port=%q: a number", v["port"])
	}
	e := world.Endpoint{State: v["state"], Role: v["role"], Plain: v["encryption"] == "false", Name: v["name"], Port: port}
	return nil, l.world.SetEndpoint(v["instance"], e)
}

func (l *Lab) ctlFolder(v map[string]string) (any, error) {
	there, err := flag(v, "there")
	if err != nil {
		return nil, err
	}
	return nil, l.world.SetDataFolder(v["instance"], there)
}

func (l *Lab) ctlRelease(v map[string]string) (any, error) {
	releases := map[string]world.Version{"2008r2": world.SQL2008R2, "2012": world.SQL2012, "2014": world.SQL2014, "2016": world.SQL2016}
	r, known := releases[strings.ToLower(v["version"])]
	if !known {
		return nil, fmt.Errorf("version=%q: 2008r2, 2012, 2014 or 2016", v["version"])
	}
	return nil, l.world.SetRelease(v["instance"], r)
}

func (l *Lab) ctlSetup(v map[string]string) (any, error) {
	n := l.node(v["host"])
	if n == nil || n.windows == nil {
		return nil, fmt.Errorf("no Windows host %q", v["host"])
	}
	for what, value := range v {
		if what == "host" {
			continue
		}
		if err := n.windows.Misfit(what, value); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// Leftovers are what probes have left on the Windows hosts.
func (l *Lab) Leftovers() (out []string) {
	for _, n := range l.nodes {
		if n.windows != nil {
			out = append(out, n.windows.Leftovers()...)
		}
	}
	return out
}
