package main

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"pchatops/ops/await"
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
	task     string // the procedure
	incident *incident.Incident
	lease    *right
	journal  *journal.Journal
	lock     *journal.Lock
	served   chan error
	unasked  *unasked         // see record
	known    []status.Finding // that were there before any server was asked
	wayOn    func(context.Context) string

	ended sync.Once // the incident's owner has returned
	end   error     // what it said

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
	observe   bool             // a console may watch where somebody else drives
	asks      bool             // somebody can be asked about an old incident
	resume    string           // the incident to go on with; "": the newest that is unfinished
	fresh     bool             // close those that are unfinished and begin a new one
	clock     func() time.Time // of the journal; nil: the machine's
	live      bool             // poll the servers, and infer where steps stand
	on        *machine         // nil: this one
	// pace is the clock that verdicts go by; nil: the wall clock. patient: gates
	// wait for a verdict, because nobody watches a screen.
	pace    probe.Clock
	patient bool
	// recorder stands before the journal; nil: nothing does.
	recorder func(engine.Recorder) engine.Recorder
	// drawn is closed once the screen is there: the first poll would compete
	// with it for the processor. nil: poll at once.
	drawn <-chan struct{}
}

// open takes the site's lock and begins or goes on with its incident.
func open(ctx context.Context, a ask) (*session, error) {
	ctx, _ = await.With(ctx)
	me := journal.Myself(a.now())
	me.Procedure = a.procedure
	chronicle := incident.NewChronicle()
	lock, err := journal.Acquire(a.dir, opening(a.site, a.procedure, a.now()), me)
	var j record
	if err == nil {
		if j, err = a.record(me.User, chronicle.Apply); err != nil {
			err = errors.Join(err, lock.Release())
		}
	}
	var held *journal.HeldError
	switch {
	case errors.As(err, &held) && a.observe:
		return watch(ctx, a, held)
	case errors.As(err, &held):
		return nil, &exit{exitHeld, err}
	case err != nil:
		return nil, err
	}
	s := &session{task: a.procedure, lease: newRight(), journal: j.Journal, lock: lock, unasked: j.unasked}
	s.estate = a.reach(incidentID(j.Journal))
	cfg := incident.Config{Journal: j, Lease: s.lease, By: me.User, Me: me, Infer: a.live, Old: j.old}
	if a.recorder != nil {
		cfg.Journal = a.recorder(j)
	}
	if err := s.start(ctx, a, chronicle, cfg); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// watch follows the journal of the console that drives.
func watch(ctx context.Context, a ask, held *journal.HeldError) (*session, error) {
	o := opening(a.site, a.procedure, a.now())
	found, err := journal.Unfinished(a.dir, o)
	if err != nil {
		return nil, err
	}
	if other := held.Holder.Procedure; len(found) == 0 && other != a.procedure && slices.Contains(procedureNames, other) {
		a.procedure = other // there is nothing else to watch
		return watch(ctx, a, held)
	}
	if len(found) == 0 {
		return nil, &exit{exitHeld, held}
	}
	s := &session{task: a.procedure, estate: a.reach("observer")}
	cfg := incident.Config{ReadOnly: held.Error(), By: held.Holder.User, Presence: presence(a.dir, o), Infer: a.live}
	cfg.Follow = func(ctx context.Context, apply func(journal.Line) error, idle func()) error {
		tick := time.NewTicker(250 * time.Millisecond)
		defer tick.Stop()
		return journal.Tail(ctx, found[0].Path, tick.C, apply, idle)
	}
	if err := s.start(ctx, a, incident.NewChronicle(), cfg); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// start makes the incident's owner, the probe and the keeper of the lease. They
// outlive ctx: a step under way is ended by nothing but its own end.
func (s *session) start(ctx context.Context, a ask, chronicle *incident.Chronicle, cfg incident.Config) error {
	s.pace, s.patient = a.pace, a.patient
	s.shell.Recalls(chronicle.Recall)
	p, err := s.procedure(a.procedure, chronicle.Recall, a.servers)
	if err != nil {
		return err
	}
	if _, err := oneOf(p.Steps, a.step); err != nil {
		return err
	}
	if s.unasked != nil {
		if err := s.unasked.refuse(ctx, p.Steps, a.step, chronicle); err != nil {
			return err
		}
	}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	cfg.Site, cfg.Procedure, cfg.Chronicle, cfg.Lab = a.site, &p, chronicle, a.lab
	s.known = unreadJournals(a.dir, a.site, s.journal)
	cfg.Diagnose, cfg.Measure, cfg.Known = status.Diagnose, status.Measure, s.known
	if a.live {
		prober := s.prober()
		cfg.Poll, cfg.Snapshots = prober.Poll, s.follow(run, prober, a.drawn)
	} else if a.patient {
		s.follow(run, s.guard(), nil)
	}
	if s.journal != nil {
		s.wayOn = wayOn(incidentID(s.journal), p.Steps, chronicle)
	}
	if s.lease != nil {
		s.lease.dead = s.dark
		s.jobs.Go(func() { s.lease.keep(run, s.sql, s.hosts) })
		cfg.Retaking, cfg.Other, cfg.LastLost, cfg.Overtaken = s.lease.Retaking, s.lease.Other, s.lease.LastLost, s.lease.Overtaken
	}
	s.incident, s.served = incident.New(cfg), make(chan error, 1)
	go func() { s.served <- s.incident.Serve(context.WithoutCancel(ctx)) }()
	return nil
}

// follow runs the probe, once begin is closed, and keeps its newest snapshot for
// the gates.
func (s *session) follow(ctx context.Context, p *probe.Prober, begin <-chan struct{}) <-chan *status.Snapshot {
	out := make(chan *status.Snapshot, 1)
	s.probe(true)
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
		defer s.probe(false)
		for snapshot := range p.Updates() {
			s.store(snapshot)
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
	err := s.settle()
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

// settle lets the step under way run to its end, and the incident with it: then
// its record is complete.
func (s *session) settle() error {
	if s.incident == nil {
		return nil
	}
	s.incident.Shutdown()
	s.ended.Do(func() { s.end = <-s.served })
	return s.end
}

// incidentID is the id in the name of a journal.
func incidentID(j *journal.Journal) string {
	name := filepath.Base(j.Path())
	return name[:len(name)-len(filepath.Ext(name))]
}

// logLine is a line of live output of an action.
type logLine struct {
	Type   string `json:"type"` // "log"
	Step   string `json:"step"`
	Target string `json:"target"`
	Text   string `json:"text"`
}

// events turns those of a run into what run and rehearse print.
func (o output) events(e engine.Event) {
	switch e.Type {
	case engine.EventAction, engine.EventStep:
		o.line(e.Record, describe(e))
	case engine.EventRight:
		o.line(e.Record, e.Line)
	case engine.EventLog:
		o.line(logLine{"log", e.Step, e.Action.Target, e.Line}, e.Step+"  "+e.Line)
	default: // plans, intents and progress are the journal's and the screen's
	}
}
