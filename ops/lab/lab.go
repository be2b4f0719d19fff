// Package lab is the simulated site as real servers on loopback: SQL Server
// instances that speak TDS, Windows hosts that speak WinRM, one world
// underneath, and a control port for its clock and its faults. Engineers train
// on it and tests run on it; it shares no code with what it tests.
package lab

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/scenario"
	"pchatops/ops/lab/windows"
	"pchatops/ops/lab/world"
)

// Options say which site to start.
type Options struct {
	Scenario   string
	Situation  *scenario.Scenario // instead of one by its name
	Seed       uint64
	Speed      float64   // of the clock; 0 stands still
	Dir        string    // folder of the site; "": a temporary one, removed by Close
	Product    string    // "": lync-2013
	Start      time.Time // what its clock shows when it begins to live; 0: now
	Version    world.Version
	Pace       world.Pace
	History    time.Duration // how long log shipping has run; 0: six hours
	Interval   time.Duration // of the log shipping jobs; 0: a quarter of an hour
	MirrorTime time.Duration // how long Install-CsMirrorDatabase takes; 0: two minutes

	// OnRequest decides what becomes of each request that reaches a server. It
	// is called from many goroutines.
	OnRequest func(Request) Verdict
	// OnConsole starts a second console, where a scenario has one.
	OnConsole func(procedure string) error

	// Listen is the site's network; nil: this machine's loopback.
	Listen faults.Listener
}

// Request is what OnRequest is asked about.
type Request = faults.Request

// Verdict is what it answers.
type Verdict = faults.Verdict

// Lab is a running site.
type Lab struct {
	dir         string
	temporary   bool
	scenario    scenario.Scenario
	listener    faults.Listener
	world       *world.World
	authority   *faults.Authority
	description Description
	password    string // of LITWARE\ops
	tap         *faults.Tap
	play        *play
	console     func(procedure string) error

	reboots chan string // machines that are to reboot
	mu      sync.Mutex
	nodes   []*node
	shown   map[string]*tls.Config     // by where a server listens: what it shows instead of its own certificate
	dark    map[string]world.Death     // Windows hosts that were switched off by themselves
	domain  map[string]*account        // by name in lower case
	manners map[string]windows.Manners // of Windows hosts, by machine
	running sync.WaitGroup
	end     context.CancelFunc
	alive   <-chan struct{} // closed when the world stands still
}

// node is one server of the site behind its link.
type node struct {
	name       string // `SQL11\RTC` or FE11
	machine    string // SQL11
	dataCentre string
	link       *faults.Link
	windows    *windows.Host // nil for SQL Server
	off        bool          // without power
	fell       bool          // off, when its link was last told
	apart      bool          // beyond a line that is cut
	shells     func()        // ends its WinRM shells
	serve      func(context.Context) error
}

