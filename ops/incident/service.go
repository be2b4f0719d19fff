package incident

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"pchatops/ops/await"
	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/inventory"
	"pchatops/ops/journal"
	"pchatops/ops/status"
)

// lookout watches whether people have the service back.
type lookout struct {
	decided chan struct{} // closed once it was seen, or is overdue
	known   bool          // decided is closed
	overdue string        // why it is not there; "": it is, or may still come
	seen    time.Time     // when it was first seen by this one; zero: it was not
	from    time.Time     // since when nobody is known to have it
	longer  bool          // nobody looked before
	end     context.CancelFunc
}

func (l *lookout) decide(overdue string) {
	if l.overdue = overdue; !l.known {
		l.known = true
		close(l.decided)
	}
}

// lacks says why it is not there, and since when; "": it is, or may still come.
func (l *lookout) lacks(now time.Time) string {
	if l.overdue == "" {
		return ""
	}
	since := l.from.UTC().Format("15:04:05 UTC")
	if l.longer {
		since += " or longer"
	}
	return fmt.Sprintf("%s; since %s (%s)", l.overdue, since, inventory.Span(max(0, now.Sub(l.from))))
}

// Pauses between two looks, before the service is overdue and after.
const (
	lookAgain = 500 * time.Millisecond
	lookLater = 5 * time.Second
)

// glance is for how long a service that was there is looked for: those who have it
// may be connecting anew just now.
const glance = 5 * time.Second

// lookOut begins to watch, if the step that brings the service back is over and
// nobody watches yet. Where somebody looks at the screen, it goes on watching once
// the service was seen: it may go away again.
func (b *board) lookOut() {
	svc := b.cfg.Procedure.Service
	if svc == nil || b.lookout != nil || b.readOnly != "" || b.stopping {
		return
	}
	if k, ok := b.byID[svc.Step]; !ok || !over(b.steps[k].past.Outcome) {
		return
	}
	due := b.due(svc)
	l := &lookout{decided: make(chan struct{})}
	l.from, l.longer = b.awaited(svc)
	b.lookout = l
	keep := b.cfg.Infer
	l.end = b.read(func(ctx context.Context) change {
		for ; ctx.Err() == nil; due = b.cfg.Clock.Now().Add(svc.Within) {
			who := b.seek(ctx, svc, due, func(why string) {
				b.tell(func(*board) { l.decide(why) })
			})
			if who == "" {
				break
			}
			b.saw(who)
			now := b.cfg.Clock.Now()
			b.tell(func(*board) {
				l.decide("")
				l.from, l.longer = now, false
				if l.seen.IsZero() {
					l.seen = now
				}
			})
			if !keep {
				break
			}
			select {
			case <-ctx.Done():
			case <-b.cfg.Clock.After(lookLater):
			}
		}
		return func(*board) { l.decide(l.overdue) }
	})
}

// awaited is since when the service is waited for: since it was to be brought back, or
// since this console looks, where it was back once, and nobody knows when it went away.
func (b *board) awaited(svc *engine.Service) (from time.Time, longer bool) {
	sent := b.steps[b.byID[svc.Step]].past.Actions
	if len(sent) == 0 || sent[len(sent)-1].At.Before(b.history.Back) {
		return b.cfg.Clock.Now(), true
	}
	return sent[len(sent)-1].At, false
}

// due is when the service is overdue. It may take its time after the step that brings
// it back; what has been seen since then is not waited for once more.
func (b *board) due(svc *engine.Service) time.Time {
	now, seen := b.cfg.Clock.Now(), b.history.Back
	if b.lookout != nil && !b.lookout.seen.IsZero() {
		seen = b.lookout.seen
	}
	most, due := now.Add(svc.Within), now.Add(min(glance, svc.Within))
	if seen.IsZero() {
		return most
	}
	if sent := b.steps[b.byID[svc.Step]].past.Actions; len(sent) > 0 && sent[len(sent)-1].At.After(seen) {
		if until := sent[len(sent)-1].At.Add(svc.Within); until.After(due) && until.Before(most) {
			return until
		}
	}
	return due
}

