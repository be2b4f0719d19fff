package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"pchatops/ops/lab/scenario"
	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world"
	"pchatops/ops/lab/wsman"
)

// stage is what a scenario can do beside the commands of the control port.
var stage = map[string]func(l *Lab, v map[string]string) error{
	"console": func(l *Lab, v map[string]string) error { return l.another(v["procedure"]) },
	"copy":    (*Lab).copyByHand,
	"file":    (*Lab).fileByHand,
	"intrude": (*Lab).intrude,
	"shell":   (*Lab).shellByHand,
	"sql":     (*Lab).sqlByHand,
	"standby": func(l *Lab, _ map[string]string) error { return l.world.Standby() },
	"topology": func(l *Lab, v map[string]string) error {
		if v["bare"] == "true" {
			l.world.BareTopology()
		}
		_, err := l.ctlTopology(v)
		return err
	},
	"wait": func(l *Lab, v map[string]string) error {
		d, err := time.ParseDuration(v["for"])
		switch {
		case err != nil:
			return err
		case l.world.Clock.Speed() == 0:
			return errors.New("the clock stands while the site is prepared: advance it")
		}
		return l.world.Wait(context.Background(), d)
	},
	"unship": func(l *Lab, v map[string]string) error {
		if v["instance"] != world.Mirror {
			return fmt.Errorf("instance=%q: mirror", v["instance"])
		}
		l.world.UnshipMirror()
		return nil
	},
}

// Perform does the steps of a scenario, in order.
func (l *Lab) Perform(steps []scenario.Step) error {
	for _, s := range steps {
		var err error
		if do := stage[s.Do]; do != nil {
			err = do(l, s.With)
		} else if c, ok := commands[s.Do]; ok {
			_, err = c.do(l, s.With)
		} else {
			err = errors.New("the lab cannot do that")
		}
		if err != nil {
			return fmt.Errorf("%s %v: %w", s.Do, s.With, err)
		}
	}
	return nil
}

func (l *Lab) intrude(v map[string]string) error {
	sessions, err := strconv.Atoi(v["sessions"])
	returns, failure := strconv.Atoi(v["returns"])
	if err = errors.Join(err, failure); err != nil {
		return err
	}
	l.world.Intrude(v["instance"], world.Database, v["program"], sessions, returns)
	return nil
}

// sqlByHand is an administrator with a query window. {file} in the text stands
// for a backup that file chooses.
func (l *Lab) sqlByHand(v map[string]string) error {
	text := v["text"]
	if v["file"] != "" {
		name, err := l.choose("", v["file"])
		if err != nil {
			return err
		}
		text = strings.ReplaceAll(text, "{file}", name)
	}
	i := l.world.Instance(v["instance"])
	if i == nil {
		return fmt.Errorf("no instance %q", v["instance"])
	}
	ctx, killed := context.WithCancelCause(context.Background())
	defer killed(nil)
	host, closed, refused := i.Login(world.LoginRequest{
		User: world.Operator, Trusted: true, App: "Microsoft SQL Server Management Studio", Host: "ADM01", PID: 4720,
		Killed: func() { killed(tsql.ErrKilled) },
	})
	if refused != nil {
		return refused
	}
	defer closed()
	if l.world.Clock.Speed() == 0 { // the site is being prepared
		l.world.Clock.SetSpeed(preparing)
		defer l.world.Clock.SetSpeed(0)
	}
	var said window
	tsql.NewSession(host).Batch(ctx, text, &said)
	return errors.Join(said.errors...)
}

// preparing is how many times faster than real time an administrator's batch
// runs while the clock of the site stands.
const preparing = 3600

// window is where an administrator reads what came of a batch.
type window struct{ errors []error }

// Message keeps errors.
func (w *window) Message(e *tsql.Error) {
	if e.Class > 10 {
		w.errors = append(w.errors, e)
	}
}

// Rows are only looked at.
func (w *window) Rows(*tsql.Rows) {}

// Done ends a statement.
func (w *window) Done(int, bool) {}

// Returned ends a procedure.
func (w *window) Returned(int) {}

// shellByHand is an administrator at a command prompt of a host.
func (l *Lab) shellByHand(v map[string]string) error {
	n := l.node(v["host"])
	if n == nil || n.windows == nil {
		return fmt.Errorf("no host %q", v["host"])
	}
	var said strings.Builder
	line := wsman.CommandLine{Command: v["line"], User: world.Operator}
	if code := n.windows.Exec(context.Background(), line, strings.NewReader(""), io.Discard, &said); code != 0 {
		return fmt.Errorf("exit code %d: %s", code, said.String())
	}
	return nil
}
