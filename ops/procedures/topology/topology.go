package topology

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// document names the source of every step.
const document = "Skype for Business Server 2015: Configure high availability and disaster recovery for Persistent Chat Server, Topology Builder, step "

// Reader reads the published topology. It never changes anything.
type Reader interface {
	Topology(ctx context.Context) (procedures.Topology, error)
}

// topology is the procedure on one estate.
type topology struct {
	*procedures.Estate
	reader Reader

	mu   sync.Mutex // steps are read by whoever looks at them
	last procedures.Topology
	at   time.Time
}

// New makes the procedure. The site needs a log shipping secondary.
func New(e *procedures.Estate, r Reader) (engine.Procedure, error) {
	if _, ok := e.Site.Instance(site.Secondary); !ok {
		return engine.Procedure{}, &fault.Error{
			Class: fault.Config, Tried: "prepare the topology", Target: e.Site.Name,
			Text: "the site file names no log shipping secondary", Do: "add an instance with role secondary",
		}
	}
	t := &topology{Estate: e, reader: r}
	p := engine.Procedure{
		ID: "topology", Title: "Configure the topology", Key: "T", Watch: e.Site.Intervals.Shell,
		Applies: func(*status.Snapshot) (bool, string) {
			return true, "the steps show what the published topology lacks"
		},
	}
	for _, i := range t.items() {
		p.Steps = append(p.Steps, t.step(i))
	}
	return p, nil
}

// look is one view of the topology: the whole, and the pool's service in it.
type look struct {
	procedures.Topology
	service procedures.ChatService
}

// fresh is how old a view may be that shows an item as done, and moment one
// that shows it as open: between the two lies the publishing.
const (
	fresh  = 5 * time.Second
	moment = time.Second
)

// read gives a view. One that was read just now serves again where enough says
// that it is.
func (t *topology) read(ctx context.Context, enough func(l look, age time.Duration) bool) (look, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.at.IsZero() {
		if l, err := t.view(); err == nil && enough(l, t.Now().Sub(t.at)) {
			return l, nil
		}
	}
	published, err := t.reader.Topology(ctx)
	if err != nil {
		return look{}, err
	}
	t.last, t.at = published, t.Now()
	return t.view()
}

// view finds the pool in what was read last.
func (t *topology) view() (look, error) {
	s, ok := t.last.Service(t.Site.Pool)
	if !ok {
		return look{}, &fault.Error{
			Class: fault.NotFound, Tried: "find the Persistent Chat pool in the topology", Target: t.last.Host,
			Text: "there is no Persistent Chat pool " + t.Site.Pool,
			Do:   "correct the pool in the site file, or add the pool in Topology Builder",
		}
	}
	return look{t.last, s}, nil
}

// step makes an item of the checklist a step.
func (t *topology) step(i item) engine.Step {
	return engine.Step{
		ID: i.id, Title: i.title, Why: i.why, Source: document + i.number, Risk: engine.Read,
		Plan: func(ctx context.Context) (*engine.Plan, error) {
			if i.skip != "" {
				return &engine.Plan{Skip: i.skip}, nil
			}
			l, err := t.read(ctx, func(l look, age time.Duration) bool { return age < fresh && i.holds(l) })
			if err != nil {
				return nil, err
			}
			if i.holds(l) {
				return &engine.Plan{Already: i.seen(l)}, nil
			}
			return t.guidance(i, l), nil
		},
		Verify: func(ctx context.Context) (*engine.Proof, error) {
			if i.skip != "" {
				return &engine.Proof{Says: i.skip}, nil
			}
			l, err := t.read(ctx, func(l look, age time.Duration) bool { return age < moment || age < fresh && i.holds(l) })
			if err != nil {
				return nil, err
			}
			return t.proof(i, l), nil
		},
	}
}

// guidance is the plan of an item that a person is to see to.
func (t *topology) guidance(i item, l look) *engine.Plan {
	return &engine.Plan{
		Gates: []engine.Gate{{Name: "the published topology", Seen: i.seen(l), Want: i.want, Do: "in Topology Builder: " + i.guide[0]}},
		Notes: append(slices.Clone(i.guide), "nothing is sent: this step is done by itself as soon as the topology is published with it"),
	}
}

// proof keeps the hash of the published document as evidence beside what was
// read from it.
func (t *topology) proof(i item, l look) *engine.Proof {
	return &engine.Proof{
		Holds: i.holds(l), Says: fmt.Sprintf("the topology as %s reads it: %s", l.Host, i.seen(l)),
		Facts: []engine.Fact{
			{Name: "topology SHA-256", Value: l.SHA256},
			{Name: "topology bytes", Value: fmt.Sprint(l.Bytes)},
			{Name: "store", Value: l.service.Stores.Primary.String()},
			{Name: "mirror store", Value: l.service.Stores.Mirror.String()},
			{Name: "log shipping secondary store", Value: l.service.Stores.Backup.String()},
			{Name: "secondary mirror store", Value: l.service.Stores.BackupMirror.String()},
		},
	}
}
