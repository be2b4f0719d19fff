package incident

import (
	"fmt"
	"slices"
	"time"

	"pchatops/ops/await"
	"pchatops/ops/engine"
	"pchatops/ops/status"
)

// state makes the next State. Nothing in it is changed afterwards.
func (b *board) state() *State {
	b.seq++
	s := &State{
		Seq: b.seq, Site: b.cfg.Site.Name, Danger: string(b.cfg.Site.Danger),
		Procedure: b.cfg.Procedure.ID, Title: b.cfg.Procedure.Title,
		Snapshot: b.snapshot, Running: b.running, Apart: b.apart(), Busy: b.busy(),
		Started: b.history.Began, Ended: b.history.ClosedAt, Driver: b.history.Driver,
		ReadOnly: b.readOnly, Lab: b.cfg.Lab, Notes: b.entries, Old: b.question(),
	}
	switch {
	case b.gone:
		s.Driver = b.atWheel
	case b.readOnly == "" && b.other != nil:
		s.ReadOnly, s.Driver = b.other.Says, b.other.Who
	}
	b.free()
	for k, v := range b.steps {
		s.Steps = append(s.Steps, v.state(b.blocked(k)))
	}
	if b.snapshot != nil {
		b.judge(s)
	}
	s.ChatBack = b.backAfter()
	s.Known, s.Retaking, s.Waiting = b.cfg.Known, b.retaking, b.waits.Long(time.Now(), await.Quiet)
	s.Findings = status.Ranked(s.Findings, b.undriven(), b.unserved(), b.deserted(), s.Known)
	return s
}

// deserted is the finding that the console that drove is gone.
func (b *board) deserted() []status.Finding {
	if !b.gone || b.history.Underway == "" {
		return nil
	}
	return []status.Finding{status.Deserted(b.cfg.Procedure.ID, b.history.Underway, b.history.Driver)}
}

// busy names the nodes that the running step touches.
func (b *board) busy() map[string]string {
	k, ok := b.byID[b.running]
	if !ok {
		return nil
	}
	out := map[string]string{}
	for _, address := range b.steps[k].step.Touches {
		out[address] = b.running
	}
	return out
}

// judge adds findings and exposure. What a running step does to the nodes it
// touches is no finding, unless it is critical.
func (b *board) judge(s *State) {
	now := b.cfg.Clock.Now()
	if b.cfg.Diagnose != nil {
		s.Findings = slices.DeleteFunc(b.cfg.Diagnose(b.snapshot, b.cfg.Site, now), func(f status.Finding) bool {
			return s.Busy[f.Subject] != "" && f.Severity != status.Critical
		})
	}
	if b.cfg.Measure != nil {
		s.Exposure = b.cfg.Measure(b.snapshot, b.cfg.Site, now)
	}
}

// blocked says why the kth step cannot be run now; "" when it can. A step
// before it of which nothing is known yet does not block: it is looked at when
// the run begins.
func (b *board) blocked(k int) string {
	switch {
	case b.readOnly != "":
		return b.readOnly
	case b.other != nil:
		return b.other.Says
	case b.stopping:
		return "the console is ending"
	case b.running != "" && (!b.apart() || b.steps[k].step.ID == b.running):
		return b.running + " is running"
	case b.old != nil:
		return b.undecided()
	case b.steps[k].step.WayBack:
		return ""
	}
	for _, v := range b.needs(k) {
		switch o := v.outcome(); {
		case o == engine.Unknown:
			return fmt.Sprintf("the outcome of %s is unknown: verify it, or run it again", v.step.ID)
		case o == engine.Undone:
			return v.step.ID + " " + notSo(v.past.Outcome == engine.Skipped) + ": run it again, or skip it in the console, with a reason"
		case o == engine.Failed:
			return v.step.ID + " failed: run it again, or skip it in the console, with a reason"
		case o == engine.None && !v.inferredAt.IsZero():
			return v.step.ID + " is not done: run it, or skip it in the console, with a reason"
		}
	}
	return ""
}

// needs gives the steps that the kth does not come before. What lies behind a
// step that cannot be undone cannot be done any more, and is not asked for.
func (b *board) needs(k int) []*stepView {
	if last, ok := b.byID[b.steps[k].step.After]; ok {
		k = last + 1
	}
	return slices.DeleteFunc(slices.Clone(b.steps[final(b.steps[:k]):k]), func(v *stepView) bool { return v.step.Deferrable })
}
