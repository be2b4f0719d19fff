package main

import (
	"context"
	"errors"
	"os"
	"os/signal"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"pchatops/tui"
)

// consoleCommand is the full-screen console on the configured site.
func consoleCommand(g *global) *cobra.Command {
	var theme string
	cmd := &cobra.Command{
		Use: "console", Short: "Open the full-screen console on the configured site", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := needTerminal(); err != nil {
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
			return show(cmd.Context(), ask{site: s, procedure: "failover", dir: dir, secrets: secrets, observe: true, live: true}, theme)
		},
	}
	cmd.Flags().StringVar(&theme, "theme", "", "colour theme (default: dark or light, as the terminal is)")
	return cmd
}

// needTerminal refuses early, before anything is contacted.
func needTerminal() error {
	if term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stdout.Fd())) {
		return nil
	}
	return &exit{exitUsage, tui.ErrNoTerminal}
}

// show opens a session and its screen. When the screen ends, for whatever
// reason, a step under way runs to its end first.
func show(ctx context.Context, a ask, theme string) error {
	ctx, stop := signal.NotifyContext(ctx, hangups...)
	defer stop()
	s, err := open(ctx, a)
	if err != nil {
		return err
	}
	err = tui.Run(ctx, tui.Options{Incident: s.incident, Site: a.site, Theme: theme})
	if errors.Is(err, context.Canceled) {
		err = &exit{exitInterrupted, nil}
	}
	return errors.Join(err, s.close())
}
