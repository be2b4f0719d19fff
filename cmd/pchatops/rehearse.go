package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"pchatops/ops/engine"
	"pchatops/ops/lab"
	"pchatops/ops/lab/scenario"
	"pchatops/ops/private"
	"pchatops/ops/site"
)

// labFlags are what rehearse and lab share.
type labFlags struct {
	seed  uint64
	speed float64
	dir   string
}

func (f *labFlags) add(cmd *cobra.Command) {
	cmd.Flags().Uint64Var(&f.seed, "seed", 1, "seed of the simulated site; the same seed gives the same site")
	cmd.Flags().Float64Var(&f.speed, "speed", 0, "how many times faster than real time the site's clock runs (default 1; 60 with --auto)")
	cmd.Flags().StringVar(&f.dir, "dir", "", "folder of the simulated site (default: a temporary one that is removed)")
}

// rehearseCommand is the console on a simulated site.
func rehearseCommand(g *global) *cobra.Command {
	var f labFlags
	var auto bool
	var look face
	cmd := &cobra.Command{
		Use: "rehearse [SCENARIO]", Short: "Practise on a simulated site", Args: cobra.MaximumNArgs(1), ValidArgs: scenario.Names(),
		Long: "Practise on a simulated site: real SQL Server and WinRM connections to servers on loopback.\n\nScenarios:\n" + scenarioHelp(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !auto {
				if err := look.settle(); err != nil {
					return err
				}
			}
			name := "failover"
			if len(args) > 0 {
				name = args[0]
			}
			return rehearse(cmd, g, f, name, look, auto)
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&auto, "auto", false, "run the whole procedure without a screen")
	look.add(cmd)
	return cmd
}

func scenarioHelp() string {
	var b strings.Builder
	for _, s := range scenario.All() {
		fmt.Fprintf(&b, "  %-20s %s\n", s.Name, s.Title)
	}
	return b.String()
}

func rehearse(cmd *cobra.Command, g *global, f labFlags, name string, look face, auto bool) (err error) {
	if f.speed == 0 && auto {
		f.speed = 60
	}
	l, err := startLab(cmd.Context(), f, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	a, err := rehearsal(g, l)
	if err != nil {
		return err
	}
	if !auto {
		return showBeside(cmd.Context(), a, look, l)
	}
	defer g.waiting(cmd)()
	a.patient, a.pace = true, l.World().Clock
	s, err := open(cmd.Context(), a)
	if err != nil {
		return err
	}
	o := g.out(cmd)
	err = s.runAll(cmd.Context(), "", best(l.Scenario().Gates), o, accompany(l, o.events), func() any { return ledgerOf(l) })
	return errors.Join(err, l.Mishaps(), s.close())
}

// best is the operator of a scenario's best line: he confirms every step, and
// passes the unmet gates that the scenario lists and no others.
func best(gates map[string][]string) engine.Asker {
	return func(step engine.Step, p *engine.Plan) (engine.Confirmation, bool) {
		var texts []string
		for _, a := range engine.Demanded(step.Risk, p).Asks {
			if a.Gate == "" || slices.Contains(gates[step.ID], a.Gate) {
				texts = append(texts, a.Want)
			}
		}
		return engine.Answered(step, p, texts), true
	}
}

// showBeside is the console while a colleague works at another program.
func showBeside(ctx context.Context, a ask, look face, l *lab.Lab) error {
	ctx, stop := context.WithCancel(ctx)
	var work sync.WaitGroup
	work.Go(func() { colleague(ctx, l) })
	err := show(ctx, a, look)
	stop()
	work.Wait()
	return errors.Join(err, l.Mishaps())
}

// rehearsal prepares a session on a simulated site. Its journals stay with the
// site unless a folder for them was named.
func rehearsal(g *global, l *lab.Lab) (ask, error) {
	s, err := site.Load(l.Describe().Config)
	if err != nil {
		return ask{}, err
	}
	dir := g.stateDir
	if dir == "" {
		dir = l.Path("journals")
	}
	return ask{site: s, procedure: procedureOf(l), dir: dir, secrets: site.NewSecrets(prompter{}), lab: true, live: true}, nil
}

// procedureOf is the one that a scenario is there for.
func procedureOf(l *lab.Lab) string {
	if p := l.Scenario().Procedure; p != "" {
		return p
	}
	return "failover"
}

// startLab starts a simulated site, in a temporary folder unless one is named.
func startLab(ctx context.Context, f labFlags, name string) (*lab.Lab, error) {
	if _, err := scenario.Find(name); err != nil {
		return nil, &exit{exitUsage, err}
	}
	speed := f.speed
	if speed == 0 {
		speed = 1
	}
	if f.dir != "" {
		if err := private.Tree(f.dir); err != nil {
			return nil, &exit{exitUsage, err}
		}
	}
	return lab.Start(ctx, lab.Options{Scenario: name, Seed: f.seed, Speed: speed, Dir: f.dir})
}

// ledger is what became of the messages, as the summary tells it.
type ledger struct {
	Shipped   int `json:"messages_shipped"`
	Recovered int `json:"messages_recovered"`
	Lost      int `json:"messages_lost"`
}

// String tells it to people.
func (l ledger) String() string {
	return fmt.Sprintf("%d messages had reached the share, %d recovered, %d lost", l.Shipped, l.Recovered, l.Lost)
}

// ledgerOf gives the account of a failover; other procedures recover nothing.
func ledgerOf(l *lab.Lab) any {
	if procedureOf(l) != "failover" {
		return nil
	}
	sum := l.World().Ledger()
	return ledger{Shipped: sum.Shipped, Recovered: sum.Recovered, Lost: sum.Shipped - sum.Recovered}
}
