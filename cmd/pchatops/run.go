package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/lease"
	"pchatops/ops/procedures/failover"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// runCommand runs a procedure, or one of its steps, without a screen.
func runCommand(g *global) *cobra.Command {
	var step, resume string
	var fresh bool
	var confirm, servers []string
	begin := func(ctx context.Context, procedure string) (*session, confirmations, error) {
		typed, err := parseConfirm(confirm)
		if err != nil {
			return nil, nil, err
		}
		a, err := g.ask(procedure)
		if err != nil {
			return nil, nil, err
		}
		if resume != "" && fresh {
			return nil, nil, usage("--resume goes on with an incident, --new begins one: give one of the two")
		}
		if err := typed.known(a); err != nil {
			return nil, nil, err
		}
		if servers != nil {
			if procedure != "failover" {
				return nil, nil, usage("--active-servers is of the failover: no step of %s sets them", procedure)
			}
			if servers, err = failover.ActiveServers(a.site, servers); err != nil {
				return nil, nil, usage("--active-servers: %w", err)
			}
		}
		a.servers, a.step, a.resume, a.fresh = servers, step, resume, fresh
		a.patient = procedure == "failover"
		s, err := open(ctx, a)
		return s, typed, err
	}
	cmd := &cobra.Command{
		Use: "run PROCEDURE", Short: "Run a procedure without a screen", Args: oneProcedure, ValidArgs: procedureNames,
		Long: `Run a procedure, or one step of it. Steps that ask for typed text take it
beforehand with --confirm STEP=TEXT; a missing or wrong one is a refusal that
prints what would have to be typed. TEXT may also be the digest that plan prints:
it stands for exactly what that plan shows. Run again, it goes on where the
servers stand. An unfinished incident that is a day old or more, or that the
servers contradict, is refused: --resume ID goes on with it, --new closes it and
begins a new one. The way back of ship-mirror, --step M22, needs neither.
` + procedureHelp,
		RunE: func(cmd *cobra.Command, args []string) error {
			defer g.waiting(cmd)()
			began := time.Now()
			s, typed, err := begin(cmd.Context(), args[0])
			if err != nil {
				return unbegun(cmd.Context(), g.out(cmd), args[0], began, err)
			}
			ctx, o, stop := unattended(cmd.Context(), g.out(cmd), cmd.ErrOrStderr())
			defer stop()
			err = s.runAll(ctx, step, typed.answer, o, o.events, nil)
			return errors.Join(err, s.close())
		},
	}
	cmd.Flags().StringVar(&step, "step", "", "run this step only")
	cmd.Flags().StringVar(&resume, "resume", "", "go on with the incident of this ID, however old it is and whatever has changed")
	cmd.Flags().BoolVar(&fresh, "new", false, "close the unfinished incident and begin a new one")
	cmd.Flags().StringArrayVar(&confirm, "confirm", nil, "what a step wants to have typed, STEP=TEXT; repeatable")
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
		fmt.Fprintln(errs, "pchatops: interrupted. The step under way runs to its end; a job of SQL Server Agent and a change of roles go on without being watched; a host that does not answer is waited for until the time that is told; "+ //nolint:errcheck // stderr is all there is
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
	began := time.Now()
	if err := s.lease.await(ctx); err != nil {
		return unbegun(ctx, o, s.task, began, err)
	}
	for _, f := range s.known {
		o.line(findingLine{"finding", f}, f.Title+": "+f.Why+" → "+f.Do)
	}
	sent := false // anything at all
	sum := s.incident.RunAll(ctx, step, answer, func(e engine.Event) {
		sent = sent || e.Type == engine.EventIntent
		sink(e)
	})
	if lab != nil {
		sum.Lab = lab()
	}
	_ = s.settle() // close says it again
	sum.JournalHead = s.journal.Head()
	end := s.ending(ctx, &sum, sent)
	o.line(sum, sentence(sum))
	return end
}

// findingLine is a finding that a run prints, because it bears on it.
type findingLine struct {
	Type string `json:"type"` // "finding"
	status.Finding
}

// ending turns the end of a run into an exit code. What ended for want of the right
// to drive says so in its summary, too.
func (s *session) ending(ctx context.Context, sum *engine.Summary, sent bool) error {
	code := map[engine.Ending]int{
		engine.EndDone: exitDone, engine.EndFailed: exitFailed, engine.EndRefused: exitRefused,
		engine.EndUnknown: exitUnknown, engine.EndIncomplete: exitIncomplete,
	}[sum.Outcome]
	if code == exitDone {
		return nil
	}
	unled := s.lease.end(sent)
	if held(unled) {
		unled = s.lease.driven(ctx)
	}
	if code == exitIncomplete && held(unled) && sum.Error != nil && errors.Is(sum.Error, lease.ErrOver) {
		sum.Error = engine.Fault(unled)
	}
	if unled == nil && ctx.Err() == nil {
		s.sayWayOn(ctx, sum)
	}
	switch {
	case unled != nil && ctx.Err() == nil && (code == exitRefused || code == exitFailed || code == exitUnknown && sum.Error.Class == fault.Refused):
		switch codeOf(ctx, unled) {
		case exitUnknown:
			sum.Outcome = engine.EndUnknown
		case exitFailed:
			sum.Outcome = engine.EndFailed
		default:
			sum.Outcome = engine.EndRefused
		}
		sum.Error = engine.Fault(unled)
		return unled
	case ctx.Err() != nil && code == exitRefused:
		return &exit{exitInterrupted, errors.New("interrupted before " + sum.Stopped + "; run again to go on")}
	case sum.Error == nil && sum.Stopped == "":
		return &exit{code, fmt.Errorf("%s: %s", sum.Outcome, lacking(*sum))}
	case sum.Error == nil:
		return &exit{code, fmt.Errorf("%s: %s", fault.Said(append(contested(*sum), sum.Stopped)...), sum.Outcome)}
	}
	return &exit{code, fmt.Errorf("%s: %w", fault.Said(append(contested(*sum), sum.Stopped)...), sum.Error)}
}

// sayWayOn says how the next run goes on, where this one's end tells to run again and
// that would be refused.
func (s *session) sayWayOn(ctx context.Context, sum *engine.Summary) {
	if s.wayOn == nil || sum.Error == nil || sum.Outcome != engine.EndFailed && sum.Steps[engine.Undone] == 0 && !errors.Is(sum.Error, lease.ErrOver) {
		return
	}
	if on := s.wayOn(ctx); on != "" {
		sum.Error.Do = fault.Said(sum.Error.Do, on)
	}
}

// contested names the servers that serve the database, too, with what takes them
// out of service.
func contested(sum engine.Summary) (what []string) {
	for _, r := range sum.Rivals {
		what = append(what, r.Why+": "+r.Do)
	}
	return what
}

// unsaved names what was left behind, and what could not be read.
func unsaved(sum engine.Summary) (what []string) {
	if n := len(sum.LeftBehind); n > 0 {
		what = append(what, fmt.Sprintf("backups left behind: %d, first %s", n, sum.LeftBehind[0].File))
	}
	if n := len(sum.Unread); n > 0 {
		what = append(what, fmt.Sprintf("places not read: %d, first %s", n, sum.Unread[0].Place))
	}
	return what
}

// lacking says what keeps a run whose steps are done from being complete.
func lacking(sum engine.Summary) string {
	what := append(contested(sum), unsaved(sum)...)
	if what == nil {
		return "the summary says what is open"
	}
	return fault.Said(what...)
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

// known refuses a text for a step that the procedure does not have: it would
// never be asked for.
func (c confirmations) known(a ask) error {
	if len(c) == 0 {
		return nil
	}
	e := a.reach("reader")
	defer e.close()
	p, err := e.procedure(a.procedure, func(string) string { return "" }, nil)
	if err != nil {
		return err
	}
	for step := range c {
		if !slices.ContainsFunc(p.Steps, func(s engine.Step) bool { return s.ID == step }) {
			return usage("--confirm %s=…: %s has no such step, but %s", clean(step), a.procedure, stepIDs(p.Steps))
		}
	}
	return nil
}

// answer is the asker of a run without a screen: asking for the run is the
// Enter, and the texts are those given beforehand.
func (c confirmations) answer(s engine.Step, p *engine.Plan) (engine.Confirmation, bool) {
	return engine.Answered(s, p, c[s.ID]), true
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
	for _, o := range []engine.Outcome{engine.Skipped, engine.Failed, engine.Unknown, engine.Undone} {
		if n := s.Steps[o]; n > 0 {
			text += fmt.Sprintf(", %d %s", n, o)
		}
	}
	if s.ChatBack != nil {
		text += fmt.Sprintf("; chat was back after %.1f s", *s.ChatBack)
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
	return ask{site: s, procedure: procedure, dir: dir, secrets: site.NewSecrets(prompter{}), on: g.on}, nil
}
