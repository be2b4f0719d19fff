package world

import (
	"context"
	"strconv"
	"time"

	"pchatops/ops/lab/tsql"
)

// operation is a BACKUP or RESTORE under way: who runs it and who listens.
type operation struct {
	inst    *Instance
	session *Session // nil: the Agent's job
	words   string   // "RESTORE LOG"
	with    tsql.Options
	sink    tsql.Sink
	undo    string        // the standby's undo file that a RESTORE found
	lays    time.Duration // how long it creates files, and locks what the catalogue says of files
	victim  bool          // of a deadlock
}

func (i *Instance) operation(s *Session, words string, with tsql.Options, sink tsql.Sink) *operation {
	return &operation{inst: i, session: s, words: words, with: with, sink: sink}
}

func (o *operation) user() string {
	if o.session == nil {
		return o.inst.service
	}
	return o.session.login.name
}

func (o *operation) sysadmin() bool { return o.session == nil || o.session.login.sysadmin }

// abort sends the cause and gives the error that always follows it.
func (o *operation) abort(cause *tsql.Error) *tsql.Error {
	o.sink.Message(cause)
	return fail(3013, o.words)
}

// run lets the time pass that an operation over so many bytes takes, and tells
// how far it is. False: it was interrupted.
func (o *operation) run(ctx context.Context, d *database, bytes int64) bool {
	w := o.inst.w
	w.mu.Lock()
	total := w.cfg.Pace.of(bytes)
	if w.instant && o.session == nil {
		total = 0
	}
	d.busyWith = o.words
	ctx, d.deadlock = o.mayDeadlock(ctx)
	o.show(d)
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		d.busyWith, d.deadlock = "", nil
		o.hide()
		w.locksChanged()
	}()
	if !o.layFiles(ctx, d) {
		return false
	}
	step := o.step()
	for percent := step; ; percent = min(percent+step, 100) {
		if w.Clock.Wait(ctx, total*time.Duration(step)/100) != nil {
			return false
		}
		o.progress(percent)
		if percent >= 100 {
			return true
		}
	}
}

// step is how many percent pass between two signs of progress.
func (o *operation) step() int {
	if n, err := strconv.Atoi(o.with.Values["STATS"]); err == nil && n >= 1 && n <= 100 {
		return n
	}
	return 10
}

func (o *operation) progress(percent int) {
	if o.with.Has("STATS") {
		o.sink.Message(fail(3211, percent))
	}
	if o.session == nil {
		return
	}
	o.inst.w.mu.Lock()
	defer o.inst.w.mu.Unlock()
	o.session.percent = float64(percent)
}

// show makes the operation visible in sys.dm_exec_requests.
func (o *operation) show(d *database) {
	if s := o.session; s != nil {
		s.command, s.target, s.began, s.percent = o.words, d.name, o.inst.w.Clock.Now(), 0
	}
}

func (o *operation) hide() {
	if s := o.session; s != nil {
		s.command, s.target, s.percent = "", "", 0
	}
}

// finished sends what a successful operation says.
func (o *operation) finished(d *database, logical string, bytes int64, took time.Duration) {
	pages := int(bytes / pageBytes)
	seconds := max(took.Seconds(), 0.001)
	o.sink.Message(fail(4035, pages, d.name, logical, 1))
	o.sink.Message(fail(3014, o.words, pages, seconds, float64(bytes)/(1<<20)/seconds))
}
