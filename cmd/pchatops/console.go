package main

import (
	"context"
	"errors"
	"os/signal"

	"github.com/spf13/cobra"
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

// show opens a session and its screen. When the screen ends, for whatever
// reason, a step under way runs to its end first.
func show(ctx context.Context, a ask, f face) error {
	ctx, stop := signal.NotifyContext(ctx, hangups...)
	defer stop()
	s, err := open(ctx, a)
	if err != nil {
		return err
	}
	err = f.run(ctx, s.incident, a.site)
	if errors.Is(err, context.Canceled) {
		err = &exit{exitInterrupted, nil}
	}
	return errors.Join(err, s.close())
}
