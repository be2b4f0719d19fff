package fault

import (
	"context"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"
)

// Defect is a panic that was caught on its way. It tells of the panic what can
// hold no secret: the runtime's own texts, of anything else only the kind.
type Defect struct{ says, where string }

// Error says that the fault is not the server's, and where it is.
func (d *Defect) Error() string {
	return "a fault in this program: " + d.says + " in " + d.where + "; please report it"
}

func newDefect(v any) *Defect {
	d := &Defect{says: fmt.Sprintf("%T", v), where: origin()}
	if known, is := v.(runtime.Error); is {
		d.says = known.Error()
	}
	return d
}

// origin is the function, with its line, that the panic under way began in.
func origin() string {
	var stack [64]uintptr
	frames := runtime.CallersFrames(stack[:runtime.Callers(1, stack[:])])
	for panicking := false; ; {
		f, more := frames.Next()
		ours := !strings.HasPrefix(f.Function, "runtime.")
		if ours && panicking || !more {
			return fmt.Sprintf("%s:%d", f.Function, f.Line)
		}
		panicking = panicking || f.Function == "runtime.gopanic"
	}
}

// Guard runs f; a panic in it becomes an error, so that a defect in one place
// cannot end the console and leave its terminal in disorder.
func Guard(tried string, f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			d := newDefect(v)
			err = &Error{Class: Other, Tried: tried, Text: d.Error(), Cause: d, Do: "look again; a step that was under way may have taken effect: verify it"}
		}
	}()
	return f()
}

// Group runs functions side by side, as errgroup.Group does, each under Guard.
type Group struct {
	tried string
	all   *errgroup.Group
}

// Together makes a group. Its context ends with the first error, and with Wait.
func Together(ctx context.Context, tried string) (*Group, context.Context) {
	all, ctx := errgroup.WithContext(ctx)
	return &Group{tried, all}, ctx
}

// Go runs f beside the others.
func (g *Group) Go(f func() error) {
	g.all.Go(func() error { return Guard(g.tried, f) })
}

// Wait waits for all of them and gives the first error.
func (g *Group) Wait() error { return g.all.Wait() }