// lookAnew ends a watch that is older than the step that brings the service back,
// which was just carried out anew.
func (b *board) lookAnew(v *stepView, res engine.Result) {
	if b.lookout != nil && b.serves(v.step) && res.Actions > 0 {
		b.lookout.end()
		b.lookout = nil
	}
}

func over(o engine.Outcome) bool { return o == engine.Done || o == engine.Skipped }

// seek looks until somebody has the service, and says who; "": ctx has ended.
// Once it is overdue, late is told why, and the looking goes on.
func (i *Incident) seek(ctx context.Context, svc *engine.Service, due time.Time, late func(why string)) string {
	pause, told := lookAgain, false
	over := await.For(ctx, "a session of an active chat server in the live database", due.Sub(i.cfg.Clock.Now()))
	defer over()
	for {
		var who string
		err := fault.Guard("look whether the service is back", func() (err error) {
			who, err = svc.Seen(ctx)
			return err
		})
		switch {
		case who != "":
			return who
		case ctx.Err() == nil && !told && !i.cfg.Clock.Now().Before(due):
			told, pause = true, lookLater
			over()
			late(i.missing(ctx, svc, err))
		}
		select {
		case <-ctx.Done():
			return ""
		case <-i.cfg.Clock.After(pause):
		}
	}
}

// missing says why the service is not there.
func (i *Incident) missing(ctx context.Context, svc *engine.Service, seen error) string {
	if seen != nil {
		return "whether anybody has the service back cannot be seen: " + seen.Error()
	}
	var why string
	if err := fault.Guard("ask what keeps the service away", func() error { why = svc.Missing(ctx); return nil }); err != nil {
		return err.Error()
	}
	if i.cfg.Chronicle.Recall(engine.ChatBack) != "" {
		return "it was back, and has gone away again: " + why
	}
	return why
}

// saw puts on record that the service is back, the first time.
func (i *Incident) saw(who string) {
	if i.cfg.Chronicle.Recall(engine.ChatBack) != "" {
		return
	}
	raw, err := json.Marshal(engine.SeenRecord{
		Fact: engine.Fact{Name: engine.ChatBack, Value: i.cfg.Clock.Now().UTC().Format(time.RFC3339Nano)}, Says: "the service is back: " + who,
	})
	if err == nil {
		_, _ = recorder{i}.Append(journal.Line{Type: journal.Seen, By: i.cfg.By, Data: raw}) // a failure ends the driving and is shown
	}
}

// serves reports whether people should have the service after a step.
func (i *Incident) serves(step engine.Step) bool {
	svc := i.cfg.Procedure.Service
	return svc != nil && svc.Step == step.ID
}

// watching gives what says that it is decided whether the service is back. Without
// a service to wait for there is nothing to be decided.
func (i *Incident) watching() (l *lookout) {
	_ = i.ask(func(b *board) error { // an incident that has ended waits for nothing
		b.lookOut()
		l = b.lookout
		return nil
	})
	return l
}

// serve waits until it is decided whether people have the service back, and adds
// that to the summary of a run. A run after which they do not is incomplete. An
// incident that had nothing to send has kept nobody away.
func (i *Incident) serve(ctx context.Context, sum *engine.Summary) {
	l := i.watching()
	if l == nil {
		return
	}
	select {
	case <-l.decided:
	case <-ctx.Done():
	}
	var overdue string
	_ = i.ask(func(*board) error { overdue = l.lacks(i.cfg.Clock.Now()); return nil }) // nothing is overdue where nobody looks
	if back := i.tellBack(sum); overdue == "" && !back {
		overdue = "nobody waited for it"
	}
	i.without(sum, overdue)
}

// tellBack adds to the summary of a run when the service was first seen to be back,
// and says whether it was.
func (i *Incident) tellBack(sum *engine.Summary) bool {
	back := false
	_ = i.ask(func(b *board) error { // an incident that has ended has told it
		sum.ChatBack, back = seconds(b.backAfter()), !b.history.Back.IsZero()
		return nil
	})
	return back
}

// seconds is a span as a summary has it; nil stays nil.
func seconds(d *time.Duration) *float64 {
	if d == nil {
		return nil
	}
	s := engine.Seconds(*d)
	return &s
}

