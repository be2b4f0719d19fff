package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// runCommand runs a procedure, or one of its steps, without a screen.
func runCommand(g *global) *cobra.Command {
	var step string
	var confirm, servers []string
	cmd := &cobra.Command{
		Use: "run PROCEDURE", Short: "Run a procedure without a screen", Args: cobra.ExactArgs(1), ValidArgs: procedureNames,
		Long: `Run a procedure, or one step of it. Steps that ask for typed text take it
beforehand with --confirm STEP=TEXT; a missing or wrong one is a refusal that
prints what would have to be typed. Run again, it goes on where the servers stand.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			typed, err := parseConfirm(confirm)
			if err != nil {
				return err
			}
			a, err := g.ask(args[0])
			if err != nil {
				return err
			}
			a.servers, a.step = servers, step
			s, err := open(cmd.Context(), a)
			if err != nil {
				return err
			}
			ctx, o, stop := unattended(cmd.Context(), g.out(cmd), cmd.ErrOrStderr())
			defer stop()
			err = s.runAll(ctx, step, typed.answer, o, o.events, nil)
			return errors.Join(err, s.close())
		},
	}
	cmd.Flags().StringVar(&step, "step", "", "run this step only")
	cmd.Flags().StringArrayVar(&confirm, "confirm", nil, "STEP=TEXT: what the step wants to have typed; repeatable")
	cmd.Flags().StringSliceVar(&servers, "active-servers", nil, "chat servers that F7 makes active (default: all beside the new primary)")
	return cmd
}

// unattended gives a run a context that ends with its terminal or with whoever
// reads its output: then no further step is begun, and the one under way runs
// to its end. By itself either would kill the process in the middle of it. Who
// does not want to wait for that end interrupts once more.
func unattended(ctx context.Context, o output, errs io.Writer) (context.Context, output, func()) {
	signal.Ignore(syscall.SIGPIPE)
	ctx, hungUp := signal.NotifyContext(ctx, hangups...)
	ctx, unread := context.WithCancel(ctx)
	o.w = &reader{Writer: o.w, gone: unread}
	heard := context.AfterFunc(ctx, func() {
		signal.Reset(os.Interrupt, syscall.SIGTERM)
		fmt.Fprintln(errs, "pchatops: interrupted. The step under way runs to its end; "+ //nolint:errcheck // stderr is all there is
			"interrupt again to leave at once, and its outcome is unknown then")
	})
	return ctx, o, func() { heard(); unread(); hungUp() }
}

// reader is whoever reads the output.
type reader struct {
	io.Writer
	gone func()
}

// Write tells when nobody reads any more.
func (r *reader) Write(p []byte) (int, error) {
	n, err := r.Writer.Write(p)
	if err != nil {
		r.gone()
	}
	return n, err
}

// runAll waits for the lease, runs and prints, and turns the end into an exit code.
func (s *session) runAll(ctx context.Context, step string, answer engine.Asker, o output, sink func(engine.Event), lab func() any) error {
	if err := s.lease.await(ctx); err != nil {
		return err
	}
	sum := s.incident.RunAll(ctx, step, answer, sink)
	if lab != nil {
		sum.Lab = lab()
	}
	o.line(sum, sentence(sum))
	code := map[engine.Ending]int{
		engine.EndDone: exitDone, engine.EndFailed: exitFailed, engine.EndRefused: exitRefused,
		engine.EndUnknown: exitUnknown, engine.EndIncomplete: exitIncomplete,
	}[sum.Outcome]
	switch {
	case code == exitDone:
		return nil
	case ctx.Err() != nil && code == exitRefused:
		return &exit{exitInterrupted, errors.New("interrupted before " + sum.Stopped + "; run again to go on")}
	case sum.Error == nil:
		return &exit{code, fmt.Errorf("%s: %s", sum.Stopped, sum.Outcome)}
	}
	return &exit{code, fmt.Errorf("%s: %w", sum.Stopped, sum.Error)}
}

// confirmations are the texts given with --confirm, by step.
type confirmations map[string][]string

func parseConfirm(list []string) (confirmations, error) {
	c := confirmations{}
	for _, s := range list {
		step, text, ok := strings.Cut(s, "=")
		if !ok || step == "" {
			return nil, usage("--confirm %q: it is STEP=TEXT", s)
		}
		c[step] = append(c[step], text)
	}
	return c, nil
}

// answer is the asker of a run without a screen: asking for the run is the
// Enter, and the texts are those given beforehand.
func (c confirmations) answer(s engine.Step, p *engine.Plan) (engine.Confirmation, bool) {
	out := engine.Confirmation{Accepted: true, Overrides: map[string]string{}}
	for _, text := range c[s.ID] {
		if text == p.Confirm {
			out.Typed = text
		}
		for _, g := range p.Gates {
			if !g.Holds && g.Override == text {
				out.Overrides[g.Name] = text
			}
		}
		if out.Typed == "" && len(out.Overrides) == 0 {
			out.Typed = text // the refusal shows what was wrong with it
		}
	}
	return out, true
}

// agree types whatever a plan asks for: the rehearsal's own operator.
func agree(_ engine.Step, p *engine.Plan) (engine.Confirmation, bool) {
	c := engine.Confirmation{Accepted: true, Typed: p.Confirm, Overrides: map[string]string{}}
	for _, g := range p.Gates {
		if !g.Holds && g.Override != "" {
			c.Overrides[g.Name] = g.Override
		}
	}
	return c, true
}

// describe renders an action or step with its outcome for people.
func describe(e engine.Event) string {
	head := fmt.Sprintf("%-4s %-8s", e.Step, e.Outcome)
	switch {
	case e.Type == engine.EventAction:
		return fmt.Sprintf("%s   %s: %s (%.1f s)%s", head, e.Action.Target, oneLine(e.Action.Text), e.Took.Seconds(), because(e.Err))
	case e.Already:
		return head + " already so" + proven(e.Proof)
	}
	return fmt.Sprintf("%s (%.1f s)%s%s", head, e.Took.Seconds(), proven(e.Proof), because(e.Err))
}

func proven(p *engine.Proof) string {
	if p == nil {
		return ""
	}
	return ": " + p.Says
}

func because(err error) string {
	if err == nil {
		return ""
	}
	return " — " + err.Error()
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// sentence renders a summary for people.
func sentence(s engine.Summary) string {
	text := fmt.Sprintf("%s: %s after %.1f s, %d done", s.Procedure, s.Outcome, s.Seconds, s.Steps[engine.Done])
	for _, o := range []engine.Outcome{engine.Skipped, engine.Failed, engine.Unknown} {
		if n := s.Steps[o]; n > 0 {
			text += fmt.Sprintf(", %d %s", n, o)
		}
	}
	if s.RecoveredTo != "" {
		text += "; chat recovered up to " + s.RecoveredTo
	}
	if s.Lab != nil {
		text += fmt.Sprintf("; %v", s.Lab)
	}
	return text
}

func usage(format string, args ...any) error {
	return &exit{exitUsage, fmt.Errorf(format, args...)}
}

// ask prepares a session without a screen.
func (g *global) ask(procedure string) (ask, error) {
	s, err := g.load()
	if err != nil {
		return ask{}, err
	}
	dir, err := g.journals()
	if err != nil {
		return ask{}, &fault.Error{Class: fault.Config, Tried: "find the folder of the journals", Text: err.Error(), Cause: err, Do: "name one with --state-dir"}
	}
	return ask{site: s, procedure: procedure, dir: dir, secrets: site.NewSecrets(prompter{})}, nil
}
