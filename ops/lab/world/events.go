package world

import (
	"container/heap"
	"context"
	"time"
)

// event is something that happens at a time of the lab: a job's schedule, a
// chat message, services coming back.
type event struct {
	at  time.Time
	seq uint64 // events of the same time keep their order
	do  func(at time.Time)
}

type queue []event

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	return q[i].at.Before(q[j].at) || q[i].at.Equal(q[j].at) && q[i].seq < q[j].seq
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(event)) }
func (q *queue) Pop() any {
	last := len(*q) - 1
	e := (*q)[last]
	*q = (*q)[:last]
	return e
}

// at schedules an event. The caller holds w.mu.
func (w *World) at(t time.Time, do func(time.Time)) {
	w.events++
	heap.Push(&w.queue, event{t, w.events, do})
}

// every schedules an event and its repetitions. The caller holds w.mu.
func (w *World) every(first time.Time, gap func() time.Duration, do func(time.Time)) {
	w.at(first, func(t time.Time) {
		do(t)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.every(t.Add(gap()), gap, do)
	})
}

// due takes the next event that is not later than t.
func (w *World) due(t time.Time) (event, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) == 0 || w.queue[0].at.After(t) {
		return event{}, false
	}
	return heap.Pop(&w.queue).(event), true
}

func (w *World) nextEvent() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.queue[0].at // there is always the next chat message
}

// Start lets the site live on its clock until ctx ends. The channel is closed
// when the site stands still; jobs that run are ended first.
func (w *World) Start(ctx context.Context) <-chan struct{} {
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		defer w.Close()
		for w.Clock.WaitUntil(ctx, w.nextEvent()) == nil {
			w.happen()
		}
	}()
	return stopped
}

// happen runs what is due, jobs in goroutines of their own.
func (w *World) happen() {
	w.stepping.Lock()
	defer w.stepping.Unlock()
	for {
		e, ok := w.due(w.Clock.Now())
		if !ok {
			return
		}
		e.do(e.at)
	}
}

// Elapse moves the clock forward by d, event by event, as if the site had
// lived through it: jobs that fall due run at once and take no time.
func (w *World) Elapse(d time.Duration) {
	w.stepping.Lock()
	defer w.stepping.Unlock()
	_ = w.AtOnce(func() error { w.elapse(d); return nil })
}

func (w *World) elapse(d time.Duration) {
	end := w.Clock.Now().Add(d)
	for {
		e, ok := w.due(end)
		if !ok {
			break
		}
		w.Clock.MoveTo(e.at)
		e.do(e.at)
	}
	w.Clock.MoveTo(end)
}

// AtOnce does what is done to a site whose clock is moved by hand: jobs that are
// started meanwhile are over when they have been started.
func (w *World) AtOnce(do func() error) error {
	set := func(on bool) (was bool) {
		w.mu.Lock()
		defer w.mu.Unlock()
		was, w.instant = w.instant, on
		return was
	}
	was := set(true)
	defer set(was)
	return do()
}
