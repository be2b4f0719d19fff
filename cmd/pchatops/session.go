package main

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
	"pchatops/ops/journal"
	"pchatops/ops/probe"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// session is a live incident with everything under it.
type session struct {
	*estate
	incident *incident.Incident
	lease    *lease
	journal  *journal.Journal
	lock     *journal.Lock
	served   chan error

	stop context.CancelFunc // of the probe and the lease
	jobs sync.WaitGroup
}

// ask says how a session is to be opened.
type ask struct {
	site      *site.Site
	procedure string
	step      string // the only one that is wanted; "": all
	dir       string // of the journals
	secrets   *site.Secrets
	servers   []string // active servers for F7; none: all of the data centre
	lab       bool
	observe   bool // a console may watch where somebody else drives
	live      bool // poll the servers, and infer where steps stand
	// drawn is closed once the screen is there: the first poll would compete
	// with it for the processor. nil: poll at once.
	drawn <-chan struct{}
}

// open takes the site's lock and begins or goes on with its incident.
func open(ctx context.Context, a ask) (*session, error) {
	me := journal.Myself(time.Now())
	me.Procedure = a.procedure
	lock, err := journal.Acquire(a.dir, a.site.Name, me)
	var held *journal.HeldError
	switch {
	case errors.As(err, &held) && a.observe:
		return watch(ctx, a, held)
	case errors.As(err, &held):
		return nil, &exit{exitHeld, err}
	case err != nil:
		return nil, err
	}
	chronicle := incident.NewChronicle()
	opening := journal.Opening{
		ID: journal.NewID(a.site.Name, a.procedure, time.Now()), Site: a.site.Name, Procedure: a.procedure, Version: version, Lab: a.lab,
	}
	j, err := journal.OpenLatest(a.dir, opening, journal.Options{By: me.User}, chronicle.Apply)
	if err != nil {
		return nil, errors.Join(err, lock.Release())
	}
	s := &session{lease: newLease(), journal: j, lock: lock}
	s.estate = reach(a.site, a.secrets, incidentID(j))
	cfg := incident.Config{Journal: j, Lease: s.lease, By: me.User, Infer: a.live}
	if err := s.start(ctx, a, chronicle, cfg); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// watch follows the journal of the console that drives.
func watch(ctx context.Context, a ask, held *journal.HeldError) (*session, error) {
	info, found, err := journal.Latest(a.dir, a.site.Name, a.procedure)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, &exit{exitHeld, held}
	}
	s := &session{estate: reach(a.site, a.secrets, "observer")}
	cfg := incident.Config{ReadOnly: held.Error(), By: held.Holder.User, Presence: presence(a.dir, a.site.Name, a.procedure)}
	cfg.Follow = func(ctx context.Context, apply func(journal.Line) error, idle func()) error {
		tick := time.NewTicker(250 * time.Millisecond)
		defer tick.Stop()
		return journal.Tail(ctx, info.Path, tick.C, apply, idle)
	}
	if err := s.start(ctx, a, incident.NewChronicle(), cfg); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// start makes the incident's owner, the probe and the keeper of the lease. They
// outlive ctx: a step under way is ended by nothing but its own end.
func (s *session) start(ctx context.Context, a ask, chronicle *incident.Chronicle, cfg incident.Config) error {
	p, err := s.procedure(a.procedure, chronicle.Recall, a.servers)
	if err != nil {
		return err
	}
	if _, err := oneOf(p.Steps, a.step); err != nil {
		return err
	}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	cfg.Site, cfg.Procedure, cfg.Chronicle, cfg.Lab = a.site, &p, chronicle, a.lab
	cfg.Diagnose, cfg.Measure = status.Diagnose, status.Measure
	if a.live {
		prober := s.prober()
		cfg.Poll, cfg.Snapshots = prober.Poll, s.follow(run, prober, a.drawn)
	}
	if s.lease != nil {
		s.jobs.Go(func() { s.lease.keep(run, s.sql[site.Secondary], a.site.Name) })
	}
	s.incident, s.served = incident.New(cfg), make(chan error, 1)
	go func() { s.served <- s.incident.Serve(context.WithoutCancel(ctx)) }()
	return nil
}

// follow runs the probe, once begin is closed, and keeps its newest snapshot for
// the gates.
func (s *session) follow(ctx context.Context, p *probe.Prober, begin <-chan struct{}) <-chan *status.Snapshot {
	out := make(chan *status.Snapshot, 1)
	s.jobs.Go(func() {
		if begin != nil {
			select {
			case <-begin:
			case <-ctx.Done():
			}
		}
		p.Run(ctx)
	})
	s.jobs.Go(func() {
		defer close(out)
		for snapshot := range p.Updates() {
			s.seen.Store(snapshot)
			select {
			case <-out: // nobody took the one before
			default:
			}
			out <- snapshot
		}
	})
	return out
}

// close lets the step under way run to its end, and gives everything back.
func (s *session) close() error {
	var err error
	if s.incident != nil {
		s.incident.Shutdown()
		err = <-s.served
	}
	if s.stop != nil {
		s.stop()
	}
	s.jobs.Wait()
	s.estate.close()
	if s.journal != nil {
		err = errors.Join(err, s.journal.Close())
	}
	if s.lock != nil {
		err = errors.Join(err, s.lock.Release())
	}
	return err
}

// incidentID is the id in the name of a journal.
func incidentID(j *journal.Journal) string {
	name := filepath.Base(j.Path())
	return name[:len(name)-len(filepath.Ext(name))]
}

// lines turns the events of a run into what run and rehearse print.
func (o output) events(e engine.Event) {
	switch e.Type {
	case engine.EventAction, engine.EventStep:
		o.line(e.Record, describe(e))
	case engine.EventLog:
		if !o.json {
			o.line(nil, e.Step+"  "+e.Line)
		}
	default: // plans, intents and progress are the journal's and the screen's
	}
}
