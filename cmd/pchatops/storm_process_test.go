package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"pchatops/ops/engine"
)

// onSockets reports whether a seed runs over real sockets, with the built program
// as consoles: real processes, which SIGKILL and SIGSTOP end and hold. Every
// twentieth does.
func onSockets(seed uint64) bool { return seed%20 == 0 }

// hasty is how much shorter everything lasts where time is real.
const hasty = 60

// lasts gives how long something takes in this storm.
func (s *storm) lasts(d time.Duration) time.Duration {
	if s.real {
		return d / hasty
	}
	return d
}

// program runs the built program once, by an operator who looks at its plan
// before he gives the texts.
func (c *stormConsole) program(ctx context.Context) int {
	var texts []string
	if out, err := c.started(ctx, "plan", c.draw.procedure).Output(); err == nil {
		texts = c.confirmed(out)
	}
	args := append([]string{"run", c.draw.procedure}, texts...)
	if c.fresh {
		args = append(args, "--new")
	}
	cmd := c.started(ctx, args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		c.say(c.name, err.Error())
		return -1
	}
	var errs strings.Builder
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		c.say(c.name, err.Error())
		return -1
	}
	c.process.Store(cmd.Process)
	c.listens(out)
	_ = cmd.Wait() // the exit code tells
	c.process.Store(nil)
	c.says(errs.String())
	return cmd.ProcessState.ExitCode() // -1 where a signal ended it
}

func (c *stormConsole) started(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, binary, append([]string{"--config", c.lab.Describe().Config, "--state-dir", c.state, "--json"}, args...)...)
	cmd.Env = append(os.Environ(), "HOME="+c.dir)
	return cmd
}

// confirmed gives the texts that the operator has for what a plan shows.
func (c *stormConsole) confirmed(plan []byte) (args []string) {
	for line := range strings.Lines(string(plan)) {
		var l struct {
			Step, Confirm string
			Gates         []engine.Gate
		}
		if json.Unmarshal([]byte(line), &l) != nil {
			continue
		}
		if l.Confirm != "" {
			args = append(args, "--confirm", l.Step+"="+l.Confirm)
		}
		for _, g := range l.Gates {
			if g.Holds || g.Override == "" || !c.tame && c.rng.Float64() >= c.draw.bold {
				continue
			}
			args = append(args, "--confirm", l.Step+"="+g.Override)
			c.passesBy(l.Step, g.Name)
		}
	}
	return args
}

// listens holds what a process says against what is so.
func (c *stormConsole) listens(out io.Reader) {
	steps := []string{"F1", "F2", "F3", "F4a", "F4b", "F5", "F6", "F7"}
	for _, id := range steps {
		c.began(id, c.lab.World().Truth())
	}
	in := bufio.NewScanner(out)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		c.say(c.name, in.Text())
		var l struct {
			Type string
			engine.StepRecord
		}
		if json.Unmarshal(in.Bytes(), &l) != nil || l.Type != "step" {
			continue
		}
		if l.Outcome == engine.Done && slices.Contains(steps, l.Step) {
			c.holds(engine.Event{Step: l.Step, Outcome: l.Outcome, Proof: l.Proof})
		}
	}
}

// signal reaches the console's process, where there is one.
func (c *stormConsole) signal(s os.Signal) {
	if p := c.process.Load(); p != nil {
		c.note(p.Signal(s))
	}
}

// stop holds the console for a while; continued ends that.
func (c *stormConsole) stop(d time.Duration) {
	if c.real {
		c.signal(halt)
		c.after(d, func() { c.signal(goOn) })
		return
	}
	if h := c.host.Load(); h != nil {
		h.Stop()
		c.after(d, h.Continue)
	}
}

// away takes the console off the network for a while.
func (c *stormConsole) away(d time.Duration) {
	if h := c.host.Load(); h != nil {
		h.Away()
		c.after(d, h.Back)
	}
}

// says keeps the last words of a process. One that names --new is begun anew.
func (c *stormConsole) says(last string) {
	if last == "" {
		return
	}
	c.say(c.name, last)
	if strings.Contains(last, "--new") && (c.tame || c.rng.IntN(2) == 0) {
		c.fresh = true
	}
}
