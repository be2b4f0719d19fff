package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"pchatops/ops/journal"
	"pchatops/ops/site"
	"pchatops/themes"
	"pchatops/tui"
	"pchatops/tui/plain"
	"pchatops/tui/settings"
)

// face is how a console shows itself: on the whole screen, or as plain lines.
type face struct {
	theme    string
	plain    bool
	settings settings.Settings
	memory   settings.Memory // "": a flag or a setting decides on the theme
}

func (f *face) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.theme, "theme", "", "colour theme (default: the one chosen last, or as the terminal is)")
	cmd.Flags().BoolVar(&f.plain, "plain", false, "lines of text instead of the full screen, for screen readers and serial lines (by itself where TERM is dumb)")
}

// settle decides between the two, and refuses early, before anything is
// contacted: only plain lines can do without a terminal, and only on request.
// What the operator has set holds where no flag says otherwise.
func (f *face) settle() error {
	dir, err := configDir()
	if err != nil {
		return err
	}
	if f.settings, err = settings.Load(filepath.Join(dir, "console.yaml")); err != nil {
		return err
	}
	if err := f.dress(); err != nil {
		return err
	}
	switch {
	case f.plain:
	case !term.IsTerminal(int(os.Stdin.Fd())) || !term.IsTerminal(int(os.Stdout.Fd())):
		return &exit{exitUsage, tui.ErrNoTerminal}
	case os.Getenv("TERM") == "dumb":
		f.plain = true
	}
	return nil
}

// dress decides on the theme: a flag, a setting, or what was chosen last.
func (f *face) dress() error {
	if f.theme != "" {
		if _, err := themes.Load(f.theme); err != nil {
			return &exit{exitUsage, err}
		}
		return nil
	}
	if f.theme = f.settings.Theme; f.theme != "" {
		return nil
	}
	dir, err := journal.StateDir("")
	if err != nil {
		return nil //nolint:nilerr // an account without a home has no memory, and needs none
	}
	f.memory = settings.Memory(filepath.Join(dir, "theme"))
	return nil
}

// look is what the screen is started with.
func (f *face) look() tui.Options {
	o := tui.Options{Theme: f.theme, Keys: f.settings.Keys, Glyphs: f.settings.Glyphs}
	if f.memory != "" {
		o.Remembered, o.Remember = f.memory.Theme(), f.memory.Remember
	}
	return o
}

// run shows the incident of a session until the operator leaves it. drawn is
// called once there is something to see.
func (f *face) run(ctx context.Context, s *session, estate *site.Site, drawn func()) error {
	if !f.plain {
		o := f.look()
		o.Incident, o.Site, o.Procedures, o.Drawn = s.incident, estate, s.choices(), drawn
		return tui.Run(ctx, o)
	}
	drawn()
	o := plain.Options{Incident: s.incident, Site: estate, In: os.Stdin, Out: os.Stdout}
	if w, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
		o.Width = w // a serial line knows none
	}
	return plain.Run(ctx, o)
}