// backAfter is how long the service was away; nil: it was not seen, or this
// incident has sent nothing of what brings it back. When another console brought it
// back, the first look of this one does not tell.
func (b *board) backAfter() *time.Duration {
	took, svc := b.history.BackAfter(), b.cfg.Procedure.Service
	if took == nil || svc == nil {
		return nil
	}
	for _, v := range b.steps[:b.byID[svc.Step]+1] {
		if (v.step.Risk == engine.DataLoss || v.step.Risk == engine.RoleChange) && b.cfg.Chronicle.Recall(engine.Begun(v.step.ID)) != "" {
			return took
		}
	}
	return nil
}

// stillServed looks once more, before a run ends, whether people have the service
// that they had back: they may have lost it while later steps ran.
func (i *Incident) stillServed(ctx context.Context, sum *engine.Summary) {
	l := i.watching()
	if l == nil || i.cfg.Chronicle.Recall(engine.ChatBack) == "" {
		return
	}
	svc, due := i.cfg.Procedure.Service, i.cfg.Clock.Now() // a run that was interrupted looks once
	if ctx.Err() == nil {
		_ = i.ask(func(b *board) error { due = b.due(svc); return nil }) // an incident that has ended waits for nothing
	} else {
		ctx = context.WithoutCancel(ctx)
	}
	why := i.absent(ctx, svc, due)
	if why == "" {
		return
	}
	_ = i.ask(func(*board) error { // an incident that has ended shows nothing
		l.decide(why)
		why = l.lacks(i.cfg.Clock.Now())
		return nil
	})
	i.without(sum, why)
}

// lacking says why people do not have the service after a step that was run alone, and
// that comes behind the one which brings it back; "": they do, or that one is not done.
func (i *Incident) lacking(ctx context.Context, only string) string {
	svc, steps := i.cfg.Procedure.Service, i.cfg.Procedure.Steps
	if svc == nil {
		return ""
	}
	at := func(id string) int { return slices.IndexFunc(steps, func(s engine.Step) bool { return s.ID == id }) }
	n := at(svc.Step)
	if n < 0 || at(only) <= n {
		return ""
	}
	proof, err := engine.Proved(ctx, steps[n])
	switch {
	case err != nil:
		return "whether " + svc.Step + " is done cannot be read: " + err.Error()
	case !proof.Holds:
		return ""
	}
	return i.absent(ctx, svc, i.cfg.Clock.Now().Add(min(glance, svc.Within)))
}

// absent says why a service that was there is not seen until it is overdue; "": it is.
func (i *Incident) absent(ctx context.Context, svc *engine.Service, due time.Time) (why string) {
	ctx, enough := context.WithCancel(ctx)
	defer enough()
	why = "nobody waited to see whether it is still there"
	if i.seek(ctx, svc, due, func(late string) { why = late; enough() }) != "" {
		return ""
	}
	return why
}

// without makes a run incomplete after which people do not have the service;
// "": they have it.
func (i *Incident) without(sum *engine.Summary, why string) {
	if why == "" || sum.Outcome != engine.EndDone && sum.Outcome != engine.EndIncomplete {
		return
	}
	svc := i.cfg.Procedure.Service
	f := &fault.Error{
		Class: fault.State, Tried: "see that the service is back", Target: i.cfg.Site.Pool, Text: why,
		Do: "see to the chat servers; then run again, or verify " + svc.Step,
	}
	if sum.Error != nil && sum.Stopped != svc.Step { // what could wait has failed, too
		f.Text += ". Besides, " + sum.Stopped + " is not done: " + sum.Error.Error()
	}
	sum.Outcome, sum.Stopped, sum.Error = engine.EndIncomplete, svc.Step, f
}

// unserved is the finding that people do not have the service back.
func (b *board) unserved() []status.Finding {
	if b.lookout == nil || b.lookout.overdue == "" {
		return nil
	}
	return []status.Finding{status.ChatNotBack(b.cfg.Site.Pool, b.lookout.lacks(b.cfg.Clock.Now()))}
}
