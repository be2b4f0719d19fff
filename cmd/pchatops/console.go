package main

import (
	"context"
	"errors"
	"os/signal"

	"github.com/spf13/cobra"

	"pchatops/tui"
)

// consoleCommand is the full-screen console on the configured site.
func consoleCommand(g *global) *cobra.Command {
	var f face
	cmd := &cobra.Command{
		Use: "console", Short: "Open the full-screen console on the configured site", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.settle(); err != nil {
				return err
			}
			s, err := g.load()
			if err != nil {
				return err
			}
			dir, err := g.journals()
			if err != nil {
				return err
			}
			secrets, err := askAtStart(cmd.Context(), s)
			if err != nil {
				return err
			}
			return show(cmd.Context(), ask{site: s, procedure: "failover", dir: dir, secrets: secrets, observe: true, live: true}, f)
		},
	}
	f.add(cmd)
	return cmd
}

// show opens a session and its screen, and another one each time the operator
// chooses another procedure.
func show(ctx context.Context, a ask, f face) error {
	thrifty()
	ctx, stop := signal.NotifyContext(ctx, hangups...)
	defer stop()
	for {
		next, err := showOne(ctx, a, f)
		if next == "" || err != nil {
			return err
		}
		a.procedure = next
	}
}

// showOne shows one incident. When the screen ends, for whatever reason, a step
// under way runs to its end first. next is the procedure that was chosen
// instead, "" when none was.
func showOne(ctx context.Context, a ask, f face) (next string, err error) {
	drawn := make(chan struct{})
	a.drawn, a.asks = drawn, true
	s, err := open(ctx, a)
	if err != nil {
		return "", err
	}
	err = f.run(ctx, s, a.site, func() { close(drawn) })
	end := s.close()
	next, err = after(err, a.dir)
	return next, errors.Join(err, end)
}

// after says what follows from the way in which a screen ended.
func after(err error, dir string) (next string, _ error) {
	var other *tui.Another
	var crash *tui.Crash
	switch {
	case errors.As(err, &crash):
		return "", crashed(dir, crash)
	case errors.As(err, &other):
		return other.Procedure, nil
	case errors.Is(err, context.Canceled):
		return "", &exit{exitInterrupted, nil}
	}
	return "", err
}
