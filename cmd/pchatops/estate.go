package main

import (
	"context"
	"net"
	"sync"
	"time"

	"pchatops/ops/journal"
	"pchatops/ops/lease"
	"pchatops/ops/mgmt"
	"pchatops/ops/mssql"
	"pchatops/ops/process"
	"pchatops/ops/site"
)

// estate is a site with a way to each of its servers.
type estate struct {
	site    *site.Site
	sql     map[site.Role]*mssql.Server
	shell   *mgmt.Shell
	files   *mgmt.Files
	hosts   []*mgmt.Hosts
	options mgmt.Options // of hosts that are made later
	// outlook is the second place from which servers are looked at.
	outlook *mgmt.Outlook
	verdicts
}

// dialer opens a connection.
type dialer func(ctx context.Context, network, address string) (net.Conn, error)

// machine is where a console runs: its process, what it can tell of those beside
// it, and its network.
type machine struct {
	self func() lease.Process
	gone func(lease.Process) bool
	dial dialer // nil: that of the system
}

var thisMachine = &machine{self: process.Self, gone: process.Gone}

// reach makes the clients of a site's servers; they connect when first used.
// token names the incident, so that a console that is started again finds the
// jobs of the one before.
func (a ask) reach(token string) *estate {
	s, on := a.site, a.on
	if on == nil {
		on = thisMachine
	}
	e := &estate{site: s, sql: map[site.Role]*mssql.Server{}}
	run := lease.NewRun(on.self(), token)
	for _, in := range s.Instances {
		e.sql[in.Role] = mssql.New(mssql.Config{Instance: in, Database: s.Database, Site: s, Secrets: a.secrets, Connect: s.Intervals.Connect, Run: run, Gone: on.gone, Dial: on.dial})
	}
	o := mgmt.Options{Secret: a.secrets.Resolve, Connect: s.Intervals.Connect, Dial: on.dial, Token: token, Run: run.String(), By: journal.Myself(time.Now()).String(), Refused: mgmt.NewRefusals()}
	e.options, e.outlook = o, mgmt.NewOutlook(s, o)
	management, own := mgmt.NewHosts(s, site.Management, o), mgmt.NewHosts(s, site.Secondary, o)
	e.shell, e.files, e.hosts = mgmt.NewShell(s, management, o), mgmt.NewFiles(own, o), []*mgmt.Hosts{management, own}
	return e
}

// close ends all connections.
func (e *estate) close() {
	for _, s := range e.sql {
		_ = s.Close() // nothing is left to be said to it
	}
	var all sync.WaitGroup
	for _, h := range e.hosts {
		all.Go(h.Close)
	}
	all.Go(e.outlook.Close)
	all.Wait()
}

// chatService asks a chat server's service what it says of itself, where the
// server is one of the site's Windows hosts.
func (e *estate) chatService(ctx context.Context, fqdn string) (string, error) {
	for _, h := range e.hosts {
		if state, err := h.ChatService(ctx, fqdn); state != "" || err != nil {
			return state, err
		}
	}
	return "", nil
}
