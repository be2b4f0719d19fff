package main

import (
	"context"
	"sync/atomic"
	"time"

	"pchatops/ops/chain"
	"pchatops/ops/journal"
	"pchatops/ops/mgmt"
	"pchatops/ops/mssql"
	"pchatops/ops/probe"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// estate is a site with a way to each of its servers.
type estate struct {
	site  *site.Site
	sql   map[site.Role]*mssql.Server
	shell *mgmt.Shell
	files *mgmt.Files
	hosts []*mgmt.Hosts
	// seen is what the probe last published.
	seen atomic.Pointer[status.Snapshot]
}

// reach makes the clients of a site's servers; they connect when first used.
// token names the incident, so that a console that is started again finds the
// jobs of the one before.
func reach(s *site.Site, secrets *site.Secrets, token string) *estate {
	e := &estate{site: s, sql: map[site.Role]*mssql.Server{}}
	for _, in := range s.Instances {
		e.sql[in.Role] = mssql.New(mssql.Config{Instance: in, Database: s.Database, Secrets: secrets, Connect: s.Intervals.Connect})
	}
	o := mgmt.Options{Secret: secrets.Resolve, Connect: s.Intervals.Connect, Token: token, By: journal.Myself(time.Now()).String()}
	management, own := mgmt.NewHosts(s, site.Management, o), mgmt.NewHosts(s, site.Secondary, o)
	e.shell, e.files, e.hosts = mgmt.NewShell(s, management, o), mgmt.NewFiles(own, o), []*mgmt.Hosts{management, own}
	return e
}

// close ends all connections.
func (e *estate) close() {
	for _, s := range e.sql {
		_ = s.Close() // nothing is left to be said to it
	}
	for _, h := range e.hosts {
		h.Close()
	}
}

// prober makes the poller of this site.
func (e *estate) prober() *probe.Prober {
	from := probe.Sources{SQL: map[site.Role]probe.SQL{}, Pool: e.shell, Share: shareSource{e}}
	for role, s := range e.sql {
		from.SQL[role] = s
	}
	return probe.New(e.site, from, time.Now)
}

// node gives what the probe last saw of a role.
func (e *estate) node(r site.Role) (status.Node, bool) {
	s := e.seen.Load()
	if s == nil {
		return status.Node{}, false
	}
	n := s.Node(r)
	if n == nil || n.Asked.IsZero() {
		return status.Node{}, false
	}
	return *n, true
}

// shareSource lists share and copy folder for the probe.
type shareSource struct{ *estate }

// Share implements probe.Share.
func (e shareSource) Share(ctx context.Context) (status.Share, error) {
	l, err := e.files.List(ctx, e.site.BackupShare, e.site.CopyFolder)
	if err != nil {
		return status.Share{}, err
	}
	if l.ShareErr != nil {
		return status.Share{}, l.ShareErr
	}
	s := status.Share{Files: len(l.Share)}
	copied := map[string]bool{}
	for _, b := range l.Copied {
		copied[b.Name] = true
	}
	for _, b := range l.Share {
		if !copied[b.Name] {
			s.Uncopied++
		}
		at, ok := chain.Stamp(b.Name)
		if !ok {
			at = b.Modified
		}
		if at.After(s.NewestTime) {
			s.Newest, s.NewestTime = b.Name, at
		}
	}
	return s, nil
}