// Start builds a site in the state of a scenario and serves it until Close.
func Start(ctx context.Context, o Options) (*Lab, error) {
	if o.Situation == nil {
		s, err := scenario.Find(o.Scenario)
		if err != nil {
			return nil, err
		}
		o.Situation = &s
	}
	s := *o.Situation
	if o.Listen == nil {
		o.Listen = faults.TCP
	}
	l := &Lab{
		reboots:  make(chan string, 8),
		scenario: s, dir: o.Dir, listener: o.Listen, console: o.OnConsole,
		dark: map[string]world.Death{}, password: fmt.Sprintf("Lab-ops-%08x", o.Seed*2654435761+17),
	}
	l.domain, l.manners = map[string]*account{operator: {password: l.password, state: "ok"}}, map[string]windows.Manners{}
	l.play = l.newPlay(s.When)
	l.tap = faults.NewTap(l.asks(o.OnRequest))
	if err := l.begin(ctx, o); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func (l *Lab) begin(ctx context.Context, o Options) (err error) {
	if l.dir == "" {
		l.temporary = true
		if l.dir, err = os.MkdirTemp("", "pchatops-lab-"); err != nil {
			return err
		}
	}
	at := l.scenario.Site
	unless(&o.History, at.History)
	unless(&o.Interval, at.Interval)
	unless(&o.MirrorTime, at.MirrorTime)
	unless(&o.MirrorTime, 2*time.Minute)
	if o.Start.IsZero() {
		o.Start = time.Now()
	}
	l.world, err = world.New(world.Config{
		Seed: o.Seed, Dir: l.dir, Start: o.Start.Add(-l.scenario.Elapses()), Product: o.Product, Version: o.Version, Pace: o.Pace,
		History: o.History, Interval: o.Interval, MirrorTime: o.MirrorTime, Bare: at.Bare, Monitor: at.Monitor, OnPower: l.power,
	})
	if err != nil {
		return err
	}
	if l.authority, err = faults.NewAuthority("pchatops lab", time.Now()); err != nil {
		return err
	}
	if err := l.addNodes(); err != nil {
		return err
	}
	if err := l.writeFiles(); err != nil {
		return err
	}
	if err := l.world.AtOnce(func() error { return l.Perform(l.scenario.Start) }); err != nil {
		return fmt.Errorf("prepare the scenario %s: %w", l.scenario.Name, err)
	}
	return l.live(ctx, o.Speed)
}

// live starts the servers, the control port and the clock.
func (l *Lab) live(ctx context.Context, speed float64) error {
	run, end := context.WithCancel(context.WithoutCancel(ctx))
	l.end = end
	for _, n := range l.nodes {
		l.running.Go(func() { _ = n.serve(run) }) // ends with run; a listener of ours does not fail before
	}
	if err := l.serveControl(run); err != nil {
		return err
	}
	l.running.Go(func() { l.rebootEach(run) })
	l.world.Clock.SetSpeed(speed)
	l.alive = l.world.Start(run)
	if l.play.timed() {
		l.running.Go(func() { l.play.watch(run) })
	}
	return nil
}

// asks is who decides on requests: what the scenario decides stands.
func (l *Lab) asks(next func(Request) Verdict) func(Request) Verdict {
	if !slices.ContainsFunc(l.scenario.When, func(e scenario.Event) bool { return e.Request != nil }) {
		return next
	}
	return func(r Request) Verdict {
		var v Verdict
		if next != nil { // it sees the site as the request found it
			v = next(r)
		}
		if own, decided := l.play.request(r); decided {
			return own
		}
		return v
	}
}

// unless gives a duration that was left open its value.
func unless(d *time.Duration, value time.Duration) {
	if *d == 0 {
		*d = value
	}
}

// Close ends everything that the site runs, and removes its folder if it was a
// temporary one.
func (l *Lab) Close() error {
	if l.end != nil {
		l.end()
	}
	if l.world != nil {
		l.world.Mend() // what hangs goes on
	}
	for _, n := range l.nodes {
		_ = n.link.Close() // never fails
		if n.windows != nil {
			n.windows.Close()
		}
	}
	l.running.Wait()
	if l.alive != nil {
		<-l.alive
	} else if l.world != nil {
		l.world.Close()
	}
	if l.temporary && l.dir != "" {
		return os.RemoveAll(l.dir)
	}
	return nil
}

// Describe says where everything listens.
func (l *Lab) Describe() Description { return l.description }

// Scenario is the state in which the site was started.
func (l *Lab) Scenario() scenario.Scenario { return l.scenario }

// World is what the servers stand on.
func (l *Lab) World() *world.World { return l.world }

// Path is a file of the site's folder.
func (l *Lab) Path(name string) string { return filepath.Join(l.dir, name) }

// Link is the way to a server: `SQL11\RTC` is SQL Server, SQL11 or FE11 the
// Windows host. nil: there is none of that name.
func (l *Lab) Link(name string) *faults.Link {
	if n := l.node(name); n != nil {
		return n.link
	}
	return nil
}

func (l *Lab) node(name string) *node {
	for _, n := range l.nodes {
		if n.name == name {
			return n
		}
	}
	return nil
}
