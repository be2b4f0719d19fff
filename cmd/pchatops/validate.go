package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"pchatops/ops/site"
)

// validateCommand checks the site file without contacting anything.
func validateCommand(g *global) *cobra.Command {
	var schema bool
	cmd := &cobra.Command{
		Use: "validate", Short: "Check the site file; contact nothing", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if schema {
				_, err := cmd.OutOrStdout().Write(site.Schema())
				return err
			}
			s, err := g.load()
			if err != nil {
				return err
			}
			for _, w := range s.Warnings {
				fmt.Fprintln(cmd.ErrOrStderr(), clean(w.String())) //nolint:errcheck // stderr is all there is
			}
			line := struct {
				Type     string `json:"type"`
				Site     string `json:"site"`
				File     string `json:"file"`
				Warnings int    `json:"warnings"`
			}{"valid", s.Name, s.Path, len(s.Warnings)}
			g.out(cmd).line(line, fmt.Sprintf("%s is valid: site %s, %d instances, %d hosts", s.Path, s.Name, len(s.Instances), len(s.Hosts)))
			return nil
		},
	}
	cmd.Flags().BoolVar(&schema, "schema", false, "print the JSON schema of the site file")
	return cmd
}
