package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pchatops/ops/journal"
	"pchatops/ops/site"
)

// global are the flags that every command has.
type global struct {
	config   string
	stateDir string
	json     bool
	on       *machine // nil: this one
}

// root is the command tree. Without a subcommand it is the console.
func root() *cobra.Command { return rootOn(nil) }

// rootOn is that of a console on another machine than this.
func rootOn(on *machine) *cobra.Command {
	g := &global{on: on}
	console := consoleCommand(g)
	cmd := &cobra.Command{
		Use:   "pchatops",
		Short: "Carry Persistent Chat through a disaster",
		Long: `A full-screen console on the disaster recovery of Persistent Chat (Lync Server
2013, Skype for Business Server 2015): the live state of primary, mirror and log
shipping secondary beside the steps of the failover, each shown beforehand and
proven afterwards.

Try it on a simulated site:  pchatops rehearse`,
		Args: cobra.NoArgs, RunE: console.RunE,
		SilenceUsage: true, SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return unsaid(cmd.Flags()) },
	}
	f := cmd.PersistentFlags()
	f.StringVar(&g.config, "config", "", "site file (default $XDG_CONFIG_HOME/pchatops/site.yaml)")
	f.StringVar(&g.stateDir, "state-dir", "", "folder of the journals (default $XDG_STATE_HOME/pchatops)")
	f.BoolVar(&g.json, "json", false, "print JSON Lines")
	cmd.Flags().AddFlagSet(console.Flags())
	cmd.AddCommand(console, rehearseCommand(g), labCommand(g), statusCommand(g), planCommand(g),
		runCommand(g), verifyCommand(g), scriptCommand(g), validateCommand(g), doctorCommand(g), initCommand(g), historyCommand(g), closeCommand(g), versionCommand(g))
	return cmd
}

// unsaid refuses an option that was given without its text, as a variable of a
// script that is not set gives it: what was meant is not what goes without it.
func unsaid(flags *pflag.FlagSet) (err error) {
	flags.Visit(func(f *pflag.Flag) {
		if f.Value.Type() == "string" && strings.TrimSpace(f.Value.String()) == "" && err == nil {
			err = usage("--%s has no text: give one, or leave the option out", f.Name)
		}
	})
	return err
}

// out is where a command says what it has to say.
func (g *global) out(cmd *cobra.Command) output { return output{w: cmd.OutOrStdout(), json: g.json} }

// configPath is the site file that was asked for, or the usual one.
func (g *global) configPath() (string, error) {
	if g.config != "" {
		return g.config, nil
	}
	dir, err := configDir()
	return filepath.Join(dir, "site.yaml"), err
}

// configDir is where the files are that the operator writes.
func configDir() (string, error) {
	dir := os.Getenv("XDG_CONFIG_HOME")
	if dir == "" {
		var err error
		if dir, err = os.UserConfigDir(); err != nil {
			return "", &exit{exitUsage, err}
		}
	}
	return filepath.Join(dir, "pchatops"), nil
}

// load reads the site file. Nothing is contacted.
func (g *global) load() (*site.Site, error) {
	path, err := g.configPath()
	if err != nil {
		return nil, err
	}
	s, err := site.Load(path)
	if err != nil {
		return nil, &exit{exitUsage, err}
	}
	return s, nil
}

func (g *global) journals() (string, error) { return journal.StateDir(g.stateDir) }
